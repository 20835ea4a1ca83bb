import { setTimeout as sleepMs } from 'node:timers/promises';
import type { DeadLetters, Store } from '../types.ts';
import { type ForwardEvent, redriveEvents } from './events.ts';
import { drain } from './lane.ts';
import { type LaneDestination, reasonOf, type RunContext } from './lane-context.ts';
import { addsUp, type RedriveReport } from './redrive-report.ts';
import type { RedriveSelection } from './selection.ts';
import { countUnknown } from './unknown.ts';

/** What {@link createRedrive} is made of. */
export interface RedriveOptions {
  readonly store: Store;
  /** Writes what is left of a request that was taken in part. */
  readonly deadLetters: DeadLetters;
  /** All destinations that exist; objects of others are counted and left alone. */
  readonly destinations: readonly LaneDestination[];
  /** Sends Lambda's own on-failure objects through the whole pipeline, by this deadline; absent: they are left alone (D23). */
  readonly forward?: (event: unknown, context: RedriveInvocation) => Promise<unknown>;
  /** The root of the bucket that Lambda writes to; default `store`. */
  readonly eventStore?: Store;
  readonly selection?: RedriveSelection;
  /** After a probe that failed, the destination is left alone for so long; default 30 000, 0 when a person asks. */
  readonly intervalMs?: number;
  /** Kept free at the end of a run; default 5000 ms, at most a fifth of it. */
  readonly reserveMs?: number;
  readonly onReport: (report: RedriveReport) => void;
  readonly onProgress?: RunContext['onProgress'];
  /** Ends a run sooner: nothing more is begun, and what is on its way is given up. */
  readonly abort?: AbortSignal;
  readonly now?: () => number;
  /** Resolves after so many milliseconds, or as soon as `abort` fires. */
  readonly sleep?: (ms: number, abort?: AbortSignal) => Promise<unknown>;
}

/** The part of Lambda's context a run needs. */
export interface RedriveInvocation {
  getRemainingTimeInMillis(): number;
}

/** A Lambda handler for a schedule: what it is called with does not matter. */
export type Redrive = (event: unknown, context: RedriveInvocation) => Promise<RedriveReport>;

/** What the response needs at the end of a run. */
const RESPONSE_MS = 500;

const wakeable = (ms: number, abort?: AbortSignal): Promise<unknown> =>
  sleepMs(ms, undefined, abort === undefined ? {} : { signal: abort }).catch(() => undefined);

/**
 * Sends everything that waits in a dead-letter store to the destination that did not take it, and to no other (D22a). Destinations
 * are independent of each other; what a run does not get to, the next one does. Run one at a time: two lose nothing, but send more
 * often than they must (D24).
 *
 * @example export const redrive = createRedrive({ store, deadLetters: deadLetters({ store }), destinations: [{ exporter }], onReport });
 */
export const createRedrive = (options: RedriveOptions): Redrive => {
  const { store, deadLetters, destinations, forward, eventStore = store, selection = {}, onReport, abort } = options;
  const { intervalMs = 30_000, reserveMs = 5_000, now = Date.now, sleep = wakeable } = options;
  const { onProgress = () => undefined } = options;

  return async (_event, invocation) => {
    const startedAt = now();
    const remainingMs = invocation.getRemainingTimeInMillis();
    const deadline = startedAt + remainingMs - Math.min(reserveMs, remainingMs / 5);
    const errors = new Set<string>();
    const context: RunContext = {
      store,
      deadLetters,
      deadline,
      storeUntil: Math.max(deadline, startedAt + remainingMs - RESPONSE_MS),
      selection,
      intervalMs,
      now,
      sleep: (ms) => sleep(ms, abort),
      abort,
      onProgress,
      onError: (error) => errors.add(reasonOf(error)),
    };

    const lanes = destinations
      .filter(({ exporter }) => selection.destinations?.includes(exporter.name) ?? true)
      .map(async (lane) => [lane.exporter.name, await drain(lane, context)] as const);
    const drained = Object.fromEntries(await Promise.all(lanes));

    const everything = Object.keys(selection).length === 0;
    const forwardEvent: ForwardEvent | undefined =
      forward && ((event) => forward(event, { getRemainingTimeInMillis: () => context.deadline - now() }));
    const events =
      forwardEvent !== undefined && everything ? await redriveEvents(eventStore, forwardEvent, context) : undefined;
    const known = new Set(destinations.map(({ exporter }) => exporter.name));
    let unknown: RedriveReport['unknown'] = {};
    try {
      if (everything) unknown = await countUnknown(store, known);
    } catch (error) {
      context.onError(error);
    }

    const report: RedriveReport = {
      durationMs: now() - startedAt,
      destinations: drained,
      ...(events !== undefined && { events }),
      ...(Object.keys(unknown).length > 0 && { unknown }),
      ...(errors.size > 0 && { errors: [...errors] }),
      balanced: [...Object.values(drained), ...(events === undefined ? [] : [events])].every(addsUp),
    };
    onReport(report);
    return report;
  };
};
