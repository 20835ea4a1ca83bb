import { checkJsonValues } from '@serverless-otlp/otlp';
import type { Store } from '../types.ts';

/** What is remembered of an object that was tried and is still there. */
interface Attempt {
  /** Runs it failed or crashed, this one included. */
  readonly runs: number;
  /** How many objects had been redriven before its first. */
  readonly since: number;
  /** Epoch milliseconds of the last. */
  readonly triedMs: number;
}

/** What one redrive has to tell the next about a destination (D22b). */
export interface Journal {
  /** Whether this object was tried before. */
  knows(key: string): boolean;
  condemns(key: string): boolean;
  /** Counts an attempt; durable when it resolves, so that a crash leaves a trace. */
  begin(keys: readonly string[], nowMs: number): Promise<void>;
  /** It failed, and the count stays. */
  blame(key: string): void;
  /** It failed, but not by its own fault: no count. It is known from now on, so that the next probe is another. */
  excuse(key: string): void;
  /** It was not tried after all. */
  undo(key: string): void;
  /** The same for everything that was begun and has no end yet. */
  undoOpen(): void;
  /** It is gone. */
  forget(key: string): void;
  /** So many more are redriven. */
  succeed(objects: number): void;
  /** Orders objects: those that failed least first; of these, the one whose last try is longest ago. */
  compare(a: string, b: string): number;
  /** Until when the destination is not to be asked, in epoch milliseconds. */
  notBeforeMs: number;
  /** Durable when it resolves. */
  save(): Promise<void>;
}

/** Runs an object may fail while others succeed. */
const MAX_RUNS = 3;

/** More than {@link MAX_ATTEMPTS} take. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Of those tried longest ago, the rest is forgotten: it is gone, or as good as never tried. */
const MAX_ATTEMPTS = 20_000;
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000;

interface Saved {
  readonly attempts: readonly (readonly [string, Attempt])[];
  readonly redriven: number;
  readonly notBeforeMs: number;
}

const EMPTY: Saved = { attempts: [], redriven: 0, notBeforeMs: 0 };

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isAttempt = (entry: readonly [string, unknown]): entry is readonly [string, Attempt] => {
  const { runs, since, triedMs } = (entry[1] ?? {}) as Partial<Record<keyof Attempt, unknown>>;
  return [runs, since, triedMs].every(isCount);
};

/** What was saved. Damaged, it begins anew: it only counts, it holds no telemetry. */
const parse = (bytes: Uint8Array | undefined): Saved => {
  if (bytes === undefined || bytes.length > MAX_BYTES) return EMPTY;
  try {
    const text = Buffer.from(bytes).toString();
    checkJsonValues(text); // eight megabytes of brackets would fill the memory
    const { attempts, redriven, notBeforeMs } = JSON.parse(text) as Partial<Record<keyof Saved, unknown>>;
    return {
      attempts: Object.entries(attempts ?? {}).filter(isAttempt),
      redriven: isCount(redriven) ? redriven : 0,
      notBeforeMs: isCount(notBeforeMs) ? notBeforeMs : 0,
    };
  } catch {
    return EMPTY;
  }
};

const lastTried = (attempts: Saved['attempts'], nowMs: number): Saved['attempts'] =>
  attempts
    .filter(([, { triedMs }]) => nowMs - triedMs < MAX_AGE_MS)
    .sort(([, a], [, b]) => b.triedMs - a.triedMs)
    .slice(0, MAX_ATTEMPTS);

/** The journal of a destination, at `redrive/<name>.json`. */
export const openJournal = async (store: Store, name: string, nowMs: number): Promise<Journal> => {
  const key = `redrive/${encodeURIComponent(name)}.json`;
  const saved = parse(await store.get(key));
  const attempts = new Map(lastTried(saved.attempts, nowMs));
  /** What there was before this run began them. */
  const open = new Map<string, Attempt | undefined>();
  let { redriven, notBeforeMs } = saved;
  let changed = false;

  const save = async (): Promise<void> => {
    const kept = attempts.size > MAX_ATTEMPTS ? lastTried([...attempts], nowMs) : attempts;
    const text = JSON.stringify({ redriven, notBeforeMs, attempts: Object.fromEntries(kept) });
    await store.put(key, Buffer.from(text));
    changed = false;
  };
  const settle = (object: string, attempt: Attempt | undefined): void => {
    changed = true;
    open.delete(object);
    if (attempt === undefined) attempts.delete(object);
    else attempts.set(object, attempt);
  };
  const undo = (object: string): void => {
    if (open.has(object)) settle(object, open.get(object));
  };

  return {
    get notBeforeMs() {
      return notBeforeMs;
    },
    set notBeforeMs(timeMs) {
      changed ||= notBeforeMs !== timeMs;
      notBeforeMs = timeMs;
    },
    knows: (object) => attempts.has(object),
    condemns: (object) => {
      const { runs, since } = attempts.get(object) ?? { runs: 0, since: 0 };
      return runs >= MAX_RUNS && saved.redriven > since;
    },
    begin: async (objects, triedMs) => {
      for (const object of objects) {
        const known = attempts.get(object);
        const { runs, since } = known ?? { runs: 0, since: redriven };
        open.set(object, known);
        attempts.set(object, { runs: runs + 1, since, triedMs: Math.trunc(triedMs) });
      }
      await save();
    },
    blame: (object) => settle(object, attempts.get(object)),
    excuse: (object) => {
      const known = attempts.get(object);
      settle(object, known && { ...known, runs: Math.max(0, known.runs - 1) });
    },
    undo,
    undoOpen: () => {
      for (const object of [...open.keys()]) undo(object);
    },
    forget: (object) => {
      if (attempts.has(object)) settle(object, undefined);
      open.delete(object);
    },
    succeed: (objects) => {
      redriven += objects;
      changed = true;
    },
    compare: (a, b) => {
      const [first, second] = [attempts.get(a), attempts.get(b)];
      return (first?.runs ?? 0) - (second?.runs ?? 0) || (first?.triedMs ?? 0) - (second?.triedMs ?? 0);
    },
    save: async () => {
      if (changed) await save();
    },
  };
};
