import { counted, visibleJson } from '@serverless-otlp/dev-server';
import { storesOf, type StoreSettings } from '../config/stores.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';
import { isAgreed } from '../redrive/agree.ts';
import { discardAll, survey, type Survey } from '../redrive/discard.ts';
import { type FilterOptions, filtersOf } from '../redrive/filters.ts';
import { lookUp } from '../redrive/lookup.ts';
import { bytesText, timeText } from '../redrive/quantities.ts';
import { createSpeaker } from '../redrive/speaker.ts';
import { UsageError } from '../usage-error.ts';

/** Options of `redrive discard`. */
export interface DiscardOptions extends StoreSettings, FilterOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const INTERRUPTED = 130;

const surveyText = ({ objects, bytes, oldestMs, newestMs }: Survey): string =>
  objects === 0
    ? 'no object'
    : `${counted(objects, 'object')}, ${bytesText(bytes)}, of ${timeText(oldestMs)} to ${timeText(newestMs)}`;

/** `serverless-otlp redrive discard`: removes objects from a dead-letter store for ever. Returns the exit code. */
export const discard = async (names: readonly string[], options: DiscardOptions): Promise<number> => {
  const { all = false, yes = false, dryRun = false, json = false } = options;
  const filters = filtersOf(options, ['pending']);
  if (names.length > 0 && (filters.isNarrow || all || options.state !== undefined))
    throw new UsageError('Give either keys or filters, not both.');
  if (names.length === 0 && !filters.isNarrow && !all)
    throw new UsageError(
      'Say what to discard: keys, --destination, --since, --until, --reason; or --all for everything of one --state (default pending).',
    );
  const isAsking = !yes && !dryRun;
  if (isAsking && !(process.stdin.isTTY && process.stderr.isTTY))
    throw new UsageError('Nobody can be asked without a terminal: add --yes, or look first with --dry-run.');

  const stores = await storesOf(options);
  using interruption = onInterruption();
  const { signal } = interruption;
  let looked = 0;
  let discarded = 0;
  const speaker = createSpeaker(() => `${counted(looked, 'object')} listed, ${discarded} discarded so far`);
  const given = names.length === 0 ? undefined : await lookUp(stores, names, signal);
  const what = { stores, filters, given, signal };
  const found = await survey(what, () => looked++);
  const where = stores.store.name;

  const isGo = found.objects > 0 && !dryRun && !signal.aborted;
  const question = `Discard ${surveyText(found)} from ${where}, for ever? [y/N] `;
  const dialogue = { input: process.stdin, output: process.stderr };
  const agreed = isGo && (!isAsking || (await isAgreed(question, signal, dialogue)));
  const errors: string[] = [];
  if (agreed)
    await discardAll(what, found, {
      onDiscarded: (objects) => (discarded += objects),
      onError: (message) => errors.push(message),
    });
  const left = found.objects - discarded;
  const isCut = signal.aborted;
  if (errors.length > 0)
    speaker.say(
      `${counted(left, 'object')} left, since the store failed: ${[...new Set(errors)].join('; ')}. Run it again.`,
    );
  else if (isCut) speaker.say('Interrupted: the rest is left.');
  await speaker.silence();

  const verb = dryRun ? 'Would discard' : agreed ? 'Discarded' : 'Discarded nothing of';
  const told = agreed && left > 0 ? `${discarded} of ${surveyText(found)}` : surveyText(found);
  const stdout = outputTo(process.stdout);
  if (json) {
    const counts = { found: found.objects, discarded, remaining: left, bytes: found.bytes, dryRun };
    await stdout.write(`${visibleJson(JSON.stringify({ ...counts, ...(errors.length > 0 && { errors }) }))}\n`);
  } else await stdout.write(`${verb} ${told} in ${where}.\n`);
  return isCut ? INTERRUPTED : errors.length > 0 ? 1 : 0;
};
