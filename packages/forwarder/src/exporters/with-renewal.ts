import type { Delivery, Exporter } from '../types.ts';
import { until } from '../until.ts';
import { unavailable } from './unavailable.ts';

/** What {@link withRenewal} makes exporters of. */
export interface RenewalOptions {
  readonly name: string;
  /** The exporter, or why there is none yet: for a person, without secrets. */
  readonly first: Exporter | string;
  /**
   * Reads again what the exporter was made of, and makes another one if that has changed; `undefined` if not.
   * Rejects with an error for a person when it cannot be made.
   */
  readonly renew: () => Promise<Exporter | undefined>;
  /** Between two renewals that changed nothing, in milliseconds; doubles with each up to 30 000. Default 1000. */
  readonly intervalMs?: number;
  readonly now?: () => number;
}

const MAX_INTERVAL_MS = 30_000;

const isUnauthorized = ({ outcome }: Delivery): boolean =>
  outcome.status === 'rejected' && (outcome.httpStatus === 401 || outcome.httpStatus === 403);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'cannot be made');

const given = (name: string, first: Exporter | string): Exporter =>
  typeof first === 'string' ? unavailable(name, first) : first;

/**
 * An exporter whose settings are values from elsewhere, such as a key that is rotated. After a 401 or 403 they are read again, once for
 * all who wait, and what was refused is sent once more, only if they have changed (D11). While they cannot be read at all, the
 * destination fails alone, and the next telemetry tries again (D4).
 *
 * @example withRenewal({ name, first: exporterOf(key), renew: async () => ((await readKey()) === key ? undefined : …) })
 */
export const withRenewal = (options: RenewalOptions): Exporter => {
  const { name, first, renew, intervalMs = 1_000, now = Date.now } = options;
  let current = given(name, first);
  let isMissing = typeof first === 'string';
  let underway: Promise<void> | undefined;
  let waitMs = intervalMs;
  let triedMs = -Infinity;
  let pauseMs = 0;

  /** Also when the clock was set back. */
  const mayTry = (): boolean => underway === undefined && (now() >= triedMs + pauseMs || now() < triedMs);

  const attempt = async (): Promise<void> => {
    try {
      const another = await renew();
      if (another !== undefined) {
        current = another;
        isMissing = false;
        pauseMs = 0;
        waitMs = intervalMs;
        return;
      }
    } catch (error) {
      // What was good before is still the best there is.
      if (isMissing) current = unavailable(name, reasonOf(error));
    }
    triedMs = now();
    pauseMs = waitMs;
    waitMs = Math.min(waitMs * 2, MAX_INTERVAL_MS);
  };

  /** Whether there is another exporter now than the one that failed. */
  const renewed = async (failed: Exporter, deadline: number, abort: AbortSignal | undefined): Promise<boolean> => {
    if (current === failed && mayTry()) underway = attempt().finally(() => (underway = undefined));
    if (current === failed && underway !== undefined) await until(underway, deadline - now(), abort);
    return current !== failed;
  };

  return {
    name,
    export: async (telemetry, deadline, abort) => {
      if (isMissing) await renewed(current, deadline, abort);
      const used = current;
      const deliveries = await used.export(telemetry, deadline, abort);
      if (isMissing || !deliveries.some(isUnauthorized) || !(await renewed(used, deadline, abort))) return deliveries;
      const again = async (delivery: Delivery): Promise<readonly Delivery[]> =>
        isUnauthorized(delivery) ? current.export(delivery.telemetry, deadline, abort) : [delivery];
      return (await Promise.all(deliveries.map(again))).flat();
    },
  };
};
