import type { Forwarder } from '@serverless-otlp/forwarder';
import { subscriptionEvent } from '../forward/subscription-event.ts';
import { Interrupted } from './backfill-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Courier } from './courier.ts';
import type { StoredLine, Window } from './logs-api.ts';
import { planOf } from './plan.ts';
import { sideBySide } from './side-by-side.ts';

/** How many events are under way at once: what may arrive twice after a kill. */
export const EVENTS_AT_ONCE = 4;

/** What {@link createSender} needs. */
export interface SenderOptions {
  readonly forwarder: Forwarder;
  readonly courier: Courier;
  readonly checkpoint: Checkpoint;
  readonly signal: AbortSignal;
  /** Name or ARN, as the checkpoint knows it. */
  readonly logGroup: string;
  /** As the real subscription event says them. */
  readonly source: { readonly owner: string; readonly logGroup: string };
}

/** Resolves when the lines are settled. */
export type Sender = (lines: readonly StoredLine[], window: Window) => Promise<void>;

/** Sends lines of a window through the forwarder, and notes each event as soon as it is settled. Lines noted before are left out. */
export const createSender = ({ forwarder, courier, checkpoint, signal, logGroup, source }: SenderOptions): Sender => {
  const before = checkpoint.settledBefore(logGroup)?.ids;
  return async (lines, window) => {
    const owed = before === undefined ? lines : lines.filter(({ id }) => !before.has(id));
    const all = await sideBySide(planOf(owed), EVENTS_AT_ONCE, signal, async ({ logStream, logEvents }) => {
      await courier.deliver(forwarder, subscriptionEvent(logEvents, { ...source, logStream }));
      await checkpoint.settled(
        logGroup,
        window.toMs,
        logEvents.map(({ id }) => id),
      );
    });
    if (!all) throw new Interrupted();
  };
};
