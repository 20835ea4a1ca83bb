import { type Signal, splitRequest } from '@serverless-otlp/otlp';
import type { Delivery, Exporter, Outcome, Telemetry } from '../types.ts';

/** What a destination takes at once. */
export interface SplitLimits {
  /** Uncompressed bytes of one request. */
  readonly maxBytes?: number;
  readonly maxItems?: number;
}

/** What a destination takes at once, and how hard {@link withSplit} looks for the item it refuses. */
export interface SplitOptions extends SplitLimits {
  /** Where a signal has limits of its own. */
  readonly bySignal?: Readonly<Partial<Record<Signal, SplitLimits>>>;
  /** Requests spent on one refused batch per invocation; default 32 (D12). */
  readonly maxRequests?: number;
}

type Rejected = Extract<Outcome, { status: 'rejected' }>;

const rejectedTelemetry = (outcome: Outcome): outcome is Rejected =>
  outcome.status === 'rejected' && outcome.fault === 'telemetry';

const withRequest = (telemetry: Telemetry, request: Telemetry['request']): Telemetry => ({ ...telemetry, request });

/**
 * Keeps requests within a destination's limits (D13), and when it refuses one of several items (400, 413, 422), halves it at
 * item boundaries until the refused items stand alone (D12). A destination that refuses every part in the same way refuses
 * something else than the telemetry: that is a fault of the destination (D5a).
 *
 * @example withSplit(withRetry(otlpHttp({ endpoints })), { maxBytes: 1_000_000, maxItems: 1_000 })
 */
export const withSplit = (exporter: Exporter, options: SplitOptions = {}): Exporter => {
  const { maxRequests = 32, bySignal } = options;

  const sendBatch = async (
    telemetry: Telemetry,
    deadline: number,
    abort: AbortSignal | undefined,
  ): Promise<readonly Delivery[]> => {
    let requests = 0;
    const refusals: Rejected[] = [];
    let unfinished: Outcome | undefined; // made when needed: an Error takes longer than all the rest of this

    const send = async (part: Telemetry): Promise<readonly Delivery[]> => {
      if (requests++ >= maxRequests) {
        const message = `bisect: part of a refused batch, not tried again after ${maxRequests} requests`;
        unfinished ??= { status: 'retryable', error: new Error(message), bisect: true };
        return [{ destination: exporter.name, telemetry: part, outcome: unfinished }];
      }
      const deliveries = await exporter.export(part, deadline, abort);
      if (!deliveries.some(({ outcome }) => rejectedTelemetry(outcome))) return deliveries;
      return (await Promise.all(deliveries.map(bisect))).flat();
    };

    const bisect = async (delivery: Delivery): Promise<readonly Delivery[]> => {
      const { telemetry: part, outcome } = delivery;
      if (!rejectedTelemetry(outcome)) return [delivery];
      refusals.push(outcome);
      if (part.request.items < 2) return [delivery];
      const halves = splitRequest(part.request, { maxItems: Math.ceil(part.request.items / 2) });
      if (halves.length < 2) return [delivery]; // it cannot be divided
      return (await Promise.all(halves.map((half) => send(withRequest(part, half))))).flat();
    };

    const deliveries = await send(telemetry);
    if (refusals.length < 2) return deliveries;
    const [first, ...others] = refusals;
    const accepted = deliveries.some(({ outcome }) => outcome.status === 'delivered');
    if (accepted || first === undefined || others.length === 0 || !alike(refusals)) return deliveries;
    // What has not been tried would have been refused as well.
    return deliveries.map((delivery) => {
      const { outcome } = delivery;
      const refusal = outcome === unfinished ? first : rejectedTelemetry(outcome) ? outcome : undefined;
      return refusal === undefined ? delivery : { ...delivery, outcome: { ...refusal, fault: 'destination' } };
    });
  };

  return {
    name: exporter.name,
    export: async (telemetry, deadline, abort) => {
      const { request } = telemetry;
      const { maxBytes = Infinity, maxItems = Infinity } = bySignal?.[request.signal] ?? options;
      if (request.bytes.length <= maxBytes && request.items <= maxItems) return sendBatch(telemetry, deadline, abort);
      const parts = splitRequest(telemetry.request, { maxBytes, maxItems });
      const exports = parts.map((part): Promise<readonly Delivery[]> => {
        if (part.bytes.length <= maxBytes) return sendBatch(withRequest(telemetry, part), deadline, abort);
        const { items, bytes } = part;
        const error = new Error(
          `${items === 1 ? 'one item' : `${items} items that cannot be divided`} of ${bytes.length} bytes, over the limit of ${maxBytes}; not sent`,
        );
        const outcome: Outcome = { status: 'rejected', fault: 'telemetry', error };
        return Promise.resolve([{ destination: exporter.name, telemetry: withRequest(telemetry, part), outcome }]);
      });
      return (await Promise.all(exports)).flat();
    },
  };
};

/** Whether all these are the same answer. What was refused without being sent (no status) says nothing about the destination. */
const alike = (refusals: readonly Rejected[]): boolean =>
  refusals[0]?.httpStatus !== undefined && new Set(refusals.map(({ httpStatus }) => httpStatus)).size === 1;
