import { counted, terminalOf, visibleJson } from '@serverless-otlp/dev-server';
import { storesOf, type StoreSettings } from '../config/stores.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';
import { type Entry, entriesOf, type ReadEntry, readAll } from '../redrive/entries.ts';
import { type FilterOptions, filtersOf } from '../redrive/filters.ts';
import { createRows, type Row } from '../redrive/rows.ts';
import { createSpeaker } from '../redrive/speaker.ts';
import { longText, tableText } from '../redrive/table.ts';

/** Options of `redrive list`. */
export interface ListOptions extends StoreSettings, FilterOptions {
  readonly long?: boolean;
  readonly limit?: number;
  readonly json?: boolean;
}

const INTERRUPTED = 130;

const jsonOf = ({ entry, head }: ReadEntry): string => {
  const { key, state, destination, kind, bytes, timeMs } = entry;
  return JSON.stringify({ key, state, destination, kind, bytes, time: new Date(timeMs).toISOString(), ...head });
};

/** Entries as they are listed; read where that is needed to choose or to show them. */
type Found = AsyncIterable<{ readonly entry: Entry; readonly head?: ReadEntry['head'] }>;

/** Adds up what was found, and reads what is not read yet of the oldest of each row. */
const rowsOf = async (found: Found): Promise<readonly Row[]> => {
  const rows = createRows();
  async function* sample(): AsyncGenerator<Entry, void> {
    for await (const { entry, head } of found) {
      const isChosen = rows.add(entry);
      if (head !== undefined) rows.read({ entry, head });
      else if (isChosen) yield entry;
    }
  }
  for await (const one of readAll(sample())) rows.read(one);
  return rows.rows();
};

/** `serverless-otlp redrive list`: what waits in a dead-letter store. Returns the exit code. */
export const list = async (options: ListOptions): Promise<number> => {
  const { long = false, json = false, limit = Infinity, reason } = options;
  const filters = filtersOf(options);
  const stores = await storesOf(options);
  using interruption = onInterruption();
  const stdout = outputTo(process.stdout);
  const stopped = AbortSignal.any([interruption.signal, stdout.closed]);
  let looked = 0;
  let shown = 0;
  const speaker = createSpeaker(() => `${counted(looked, 'object')} listed so far`);

  async function* listed(): AsyncGenerator<Entry, void> {
    for await (const entry of entriesOf(stores, filters)) {
      if (stopped.aborted || shown >= limit) return;
      looked++;
      yield entry;
    }
  }
  async function* bare(): AsyncGenerator<{ readonly entry: Entry }, void> {
    for await (const entry of listed()) yield { entry };
  }
  async function* upToLimit<T>(all: AsyncIterable<T>): AsyncGenerator<T, void> {
    for await (const one of all) {
      if (stopped.aborted || shown >= limit) return;
      shown++;
      yield one;
    }
  }

  if (long)
    for await (const one of upToLimit(readAll(listed(), reason)))
      await stdout.write(json ? `${visibleJson(jsonOf(one))}\n` : longText(one));
  else {
    const rows = await rowsOf(upToLimit(reason === undefined ? bare() : readAll(listed(), reason)));
    if (json) for (const row of rows) await stdout.write(`${visibleJson(JSON.stringify(row))}\n`);
    else if (rows.length > 0) await stdout.write(tableText(rows, terminalOf(process.stdout)));
  }

  const where = `${stores.store.name}${filters.isNarrow ? ' of what you asked for' : ''}`;
  if (interruption.signal.aborted) speaker.say('Interrupted: there may be more.');
  else if (shown >= limit) speaker.say(`Stopped at ${counted(limit, 'object')}: there may be more.`);
  else if (shown === 0) speaker.say(`Nothing waits in ${where}.`);
  await speaker.silence();
  return interruption.signal.aborted ? INTERRUPTED : 0;
};
