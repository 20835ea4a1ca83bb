import type { Leg } from './run.ts';

/** What became of one signal's items at one destination. Zero counts are left out, `decoded` excepted. */
export interface DestinationCounts {
  readonly decoded: number;
  readonly made?: number;
  readonly filtered?: number;
  readonly delivered?: number;
  /** Refused by the backend in a partial success. */
  readonly rejected?: number;
  readonly pending?: number;
  readonly quarantined?: number;
  /** Left with the source, which delivers the event again. */
  readonly returned?: number;
  /** Delivered, but the answer could not be read; part of `delivered`. */
  readonly unconfirmed?: number;
  readonly requests?: number;
  /** Uncompressed protobuf. */
  readonly bytes?: number;
}

/** The counts of one signal at one destination, zeros left out, and whether they add up. */
export const countDeliveries = (run: Leg): { readonly counts: DestinationCounts; readonly balanced: boolean } => {
  const { decoded, made, filtered } = run;
  const counts = {
    decoded,
    made,
    filtered,
    delivered: 0,
    rejected: 0,
    pending: 0,
    quarantined: 0,
    returned: 0,
    unconfirmed: 0,
    requests: run.deliveries.length,
    bytes: 0,
  };
  for (const { telemetry, outcome } of run.deliveries) {
    const { items } = telemetry.request;
    counts.bytes += telemetry.request.bytes.length;
    switch (outcome.status) {
      case 'delivered': {
        // A server may claim to have rejected more than it was sent.
        const rejected = Math.min(items, Math.max(0, outcome.rejectedItems ?? 0));
        counts.rejected += rejected;
        counts.delivered += items - rejected;
        if (outcome.unconfirmed === true) counts.unconfirmed += items;
        break;
      }
      case 'stored':
        counts[outcome.as] += items;
        break;
      case 'rejected':
        counts[outcome.fault === 'telemetry' ? 'quarantined' : 'returned'] += items;
        break;
      case 'retryable':
        counts.returned += items;
    }
  }
  const out = filtered + counts.delivered + counts.rejected + counts.pending + counts.quarantined + counts.returned;
  const kept: Partial<Record<keyof typeof counts, number>> & { decoded: number } = { decoded };
  for (const name in counts) {
    const count = counts[name as keyof typeof counts];
    if (count !== 0) kept[name as keyof typeof counts] = count;
  }
  return { counts: kept, balanced: decoded + made === out };
};
