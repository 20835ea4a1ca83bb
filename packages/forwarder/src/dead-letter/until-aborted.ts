/** What the work settles to, or the reason of the signal: for work that itself takes no notice of one. */
export const untilAborted = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    if (signal.aborted) giveUp();
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
    // Whichever lost may still fail, and nobody listens.
    work.catch(() => undefined);
    aborted.catch(() => undefined);
  }
};
