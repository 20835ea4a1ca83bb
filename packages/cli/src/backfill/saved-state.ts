import { UsageError } from '../usage-error.ts';

/** Lines that are settled in a window that is not done. */
export interface Settled {
  /** Where the last of these windows ends. */
  readonly toMs: number;
  readonly ids: ReadonlySet<string>;
}

/** What an interrupted backfill leaves behind. */
export interface SavedState {
  readonly version: 1;
  readonly key: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly groups: Readonly<Record<string, { readonly doneMs: number; readonly settled?: Settled }>>;
}

interface Group {
  doneMs: number;
  /** By the end of their window. */
  settled: { readonly toMs: number; readonly ids: readonly string[] }[];
}

type Json = Readonly<Record<string, unknown>>;

const objectOf = (line: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
};

const isTime = (value: unknown): value is number => Number.isSafeInteger(value);
const isIds = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((id) => typeof id === 'string');

/** @returns whether the line was one of ours. */
const note = (groups: Map<string, Group>, { group, doneMs, toMs, ids }: Json, sinceMs: number): boolean => {
  if (typeof group !== 'string') return false;
  const known = groups.get(group) ?? { doneMs: sinceMs, settled: [] };
  groups.set(group, known);
  if (isTime(toMs) && isIds(ids)) known.settled.push({ toMs, ids });
  else if (!isTime(doneMs)) return false;
  else {
    known.doneMs = doneMs;
    known.settled = known.settled.filter((window) => window.toMs > doneMs);
  }
  return true;
};

/**
 * Reads the lines of a state file: one that says what it is about, then what was settled, in order. The last may be half a line: a
 * kill came between, and what it was about to say is not settled.
 *
 * @throws {UsageError} when it is something else.
 */
export const readState = (text: string | undefined, path: string): SavedState | undefined => {
  if (text === undefined || text === '') return undefined;
  const refuse = (): never => {
    throw new UsageError(`${path} is not the state of a backfill. Give another --state, or --restart to overwrite it.`);
  };
  const lines = text.split('\n');
  const tail = lines.pop();
  const { version, key, sinceMs, untilMs } = objectOf(lines[0] ?? tail ?? '') ?? {};
  if (version !== 1 || typeof key !== 'string' || !isTime(sinceMs) || !isTime(untilMs)) return refuse();
  const groups = new Map<string, Group>();
  for (const line of lines.slice(1)) {
    const value = objectOf(line);
    if (value === undefined || !note(groups, value, sinceMs)) return refuse();
  }
  return {
    version,
    key,
    sinceMs,
    untilMs,
    groups: Object.fromEntries(
      [...groups].map(([group, { doneMs, settled }]) => {
        const ids = new Set(settled.flatMap((window) => window.ids));
        const toMs = settled.reduce((last, window) => Math.max(last, window.toMs), 0);
        return [group, { doneMs, ...(ids.size === 0 ? {} : { settled: { toMs, ids } }) }];
      }),
    ),
  };
};
