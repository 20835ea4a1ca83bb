import { counted, terminalOf, visibleJson } from '@serverless-otlp/dev-server';
import type { RedriveSelection } from '@serverless-otlp/forwarder';
import { planOf, redriveOf, type StoreSettings } from '../config/stores.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';
import { type FilterOptions, filtersOf } from '../redrive/filters.ts';
import { createPasses } from '../redrive/passes.ts';
import { planText } from '../redrive/plan-text.ts';
import { createSpeaker } from '../redrive/speaker.ts';
import { redriveShortfalls, totalText } from '../redrive/verdict.ts';

/** Options of `redrive run`. */
export interface RunOptions extends StoreSettings, FilterOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const INTERRUPTED = 130;

/** A pass waits for a destination that asks for it, but not so long that a person thinks it hangs. */
const PASS_MS = 2 * 60_000;

/** A selection of what is pending leaves its state out: only then is what is too old moved. */
const selectionOf = (options: RunOptions): RedriveSelection => {
  const { selection } = filtersOf(options);
  return options.state === undefined || options.state === 'pending'
    ? selection
    : { ...selection, state: options.state };
};

const dryRun = async (options: RunOptions): Promise<number> => {
  let looked = 0;
  const speaker = createSpeaker(() => `${counted(looked, 'object')} looked at so far`);
  using interruption = onInterruption();
  const plan = await planOf(options, {
    selection: selectionOf(options),
    onWarning: speaker.say,
    onProgress: (objects) => (looked = objects),
    abort: interruption.signal,
  });
  if (interruption.signal.aborted) speaker.say('Interrupted: not everything was looked at.');
  await speaker.silence();
  const text = options.json === true ? `${visibleJson(JSON.stringify(plan))}\n` : planText(plan);
  await outputTo(process.stdout).write(text);
  return interruption.signal.aborted ? INTERRUPTED : 0;
};

/** `serverless-otlp redrive run`: sends what waits in a dead-letter store now. Returns the exit code. */
export const run = async (options: RunOptions): Promise<number> => {
  if (options.dryRun === true) return dryRun(options);
  const passes = createPasses();
  const progress = new Map<string, { readonly redriven: number; readonly items: number }>();
  const speaker = createSpeaker(() => {
    const now = [...progress.values()];
    const objects = now.reduce((sum, { redriven }) => sum + redriven, 0);
    return `${counted(objects, 'object')} redriven in this pass, ${counted(
      now.reduce((sum, { items }) => sum + items, 0),
      'item',
    )} delivered`;
  });
  using interruption = onInterruption();
  const { signal } = interruption;
  const redrive = await redriveOf(options, {
    selection: selectionOf(options),
    // A person has decided that it is time.
    intervalMs: 0,
    abort: signal,
    onWarning: speaker.say,
    onReport: (report) => passes.add(report),
    onProgress: (name, { redriven, items }) => void progress.set(name, { redriven, items }),
  });
  do {
    const end = Date.now() + PASS_MS;
    await redrive({}, { getRemainingTimeInMillis: () => end - Date.now() });
  } while (!signal.aborted && passes.goOn());

  const total = passes.total();
  const problems = redriveShortfalls(total);
  if (signal.aborted) speaker.say('Interrupted. What was under way may arrive twice; run it again for the rest.');
  problems.forEach(speaker.say);
  await speaker.silence();
  const human = options.json !== true && terminalOf(process.stdout).isTty;
  await outputTo(process.stdout).write(human ? totalText(total) : `${visibleJson(JSON.stringify(total))}\n`);
  if (signal.aborted) return INTERRUPTED;
  return problems.length === 0 ? 0 : 1;
};
