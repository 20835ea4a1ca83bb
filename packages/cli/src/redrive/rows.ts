import type { Entry, ReadEntry } from './entries.ts';

/** What waits in one state for one destination, of one signal or kind. */
export interface Row {
  readonly state: string;
  readonly destination: string;
  readonly kind: string;
  readonly objects: number;
  readonly bytes: number;
  /** In the objects that were read, and how many these are. */
  readonly items: number;
  readonly lines: number;
  readonly read: number;
  /** ISO 8601. */
  readonly oldest: string;
  readonly newest: string;
  /** Of the objects that were read, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly objects: number }[];
}

/** Objects of a row that are read: its oldest. */
export const SAMPLE = 100;

/** Reasons of a row that are told. */
const MAX_REASONS = 3;

interface Sum {
  readonly first: Entry;
  objects: number;
  bytes: number;
  items: number;
  lines: number;
  read: number;
  chosen: number;
  oldestMs: number;
  newestMs: number;
  readonly reasons: Map<string, number>;
}

/** Adds up what waits, without holding it. */
export interface Rows {
  /** Counts an object. Whether it is one of those to read. */
  add(entry: Entry): boolean;
  read(one: ReadEntry): void;
  rows(): readonly Row[];
}

const iso = (ms: number): string => new Date(ms).toISOString();

const keyOf = ({ state, destination, kind }: Entry): string => JSON.stringify([state, destination, kind]);

/** What waits, by state, destination and kind. */
export const createRows = (): Rows => {
  const sums = new Map<string, Sum>();
  const sumOf = (entry: Entry): Sum => {
    const key = keyOf(entry);
    const known = sums.get(key);
    if (known !== undefined) return known;
    const sum: Sum = {
      first: entry,
      ...{ objects: 0, bytes: 0, items: 0, lines: 0, read: 0, chosen: 0, oldestMs: Infinity, newestMs: -Infinity },
      reasons: new Map(),
    };
    sums.set(key, sum);
    return sum;
  };
  return {
    add: (entry) => {
      const sum = sumOf(entry);
      sum.objects++;
      sum.bytes += entry.bytes;
      sum.oldestMs = Math.min(sum.oldestMs, entry.timeMs);
      sum.newestMs = Math.max(sum.newestMs, entry.timeMs);
      return sum.chosen++ < SAMPLE;
    },
    read: ({ entry, head }) => {
      const sum = sumOf(entry);
      sum.read++;
      sum.items += head.items ?? 0;
      sum.lines += head.lines ?? 0;
      sum.reasons.set(head.reason, (sum.reasons.get(head.reason) ?? 0) + 1);
    },
    rows: () =>
      [...sums.values()].map(({ first: { state, destination, kind }, reasons, oldestMs, newestMs, ...sum }) => ({
        state,
        destination,
        kind,
        objects: sum.objects,
        bytes: sum.bytes,
        items: sum.items,
        lines: sum.lines,
        read: sum.read,
        oldest: iso(oldestMs),
        newest: iso(newestMs),
        reasons: [...reasons]
          .map(([reason, objects]) => ({ reason, objects }))
          .sort((a, b) => b.objects - a.objects)
          .slice(0, MAX_REASONS),
      })),
  };
};
