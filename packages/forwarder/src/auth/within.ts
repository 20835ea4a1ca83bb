import { until } from '../until.ts';
import { AuthenticationError } from './authentication-error.ts';

/**
 * The same, or an `AuthenticationError` when it takes longer than that or `abort` fires. What is underway goes on, for whoever asks next.
 *
 * @param what is waited for, for the message.
 */
export const within = async <T>(
  wanted: Promise<NonNullable<T>>,
  what: string,
  timeoutMs: number,
  abort: AbortSignal | undefined,
): Promise<NonNullable<T>> => {
  const found = await until(wanted, timeoutMs, abort);
  if (found === undefined) throw new AuthenticationError(`${what} took too long`, { retryable: true });
  return found;
};
