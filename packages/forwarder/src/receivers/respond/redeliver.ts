import type { Outcome } from '../../types.ts';

/** Thrown to make the source deliver the whole event again. */
export class RedeliverError extends Error {
  override readonly name = 'RedeliverError';
}

/**
 * The response of a source that can only take an event back as a whole: nothing, or a throw when any record is retryable.
 * An asynchronous invocation is then tried twice more by Lambda, and goes to the function's on-failure destination after that.
 *
 * @throws {RedeliverError}
 */
export const redeliverWhole = (outcomes: ReadonlyMap<string, Outcome>): void => {
  for (const outcome of outcomes.values()) {
    if (outcome.status === 'retryable') {
      throw new RedeliverError(`not delivered, the event goes back to its source: ${outcome.error.message}`, {
        cause: outcome.error,
      });
    }
  }
};
