import { terminalOf, visible } from '@serverless-otlp/dev-server';
import { storesOf, type StoreSettings } from '../config/stores.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';
import { lookUp } from '../redrive/lookup.ts';
import { openEntry } from '../redrive/open-entry.ts';
import { openedJson, openedText } from '../redrive/opened-text.ts';

/** Options of `redrive show`. */
export interface ShowOptions extends StoreSettings {
  readonly pretty?: boolean;
  readonly json?: boolean;
}

const INTERRUPTED = 130;

/** `serverless-otlp redrive show`: what objects of a dead-letter store say and hold. Returns the exit code. */
export const show = async (names: readonly string[], options: ShowOptions): Promise<number> => {
  const stores = await storesOf(options);
  using interruption = onInterruption();
  const [stdout, stderr] = [outputTo(process.stdout), outputTo(process.stderr)];
  const terminal = options.pretty === true ? terminalOf(process.stdout) : undefined;
  let exitCode = 0;
  const complain = async (key: string, what: string): Promise<void> => {
    exitCode = 1;
    await stderr.write(`${visible(key)}: ${visible(what)}\n`);
  };
  for (const entry of await lookUp(stores, names, interruption.signal)) {
    if (interruption.signal.aborted || stdout.closed.aborted) break;
    const opened = await openEntry(entry);
    if (opened === undefined) {
      await complain(entry.key, 'there is no such object; it may have been redriven meanwhile');
      continue;
    }
    await stdout.write(options.json === true ? `${openedJson(entry, opened)}\n` : openedText(entry, opened, terminal));
    if (opened.kind === 'damaged') await complain(entry.key, `damaged: ${opened.damage}`);
  }
  return interruption.signal.aborted ? INTERRUPTED : exitCode;
};
