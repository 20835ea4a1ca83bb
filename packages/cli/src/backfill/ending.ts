import { BackfillError, Interrupted } from './backfill-error.ts';

/** How a backfill ended: what to say about it, and the exit code if nothing else was wrong. */
export interface Ending {
  readonly exitCode: number;
  readonly texts: readonly string[];
}

/** What is different from run to run. */
export interface Circumstances {
  readonly dryRun: boolean;
  /** Events that were under way when it stopped, at most. */
  readonly atOnce: number;
}

/** The end of one that came to its end by itself. */
export const COMPLETE: Ending = { exitCode: 0, texts: [] };

/**
 * What to do after it stopped before its end.
 *
 * @throws what is neither an interruption nor told by us: a mistake in the arguments, a bug.
 */
export const endingOf = (error: unknown, { dryRun, atOnce }: Circumstances): Ending => {
  const again = dryRun
    ? 'A dry run keeps nothing: run it again.'
    : `What was settled is saved: run the same command again to go on from there. What was under way, ${atOnce} events at most, may arrive twice.`;
  if (error instanceof Interrupted) return { exitCode: 130, texts: [`Interrupted. ${again}`] };
  if (error instanceof BackfillError) return { exitCode: 1, texts: [error.message, again] };
  throw error;
};
