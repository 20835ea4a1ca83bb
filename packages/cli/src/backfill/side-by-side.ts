/**
 * Does the jobs, so many at once, in order. After the first failure, or once the signal is aborted, no further one is begun; those
 * under way are waited for. Resolves to whether all were done.
 *
 * @throws the first failure.
 */
export const sideBySide = async <Job>(
  jobs: readonly Job[],
  atOnce: number,
  signal: AbortSignal,
  work: (job: Job) => Promise<void>,
): Promise<boolean> => {
  let next = 0;
  let failed: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (;;) {
      const job = jobs[next];
      if (job === undefined || failed !== undefined || signal.aborted) return;
      next += 1;
      try {
        await work(job);
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, jobs.length) }, worker));
  if (failed !== undefined) throw failed.error;
  return next >= jobs.length;
};
