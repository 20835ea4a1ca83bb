import type { Signal } from '@serverless-otlp/otlp';
import type { Delivery, Exporter, Telemetry } from '../types.ts';

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

/** What divides is loaded with the first request that has to be. */
const dividing = (): Promise<typeof import('./with-split/parts.ts')> => import('./with-split/parts.ts');

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
    const deliveries = await exporter.export(telemetry, deadline, abort);
    if (deliveries.every(({ outcome }) => outcome.status !== 'rejected' || outcome.fault === 'destination'))
      return deliveries;
    return (await dividing()).bisected(deliveries, { exporter, deadline, abort, maxRequests });
  };

  return {
    name: exporter.name,
    export: async (telemetry, deadline, abort) => {
      const { request } = telemetry;
      const { maxBytes = Infinity, maxItems = Infinity } = bySignal?.[request.signal] ?? options;
      const send = (part: Telemetry): Promise<readonly Delivery[]> => sendBatch(part, deadline, abort);
      if (request.bytes.length <= maxBytes && request.items <= maxItems) return send(telemetry);
      return (await dividing()).inParts(telemetry, { maxBytes, maxItems }, exporter.name, send);
    },
  };
};
