/** The part of Lambda's context the pipeline needs. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Kept free at the end of an invocation for settling and responding (D8): 5 s of a 60 s timeout. */
export const DEFAULT_RESERVE_MS = 5_000;

/**
 * Until when exporters may work, in epoch milliseconds: the remaining time less a reserve, which shrinks to a fifth of the time
 * when the timeout is short, so that a function with the default timeout of 3 s still sends.
 */
export const deadlineOf = (context: InvocationContext, reserveMs: number, nowMs: number): number => {
  const remainingMs = context.getRemainingTimeInMillis();
  return nowMs + remainingMs - Math.min(reserveMs, remainingMs / 5);
};
