import { setTimeout as sleepMs } from 'node:timers/promises';
import { MIN_TRY_MS } from '../min-try.ts';
import type { Delivery, Exporter, Outcome, Telemetry } from '../types.ts';

/** How {@link withRetry} waits. All times in milliseconds. */
export interface RetryOptions {
  /** Before the second try; default 250. */
  readonly initialIntervalMs?: number;
  /** The interval doubles up to this; default 2000. */
  readonly maxIntervalMs?: number;
  /** All tries together, waits included; default 5000. A dead destination must not stretch invocations (D7a). */
  readonly maxElapsedMs?: number;
  /** 0 ≤ x < 1; default `Math.random`. */
  readonly random?: () => number;
  readonly now?: () => number;
  /** Resolves after so many milliseconds, or as soon as `abort` fires. */
  readonly sleep?: (ms: number, abort?: AbortSignal) => Promise<unknown>;
}

/** All tries together, unless told otherwise (D7a). */
export const DEFAULT_MAX_ELAPSED_MS = 5_000;

const wakeable = (ms: number, abort?: AbortSignal): Promise<unknown> =>
  sleepMs(ms, undefined, abort === undefined ? {} : { signal: abort }).catch(() => undefined);

const isAborted = (abort: AbortSignal | undefined): boolean => abort?.aborted === true;

type Retryable = Extract<Outcome, { status: 'retryable' }>;

/**
 * Tries again what its exporter calls retryable: exponential backoff with jitter (±50 %), never sooner than the server asked
 * (D6), never beyond the deadline: a try that would begin after it is not waited for (D7). Only the part that failed is sent
 * again.
 *
 * @example withRetry(otlpHttp({ endpoints }), { maxElapsedMs: 10_000 })
 */
export const withRetry = (exporter: Exporter, options: RetryOptions = {}): Exporter => {
  const { initialIntervalMs = 250, maxIntervalMs = 2_000, maxElapsedMs = DEFAULT_MAX_ELAPSED_MS } = options;
  const { random = Math.random, now = Date.now, sleep = wakeable } = options;

  const waitMs = (attempt: number, outcome: Retryable): number => {
    const interval = Math.min(maxIntervalMs, initialIntervalMs * 2 ** attempt);
    return Math.max(interval * (0.5 + random()), outcome.retryAfterMs ?? 0);
  };

  const attempt = async (
    telemetry: Telemetry,
    end: number,
    abort: AbortSignal | undefined,
    tries: number,
  ): Promise<readonly Delivery[]> => {
    const deliveries = await exporter.export(telemetry, end, abort);
    if (deliveries.every(({ outcome }) => outcome.status !== 'retryable')) return deliveries;
    const settled = deliveries.map(async (delivery): Promise<readonly Delivery[]> => {
      const { outcome } = delivery;
      if (outcome.status !== 'retryable') return [delivery];
      const wait = waitMs(tries, outcome);
      // The wait travels on: whoever stores this knows from when it may be sent again.
      const givenUp = [{ ...delivery, outcome: { ...outcome, retryAfterMs: wait } }];
      if (isAborted(abort) || now() + wait + Math.min(MIN_TRY_MS, maxElapsedMs / 10) >= end) return givenUp;
      await sleep(wait, abort);
      return isAborted(abort) ? givenUp : attempt(delivery.telemetry, end, abort, tries + 1);
    });
    return (await Promise.all(settled)).flat();
  };

  return {
    name: exporter.name,
    export: (telemetry, deadline, abort) => attempt(telemetry, Math.min(deadline, now() + maxElapsedMs), abort, 0),
  };
};
