import type { Forwarder, Report } from '@serverless-otlp/forwarder';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SubscriptionEvent } from '../forward/subscription-event.ts';
import { BackfillError, Interrupted } from './backfill-error.ts';
import type { Clock } from '../clock.ts';

/** Takes an event to the forwarder and stays until it is settled. */
export interface Courier {
  /** What the forwarder reports goes here: it is the one its `onReport` is to call. */
  readonly onReport: (report: Report) => void;
  /**
   * Resolves when everything in the event is settled.
   *
   * @throws {BackfillError} when the forwarder gave the event back every time, {@link Interrupted} when it was not to be tried again.
   */
  deliver(forwarder: Forwarder, event: SubscriptionEvent): Promise<void>;
}

/** What {@link createCourier} needs. */
export interface CourierOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Is given the report of every try, also of those that came back. */
  readonly onTry: (report: Report) => void;
  /** Is given the report of the last try of each event. */
  readonly onEnd: (report: Report, end: 'settled' | 'returned') => void;
  readonly onWait: (text: string) => void;
}

/** The timeout the deployed function has unless told otherwise. */
const INVOCATION_MS = 60_000;

/** 38 s in all: longer than the 30 s a breaker stays open by default, so that the last try asks the destination itself. */
const WAITS_MS: readonly number[] = [1_000, 2_000, 5_000, 10_000, 20_000];

interface Attempt {
  readonly report: Report;
  readonly returned: boolean;
}

/** Several events may be under way at once: each try finds its own report. */
export const createCourier = ({ clock, signal, onTry, onEnd, onWait }: CourierOptions): Courier => {
  const current = new AsyncLocalStorage<{ report?: Report }>();

  const attempt = async (forwarder: Forwarder, event: SubscriptionEvent): Promise<Attempt> => {
    const end = clock.now() + INVOCATION_MS;
    const kept: { report?: Report } = {};
    let returned = false;
    try {
      await current.run(kept, () => forwarder(event, { getRemainingTimeInMillis: () => end - clock.now() }));
    } catch (error) {
      if (kept.report === undefined) throw error;
      returned = true;
    }
    const { report } = kept;
    if (report === undefined) throw new BackfillError('the forwarder gave no report. This is a bug: please report it.');
    onTry(report);
    return { report, returned };
  };

  return {
    onReport: (report) => {
      const kept = current.getStore();
      if (kept !== undefined) kept.report = report;
    },
    deliver: async (forwarder, event) => {
      for (let tries = 0; ; tries++) {
        const { report, returned } = await attempt(forwarder, event);
        const waitMs = WAITS_MS[tries];
        if (!returned || waitMs === undefined || signal.aborted) {
          onEnd(report, returned ? 'returned' : 'settled');
          if (!returned) return;
          if (signal.aborted) throw new Interrupted();
          throw new BackfillError(
            `a destination did not take telemetry in ${tries + 1} tries; its errors are above. Repair it, or leave it out with --destination.`,
          );
        }
        const jitteredMs = waitMs * (0.9 + 0.2 * clock.random());
        onWait(`some telemetry was not delivered; trying again in ${Math.round(jitteredMs / 1_000)} s`);
        await clock.sleep(jitteredMs, signal);
      }
    },
  };
};
