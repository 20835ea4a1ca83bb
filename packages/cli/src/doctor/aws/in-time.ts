import { CallFailed, NO_TIME } from '../reason.ts';
import type { Aws } from './calls.ts';

/**
 * The same calls until the signal is aborted, whatever they are waiting for: credentials may come from a program that knows nothing of
 * the signal. Rejects as `CallFailed` then.
 */
export const inTime =
  (aws: Aws, signal: AbortSignal): Aws =>
  async (action, input) => {
    const late = new CallFailed('other', NO_TIME);
    if (signal.aborted) throw late;
    let end = (): void => undefined;
    const ended = new Promise<never>((_, reject) => {
      end = () => reject(late);
      signal.addEventListener('abort', end, { once: true });
    });
    try {
      return await Promise.race([aws(action, input, signal), ended]);
    } finally {
      signal.removeEventListener('abort', end);
    }
  };
