/**
 * Does something, unless the signal is aborted, and waits for it no longer than until it is.
 *
 * @param late what there is then in place of the result, or a rejection.
 */
export const before = <T>(signal: AbortSignal, work: () => Promise<T>, late: () => T | Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const end = (): void => resolve(late());
    if (signal.aborted) {
      end();
      return;
    }
    signal.addEventListener('abort', end, { once: true });
    void work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', end));
  });
