import type { GroupCounts } from './summary.ts';
import type { HowFar } from './voice.ts';

/** Knows how far a run is. */
export interface Tracker {
  readonly onRead: (logGroup: string, counts: GroupCounts, doneMs: number) => void;
  readonly counts: () => Readonly<Record<string, GroupCounts>>;
  /** `undefined` before the first line is read. */
  readonly howFar: () => HowFar | undefined;
  /** The times that count, once they are known. */
  begin(sinceMs: number, untilMs: number): void;
}

/** @param logGroups how many there are; `delivered` counts items. */
export const createTracker = (logGroups: number, delivered: () => number): Tracker => {
  const groups = new Map<string, { readonly counts: GroupCounts; readonly doneMs: number }>();
  let current: string | undefined;
  let [sinceMs, untilMs] = [0, 1];
  return {
    begin: (since, until) => {
      [sinceMs, untilMs] = [since, until];
    },
    onRead: (logGroup, counts, doneMs) => {
      groups.set(logGroup, { counts, doneMs });
      current = logGroup;
    },
    counts: () => Object.fromEntries([...groups].map(([name, { counts }]) => [name, counts])),
    howFar: () => {
      const at = current === undefined ? undefined : groups.get(current);
      if (current === undefined || at === undefined) return undefined;
      let doneMs = 0;
      let lines = 0;
      for (const group of groups.values()) {
        doneMs += group.doneMs - sinceMs;
        lines += group.counts.lines;
      }
      const part = doneMs / ((untilMs - sinceMs) * logGroups);
      return { logGroup: current, doneMs: at.doneMs, part, lines, items: delivered() };
    },
  };
};
