import type { Signal } from '@serverless-otlp/otlp';
import type { Metadata, Store } from '../types.ts';
import { eventIn, EVENTS_PREFIX } from './events.ts';
import { openJournal } from './journal.ts';
import { DEFAULT_MAX_AGE_MS, type LaneDestination } from './lane-context.ts';
import { peekLetter, requestIn } from './letter.ts';
import { type ListedRequest, oldestFirst } from './listing.ts';
import { meant } from './meant.ts';
import type { RedriveSelection } from './selection.ts';
import { countUnknown } from './unknown.ts';

/** What a redrive would do with so many objects. */
export interface PlannedObjects {
  readonly objects: number;
  /** 0 for what is not opened. */
  readonly items: number;
  /** As they are in the store. */
  readonly bytes: number;
}

/** What would happen to an object: it is sent, moved to `expired/` or `quarantine/`, or left where it is. */
export type Fate = 'send' | 'expire' | 'quarantine' | 'leave';

/** What a redrive would do, by destination, fate and signal. */
export interface RedrivePlan {
  readonly destinations: Readonly<
    Record<string, Readonly<Record<Fate, Readonly<Partial<Record<Signal, PlannedObjects>>>>>>
  >;
  /** Events that Lambda gave up: each would go through the whole pipeline. */
  readonly events: Readonly<Record<Exclude<Fate, 'leave'>, PlannedObjects>>;
  /** Objects of destinations that nobody configured, which would be left alone. */
  readonly unknown: Readonly<Record<string, number>>;
}

/** What {@link planRedrive} looks at. */
export interface PlanOptions {
  readonly store: Store;
  /** The root of the bucket that Lambda writes to; absent: no events are looked for. */
  readonly eventStore?: Store;
  readonly destinations: readonly LaneDestination[];
  readonly selection?: RedriveSelection;
  readonly now?: () => number;
  readonly abort?: AbortSignal;
  /** Is told how many objects it has looked at. */
  readonly onProgress?: (objects: number) => void;
}

/** Objects to read at once, and their bytes. */
const MAX_AT_ONCE = 32;
const MAX_BYTES = 8 * 1024 * 1024;

type Mutable = { -readonly [Name in keyof PlannedObjects]: PlannedObjects[Name] };

const nothing = (): Mutable => ({ objects: 0, items: 0, bytes: 0 });

const add = (planned: Mutable, bytes: number, items: number): void => {
  planned.objects++;
  planned.bytes += bytes;
  planned.items += items;
};

/**
 * What a redrive would do if its destinations took everything: it opens every object, and changes nothing.
 *
 * @throws {Error} what the store fails with.
 */
export const planRedrive = async (options: PlanOptions): Promise<RedrivePlan> => {
  const { store, eventStore, destinations, selection = {}, onProgress = () => undefined } = options;
  let looked = 0;
  const look = (objects: number): void => onProgress((looked += objects));
  const planned: [string, RedrivePlan['destinations'][string]][] = [];
  for (const destination of destinations) {
    const { name } = destination.exporter;
    if (selection.destinations?.includes(name) === false) continue;
    planned.push([name, await planLane(destination, options, look)]);
  }
  const everything = Object.keys(selection).length === 0;
  const events = { send: nothing(), expire: nothing(), quarantine: nothing() };
  if (eventStore !== undefined && everything) await planEvents(eventStore, events, options, look);
  const known = new Set(destinations.map(({ exporter }) => exporter.name));
  return {
    destinations: Object.fromEntries(planned),
    events,
    unknown: everything ? await countUnknown(store, known) : {},
  };
};

const planLane = async (
  destination: LaneDestination,
  { store, selection = {}, now = Date.now, abort }: PlanOptions,
  look: (objects: number) => void,
): Promise<RedrivePlan['destinations'][string]> => {
  const { exporter, maxAgeMs = DEFAULT_MAX_AGE_MS, matches } = destination;
  const journal = await openJournal(store, exporter.name, now());
  const fates: Record<Fate, Partial<Record<Signal, Mutable>>> = { send: {}, expire: {}, quarantine: {}, leave: {} };
  const book = (fate: Fate, { signal, bytes }: ListedRequest, items: number): void =>
    add((fates[fate][signal] ??= nothing()), bytes, items);
  const isPending = selection.state === undefined;
  // What is in the quarantine already stays there.
  const aside = selection.state === 'quarantine' ? 'leave' : 'quarantine';

  const open = async (letter: ListedRequest): Promise<void> => {
    const object = await store.get(letter.key);
    if (object === undefined) return;
    const found = requestOf(object);
    const isOld = isPending && now() - letter.parsed.timeMs > maxAgeMs;
    const isAtFault = isPending && journal.condemns(letter.key);
    const isWanted = found !== undefined && !isAtFault && matches?.(found.source) !== false;
    book(isOld ? 'expire' : isWanted ? 'send' : aside, letter, found?.items ?? 0);
  };

  let batch: ListedRequest[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    await Promise.all(batch.map(open));
    look(batch.length);
    [batch, bytes] = [[], 0];
  };
  const listed = oldestFirst(store, selection.state ?? 'pending', exporter.name, () => true);
  for await (const letter of meant(store, listed, selection)) {
    if (abort?.aborted === true) break;
    batch.push(letter);
    bytes += letter.bytes;
    if (batch.length >= MAX_AT_ONCE || bytes >= MAX_BYTES) await flush();
  }
  if (abort?.aborted !== true) await flush();
  return fates;
};

const requestOf = (object: Uint8Array): { readonly source: Metadata; readonly items: number } | undefined => {
  try {
    const sealed = peekLetter(object);
    const { header } = sealed;
    return header.content === 'request' ? { source: header.source, items: requestIn(sealed.open()).items } : undefined;
  } catch {
    return undefined;
  }
};

const planEvents = async (
  store: Store,
  planned: Record<Exclude<Fate, 'leave'>, Mutable>,
  { now = Date.now, abort }: PlanOptions,
  look: (objects: number) => void,
): Promise<void> => {
  for await (const { key, bytes, modifiedMs } of store.list(EVENTS_PREFIX)) {
    if (abort?.aborted === true) return;
    const body = await store.get(key);
    look(1);
    if (body === undefined) continue;
    const isOld = now() - modifiedMs > DEFAULT_MAX_AGE_MS;
    add(planned[eventIn(body) === undefined ? 'quarantine' : isOld ? 'expire' : 'send'], bytes, 0);
  }
};
