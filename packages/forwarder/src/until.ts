/** The longest delay a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Waits for a promise at most so many milliseconds, and no longer than until `abort` fires. The work goes on, for whoever waits next.
 *
 * @returns what it resolves to, or `undefined` when the wait was over first. Rejects with it.
 */
export const until = async <T>(promise: Promise<T>, ms: number, abort?: AbortSignal): Promise<T | undefined> => {
  let stop: () => void = () => undefined;
  const over = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
  const timer = setTimeout(stop, Math.min(ms, MAX_TIMER_MS));
  abort?.addEventListener('abort', stop);
  if (abort?.aborted === true) stop();
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
    abort?.removeEventListener('abort', stop);
  }
};
