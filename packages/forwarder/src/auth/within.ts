import { AuthenticationError } from './authentication-error.ts';

/**
 * The same, or an `AuthenticationError` when it takes longer than that or `abort` fires. What is underway goes on, for whoever asks next.
 *
 * @param what is waited for, for the message.
 */
export const within = <T>(
  wanted: Promise<T>,
  what: string,
  timeoutMs: number,
  abort: AbortSignal | undefined,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      abort?.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      end();
      reject(new AuthenticationError(`${what} took too long`, { retryable: true }));
    };
    // What Node takes for a delay at most; longer ones are no delay at all.
    const timer = setTimeout(giveUp, Math.min(timeoutMs, 2 ** 31 - 1));
    if (abort?.aborted === true) giveUp();
    else abort?.addEventListener('abort', giveUp);
    void wanted.then(resolve, reject).finally(end);
  });
