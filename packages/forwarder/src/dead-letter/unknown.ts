import type { Store } from '../types.ts';
import { destinationOf } from './keys.ts';

/** Objects of unknown destinations that are counted; beyond it the number says enough. */
const MAX_COUNTED = 10_000;

/** Destinations that are named. Whoever can write to the store could make up any number of names, each a metric to pay for. */
const MAX_NAMED = 20;
const OTHERS = 'others';

/** As ids are: nothing else becomes a dimension of a metric. */
const ID = /^[\w./% -]{1,128}$/;

/**
 * How much waits for destinations that nobody configured, by their ids; what has no sound name, or comes after many, as `others`.
 * Never deleted: a typo must not cost telemetry (D22a).
 */
export const countUnknown = async (
  store: Store,
  known: ReadonlySet<string>,
): Promise<Readonly<Record<string, number>>> => {
  const unknown = new Map<string, number>();
  let left = MAX_COUNTED;
  for (const segment of await store.folders('pending/')) {
    const id = destinationOf(segment) ?? segment;
    if (known.has(id)) continue;
    const name = ID.test(id) && unknown.size < MAX_NAMED ? id : OTHERS;
    let objects = 0;
    for await (const _ of store.list(`pending/${segment}/`)) {
      objects++;
      if (--left <= 0) break;
    }
    unknown.set(name, (unknown.get(name) ?? 0) + objects);
    if (left <= 0) break;
  }
  return Object.fromEntries(unknown);
};
