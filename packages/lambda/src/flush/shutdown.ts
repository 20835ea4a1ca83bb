import type { Telemetry } from '../telemetry/telemetry.ts';
import { flushAll } from './flush.ts';

/** Lambda kills a runtime 300 ms after it was told to end, where there are only internal extensions. */
const MAX_WAIT_MS = 250;

/**
 * Writes what is held and what is still open when the process ends, by `SIGTERM` or because it crashed. A `SIGTERM` that nobody else
 * handles ends the process as it would have without us.
 */
export const writeAtShutdown = ({ buffer, flushables }: Telemetry): void => {
  let toldSo = false;
  process.once('SIGTERM', () => {
    toldSo = true;
    const alone = process.listenerCount('SIGTERM') === 0;
    buffer?.writeOpen('shutdown');
    void flushAll(flushables(), MAX_WAIT_MS).then(() => {
      if (alone) process.kill(process.pid, 'SIGTERM');
    });
  });
  process.once('exit', () => {
    buffer?.end();
    if (!toldSo) buffer?.writeOpen('shutdown');
  });
};
