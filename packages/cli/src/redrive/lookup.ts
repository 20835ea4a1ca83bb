import { EVENTS_PREFIX, LETTER_STATES, parseLetterKey, type StoredObject } from '@serverless-otlp/forwarder';
import type { DeadLetterStores } from '@serverless-otlp/forwarder/config';
import { UsageError } from '../usage-error.ts';
import { type Entry, entriesOf } from './entries.ts';
import type { Filters } from './filters.ts';

const EVERYTHING: Filters = { states: LETTER_STATES, selection: {}, isNarrow: false };

/** A part of a SHA-256 that can be meant: shorter ones are rarely one alone. */
const PART = /^[0-9a-f]{4,64}$/i;

/** Keys that are told when a part is not one alone. */
const MAX_TOLD = 5;

/** The key that a name is, and where it would be. */
const placeOf = (
  { store, eventStore }: DeadLetterStores,
  name: string,
): Omit<Entry, keyof StoredObject> | undefined => {
  if (name.startsWith(EVENTS_PREFIX)) {
    const [kind = ''] = name.slice(EVENTS_PREFIX.length).split('/', 1);
    return { store: eventStore, state: 'pending', destination: 'events', kind, timeMs: 0 };
  }
  const parsed = parseLetterKey(name);
  return parsed && { store, ...parsed };
};

const entryAt = async (place: Omit<Entry, keyof StoredObject>, key: string): Promise<Entry | undefined> => {
  for await (const object of place.store.list(key)) if (object.key === key) return { ...place, ...object };
  return undefined;
};

/**
 * The objects that keys, or parts of the SHA-256 at their end, stand for.
 *
 * @throws {UsageError} for one that stands for none, or for several.
 */
export const lookUp = async (
  stores: DeadLetterStores,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Entry[]> => {
  const found = new Map<string, Entry[]>();
  const parts: string[] = [];
  for (const name of names) {
    const place = placeOf(stores, name);
    const entry = place && (await entryAt(place, name));
    if (place !== undefined) found.set(name, entry === undefined ? [] : [entry]);
    else if (PART.test(name)) parts.push(name);
    else
      throw new UsageError(
        `${JSON.stringify(name)} is neither a key nor at least 4 digits of the SHA-256 at the end of one; "redrive list --long" shows keys.`,
      );
  }
  if (parts.length > 0)
    for await (const entry of entriesOf(stores, EVERYTHING)) {
      if (signal.aborted) break;
      for (const part of parts)
        if (entry.sha256?.startsWith(part.toLowerCase()) === true) {
          const same = found.get(part) ?? [];
          if (same.length <= MAX_TOLD) found.set(part, [...same, entry]);
        }
    }
  return names.flatMap((name) => {
    const [first, ...others] = found.get(name) ?? [];
    if (signal.aborted) return first === undefined ? [] : [first];
    if (first === undefined)
      throw new UsageError(
        `there is no object ${JSON.stringify(name)} in ${stores.store.name}; it may have been redriven meanwhile.`,
      );
    if (others.length === 0) return [first];
    const keys = [first, ...others].slice(0, MAX_TOLD).map(({ key }) => `\n  ${JSON.stringify(key)}`);
    throw new UsageError(
      `${name} is the beginning of several:${keys.join('')}${others.length >= MAX_TOLD ? '\n  …' : ''}`,
    );
  });
};
