import { createHash } from 'node:crypto';
import type { Signal } from '@serverless-otlp/otlp';
import type { Delivery, Fault, IgnoredReason, Metadata } from '../types.ts';
import type { DecodedRecords } from './decode.ts';
import type { Run, SignalRun } from './run.ts';

/** How many faults, quarantined parts and error classes one report names; the counts of lines and items cover all. */
const MAX_NAMED = 10;

/** How much of an error's message a report repeats, in characters. */
const MAX_MESSAGE = 300;

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

/** Telemetry that was set aside after decoding: a destination refused exactly these bytes. */
export interface QuarantinedPart {
  readonly destination: string;
  readonly signal: Signal;
  readonly items: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly source: Readonly<Record<string, string>>;
  readonly error: string;
}

/** A class of errors at a destination. */
export interface ErrorCount {
  readonly destination: string;
  readonly error: string;
  readonly count: number;
}

/** What one invocation did, in counts: no payloads, no header values (D26). */
export interface Report {
  readonly receiver: string;
  readonly durationMs: number;
  readonly lines: {
    readonly in: number;
    readonly decoded: number;
    readonly ignored: number;
    readonly quarantined: number;
  };
  readonly ignored?: Readonly<Partial<Record<IgnoredReason, number>>>;
  readonly destinations: Readonly<Record<string, Readonly<Partial<Record<Signal, DestinationCounts>>>>>;
  /** Items of signals that no pipeline takes. */
  readonly unrouted?: Readonly<Partial<Record<Signal, number>>>;
  readonly faults?: readonly Fault[];
  readonly quarantined?: readonly QuarantinedPart[];
  readonly errors?: readonly ErrorCount[];
  /** Whether every item is accounted for. `false` is a bug. */
  readonly balanced: boolean;
}

/** Everything a report is made of. */
export interface ReportInput {
  readonly receiver: string;
  readonly durationMs: number;
  readonly decoded: DecodedRecords;
  readonly run: Run;
}

/** The counts of one signal at one destination, zeros left out, and whether they add up. */
const countDeliveries = (run: SignalRun): { readonly counts: DestinationCounts; readonly balanced: boolean } => {
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

/** What the source says of itself. Kept envelope headers are the function's words: no report repeats their values. */
const sourceOf = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.startsWith('header.')));

const quarantinedParts = (deliveries: readonly Delivery[]): readonly QuarantinedPart[] =>
  deliveries.flatMap(({ destination, telemetry: { request, metadata }, outcome }) =>
    outcome.status === 'rejected' && outcome.fault === 'telemetry'
      ? [
          {
            destination,
            signal: request.signal,
            items: request.items,
            bytes: request.bytes.length,
            sha256: createHash('sha256').update(request.bytes).digest('hex'),
            source: sourceOf(metadata),
            error: outcome.error.message.slice(0, MAX_MESSAGE),
          },
        ]
      : [],
  );

const errorCounts = (deliveries: readonly Delivery[]): readonly ErrorCount[] => {
  const errors = new Map<string, { destination: string; error: string; count: number }>();
  for (const { destination, outcome } of deliveries) {
    const message = outcome.status === 'delivered' ? outcome.message : outcome.error.message;
    if (message === undefined || message === '') continue; // a partial success may come without a word
    const error = message.slice(0, MAX_MESSAGE);
    const key = `${destination}\n${error}`;
    const known = errors.get(key);
    if (known === undefined) errors.set(key, { destination, error, count: 1 });
    else known.count++;
  }
  return [...errors.values()];
};

/** Nothing to tell but counts: the usual case. */
const isSmooth = ({ deliveries }: SignalRun): boolean =>
  deliveries.every(({ outcome }) => outcome.status === 'delivered' && outcome.message === undefined);

/** The report of one invocation; checks the equations of the delivery promise while counting. */
export const reportOf = ({ receiver, durationMs, decoded, run }: ReportInput): Report => {
  const { telemetry, faults, ignored } = decoded;
  let ignoredLines = 0;
  for (const count of ignored.values()) ignoredLines += count;
  const lines = { in: decoded.lines, decoded: telemetry.length, ignored: ignoredLines, quarantined: faults.length };
  const destinations: Record<string, Partial<Record<Signal, DestinationCounts>>> = {};
  let balanced = lines.in === lines.decoded + lines.ignored + lines.quarantined;
  for (const signalRun of run.signals) {
    const { balanced: adds, counts } = countDeliveries(signalRun);
    balanced &&= adds;
    (destinations[signalRun.destination] ??= {})[signalRun.signal] = counts;
  }
  const counted = { receiver, durationMs, lines, destinations, balanced };
  if (ignoredLines === 0 && faults.length === 0 && run.unrouted.length === 0 && run.signals.every(isSmooth))
    return counted;
  const deliveries = run.signals.flatMap((signalRun) => signalRun.deliveries);
  const quarantined = quarantinedParts(deliveries);
  const errors = errorCounts(deliveries);
  const unrouted = Object.fromEntries(run.unrouted.map(({ signal, items }) => [signal, items]));
  return {
    ...counted,
    ...(ignoredLines === 0 ? {} : { ignored: Object.fromEntries(ignored) }),
    ...(run.unrouted.length === 0 ? {} : { unrouted }),
    ...(faults.length === 0 ? {} : { faults: faults.slice(0, MAX_NAMED).map(({ fault }) => fault) }),
    ...(quarantined.length === 0 ? {} : { quarantined: quarantined.slice(0, MAX_NAMED) }),
    ...(errors.length === 0 ? {} : { errors: errors.slice(0, MAX_NAMED) }),
  };
};
