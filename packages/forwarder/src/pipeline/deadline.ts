/** The part of Lambda's context the pipeline needs. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Until when the parts of an invocation may work, in epoch milliseconds. */
export interface Deadlines {
  /** For destinations: the remaining time less the reserve. */
  readonly deadline: number;
  /** For storing what they did not take (D8). */
  readonly storeUntil: number;
}

/** Kept free at the end of an invocation for settling and responding (D8): 5 s of a 60 s timeout. */
export const DEFAULT_RESERVE_MS = 5_000;

/** What the response takes after everything is stored (D8). */
const RESPONSE_MS = 500;

/**
 * The remaining time less a reserve, which shrinks to a fifth of the time when the timeout is short, so that a function with the
 * default timeout of 3 s still sends; what can not be sent may be stored until half a second before the timeout.
 */
export const deadlinesOf = (context: InvocationContext, reserveMs: number, nowMs: number): Deadlines => {
  const remainingMs = context.getRemainingTimeInMillis();
  const deadline = nowMs + remainingMs - Math.min(reserveMs, remainingMs / 5);
  return { deadline, storeUntil: Math.max(deadline, nowMs + remainingMs - RESPONSE_MS) };
};
