import { before } from '../before.ts';
import { CallFailed, NO_TIME } from '../reason.ts';
import type { Aws } from './calls.ts';

/**
 * The same calls until the signal is aborted, whatever they are waiting for: credentials may come from a program that knows nothing of
 * the signal. Rejects as `CallFailed` then.
 */
export const inTime =
  (aws: Aws, signal: AbortSignal): Aws =>
  (action, input) =>
    before(
      signal,
      () => aws(action, input, signal),
      () => Promise.reject(new CallFailed('other', NO_TIME)),
    );
