import {
  destinationOf,
  EVENTS_PREFIX,
  type LetterState,
  parseLetterKey,
  type Selection,
  type Store,
  type StoredObject,
} from '@serverless-otlp/forwarder';
import type { DeadLetterStores } from '@serverless-otlp/forwarder/config';
import type { Filters } from './filters.ts';
import { headOf, type Head } from './heads.ts';

/** An object that waits for something. */
export interface Entry extends StoredObject {
  readonly store: Store;
  readonly state: LetterState;
  /** Id of the destination; `lines` for lines that cannot be read, `events` for events that Lambda gave up. */
  readonly destination: string;
  /** The signal; for lines the reason, for events the function. */
  readonly kind: string;
  /** When the source took in its first line; of an event when Lambda gave it up. Epoch milliseconds. */
  readonly timeMs: number;
  /** The last part of the key of a letter. */
  readonly sha256?: string;
}

/** An object and what it says of itself. */
export interface ReadEntry {
  readonly entry: Entry;
  readonly head: Head;
}

/** Stands for the destination of what Lambda gave up: it is for all. */
const EVENTS = 'events';

/** Objects to read at once, and their bytes. */
const MAX_AT_ONCE = 32;
const MAX_BYTES = 8 * 1024 * 1024;

const means = (
  { destinations, sinceMs = -Infinity, untilMs = Infinity }: Selection,
  { destination, timeMs }: Pick<Entry, 'destination' | 'timeMs'>,
): boolean =>
  (destinations === undefined || destinations.includes(destination)) && timeMs >= sinceMs && timeMs < untilMs;

async function* lettersOf(store: Store, state: LetterState, selection: Selection): AsyncGenerator<Entry, void> {
  for (const segment of await store.folders(`${state}/`)) {
    const { destinations } = selection;
    if (destinations?.includes(destinationOf(segment) ?? segment) === false) continue;
    for await (const object of store.list(`${state}/${segment}/`)) {
      const parsed = parseLetterKey(object.key);
      if (parsed !== undefined && means(selection, parsed)) yield { ...object, ...parsed, store };
    }
  }
}

async function* eventsOf(store: Store, selection: Selection): AsyncGenerator<Entry, void> {
  if (selection.destinations?.includes(EVENTS) === false) return;
  for await (const object of store.list(EVENTS_PREFIX)) {
    const [kind = ''] = object.key.slice(EVENTS_PREFIX.length).split('/', 1);
    const entry: Entry = { ...object, store, state: 'pending', destination: EVENTS, kind, timeMs: object.modifiedMs };
    if (means(selection, entry)) yield entry;
  }
}

/** Whether an object is an event that Lambda gave up, in the words of Lambda. */
export const isEvent = ({ destination, sha256 }: Entry): boolean => destination === EVENTS || sha256 === undefined;

/** All that waits and is meant, state by state. A reason is not looked at: that takes reading ({@link readAll}). */
export async function* entriesOf(
  { store, eventStore }: DeadLetterStores,
  { states, selection }: Filters,
): AsyncGenerator<Entry, void> {
  for (const state of states) {
    yield* lettersOf(store, state, selection);
    if (state === 'pending') yield* eventsOf(eventStore, selection);
  }
}

/** The same in the same order, each with what it says of itself; those whose reason is not meant are left out. */
export async function* readAll(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  reason?: string,
): AsyncGenerator<ReadEntry, void> {
  let batch: Entry[] = [];
  let bytes = 0;
  const read = async (): Promise<readonly ReadEntry[]> => {
    const reading = batch.map(async (entry) => ({ entry, head: await headOf(entry) }));
    [batch, bytes] = [[], 0];
    const all = await Promise.all(reading);
    return reason === undefined
      ? all
      : all.filter(({ head }) => head.reason.toLowerCase().includes(reason.toLowerCase()));
  };
  for await (const entry of entries) {
    batch.push(entry);
    bytes += entry.bytes;
    if (batch.length >= MAX_AT_ONCE || bytes >= MAX_BYTES) yield* await read();
  }
  if (batch.length > 0) yield* await read();
}
