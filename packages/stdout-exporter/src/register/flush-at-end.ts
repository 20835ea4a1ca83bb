import type { Registered } from './signals.ts';

/** How long the end of the process waits for metrics to be collected. */
const MAX_WAIT_MS = 2000;

const flushAll = async (registered: readonly Registered[]): Promise<void> => {
  for (const { flush } of registered) flush?.();
  const limit = new Promise<void>((resolve) => setTimeout(resolve, MAX_WAIT_MS).unref());
  await Promise.race([limit, Promise.allSettled(registered.map(async ({ forceFlush }) => forceFlush?.()))]);
};

/**
 * Writes what is held when the process has nothing more to do, exits, or is told to end. A `SIGTERM` that nobody else handles
 * ends the process as it would have without us.
 */
export const flushAtEnd = (registered: readonly Registered[]): void => {
  process.once('beforeExit', () => void flushAll(registered));
  process.once('exit', () => {
    for (const { flush } of registered) flush?.();
  });
  process.once('SIGTERM', () => {
    const alone = process.listenerCount('SIGTERM') === 0;
    void flushAll(registered).then(() => {
      if (alone) process.kill(process.pid, 'SIGTERM');
    });
  });
};
