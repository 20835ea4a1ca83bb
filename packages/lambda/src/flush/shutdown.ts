import type { Telemetry } from '../telemetry/telemetry.ts';
import { flushAll } from './flush.ts';

/** Lambda kills a runtime 300 ms after it was told to end, where there are only internal extensions. */
const MAX_WAIT_MS = 250;

/**
 * Writes what is held when the process ends, and on `SIGTERM` what is still open. A `SIGTERM` that nobody else handles ends the
 * process as it would have without us.
 */
export const writeAtShutdown = ({ buffer, flushables }: Telemetry): void => {
  process.once('SIGTERM', () => {
    const alone = process.listenerCount('SIGTERM') === 0;
    buffer?.writeOpen('shutdown');
    void flushAll(flushables(), MAX_WAIT_MS).then(() => {
      if (alone) process.kill(process.pid, 'SIGTERM');
    });
  });
  process.once('exit', () => buffer?.end());
};
