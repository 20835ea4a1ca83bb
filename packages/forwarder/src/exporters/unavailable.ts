import type { Exporter } from '../types.ts';

/**
 * Stands for a destination that cannot be made: a credential or a file of its own is no good. It fails alone, and its telemetry waits
 * until that is repaired (D4).
 *
 * @param reason what is wrong, for a person; without secrets.
 */
export const unavailable = (name: string, reason: string): Exporter => ({
  name,
  export: (telemetry) =>
    Promise.resolve([
      {
        destination: name,
        telemetry,
        outcome: {
          status: 'rejected',
          fault: 'destination',
          error: new Error(`its configuration is broken: ${reason}`),
        },
      },
    ]),
});
