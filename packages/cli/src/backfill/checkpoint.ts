import { UsageError } from '../usage-error.ts';
import { readState, type SavedState, type Settled } from './saved-state.ts';
import { stateFile } from './state-file.ts';

/** How far a backfill has come. What it says is on disk when its promises resolve. */
export interface Checkpoint {
  /** Whether an earlier run was interrupted and this one goes on. */
  readonly resumed: boolean;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Everything of this log group below is settled. */
  doneMs(logGroup: string): number;
  /** What is settled beyond, by an earlier run. */
  settledBefore(logGroup: string): Settled | undefined;
  /** The forwarder has settled these lines of a window that ends at `toMs`. */
  settled(logGroup: string, toMs: number, ids: readonly string[]): Promise<void>;
  /** Everything of this log group up to there is settled. */
  done(logGroup: string, toMs: number): Promise<void>;
  /** The whole backfill is: nothing is left to go on with. */
  finish(): Promise<void>;
  /** Leaves it for the next run, if there is anything to go on with. */
  close(): Promise<void>;
}

/** What {@link openCheckpoint} needs to know. */
export interface CheckpointOptions {
  readonly path: string;
  /** Stands for the arguments: a state of others is not gone on with. */
  readonly key: string;
  readonly logGroups: readonly string[];
  /** Times of a run that begins. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Forget what is saved. */
  readonly restart: boolean;
}

/** Appended text beyond this is folded into the first line. */
const COMPACT_CHARS = 4 * 1024 * 1024;

const textOf = ({ groups, ...head }: SavedState): string => {
  const lines = Object.entries(groups).flatMap(([group, { doneMs, settled }]) => [
    JSON.stringify({ group, doneMs }),
    ...(settled === undefined ? [] : [JSON.stringify({ group, toMs: settled.toMs, ids: [...settled.ids] })]),
  ]);
  return [JSON.stringify(head), ...lines, ''].join('\n');
};

/**
 * Opens the state at a path, or begins one.
 *
 * @throws {UsageError} when it belongs to other arguments, or is none.
 */
export const openCheckpoint = async (options: CheckpointOptions): Promise<Checkpoint> => {
  const { path, key, logGroups, restart } = options;
  const file = stateFile(path);
  const saved = restart ? undefined : readState(await file.read(), path);
  if (saved !== undefined && saved.key !== key) {
    throw new UsageError(
      `${path} is the state of another backfill (${Object.keys(saved.groups).join(', ')}). Give the arguments of that one, another --state, or --restart to begin anew.`,
    );
  }
  const { sinceMs, untilMs } = saved ?? options;
  const doneMs = new Map(logGroups.map((group) => [group, saved?.groups[group]?.doneMs ?? sinceMs]));
  const before = new Map(logGroups.map((group) => [group, saved?.groups[group]?.settled]));
  let appended = 0;
  let empty = saved === undefined;

  const append = async (value: unknown): Promise<void> => {
    const text = `${JSON.stringify(value)}\n`;
    appended += text.length;
    empty = false;
    await file.append(text);
  };
  /** Only what an earlier run left can be open when this is called: a run has one window open at a time. */
  const current = (): SavedState => {
    const groups = Object.fromEntries(
      logGroups.map((group) => {
        const settled = before.get(group);
        return [group, { doneMs: doneMs.get(group) ?? sinceMs, ...(settled === undefined ? {} : { settled }) }];
      }),
    );
    return { version: 1, key, sinceMs, untilMs, groups };
  };
  // Also folds what was appended, and drops half a line at the end, before more is appended to it.
  await file.replace(textOf(current()));

  return {
    resumed: saved !== undefined,
    sinceMs,
    untilMs,
    doneMs: (group) => doneMs.get(group) ?? sinceMs,
    settledBefore: (group) => before.get(group),
    settled: (group, toMs, ids) => append({ group, toMs, ids }),
    done: async (group, toMs) => {
      doneMs.set(group, toMs);
      if ((before.get(group)?.toMs ?? 0) <= toMs) before.delete(group);
      await append({ group, doneMs: toMs });
      if (appended < COMPACT_CHARS) return;
      appended = 0;
      await file.replace(textOf(current()));
    },
    finish: () => file.remove(),
    close: () => (empty ? file.remove() : file.close()),
  };
};
