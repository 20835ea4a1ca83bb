import type { Signal } from '@serverless-otlp/otlp';
import type { Fault, IgnoredReason } from '../types.ts';
import { countDeliveries, type DestinationCounts } from './count.ts';
import type { DecodedRecords } from './decode.ts';
import type { SettledFault } from './quarantine.ts';
import type { Leg, Run } from './run.ts';

/** Telemetry that was set aside after decoding: a destination refused exactly these bytes. */
export interface QuarantinedPart {
  readonly destination: string;
  readonly signal: Signal;
  readonly items: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly source: Readonly<Record<string, string>>;
  readonly error: string;
  /** In the dead-letter store; absent when there is none, and the telemetry is gone. */
  readonly key?: string;
}

/** A line that cannot be read, and where it is now. */
export interface ReportedFault extends Fault {
  /** In the dead-letter store; absent when the line was dropped or returned. */
  readonly key?: string;
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
    /** Unreadable, and left with the source because the store failed. */
    readonly returned?: number;
    /** Never written: functions say that nobody read their standard output in time. No part of `in`. */
    readonly dropped?: number;
  };
  readonly ignored?: Readonly<Partial<Record<IgnoredReason, number>>>;
  readonly destinations: Readonly<Record<string, Readonly<Partial<Record<Signal, DestinationCounts>>>>>;
  /** Items of signals that no pipeline takes. */
  readonly unrouted?: Readonly<Partial<Record<Signal, number>>>;
  readonly faults?: readonly ReportedFault[];
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
  readonly faults: readonly SettledFault[];
  readonly run: Run;
}

/** Nothing to tell but counts: the usual case. */
const isSmooth = ({ deliveries }: Leg): boolean =>
  deliveries.every(({ outcome }) => outcome.status === 'delivered' && outcome.message === undefined);

/** The report of one invocation; checks the equations of the delivery promise while counting. */
export const reportOf = async ({ receiver, durationMs, decoded, faults, run }: ReportInput): Promise<Report> => {
  const { telemetry, ignored } = decoded;
  let ignoredLines = 0;
  for (const count of ignored.values()) ignoredLines += count;
  const returned = faults.filter(({ outcome }) => outcome.status === 'retryable').length;
  const lines = {
    in: decoded.lines,
    decoded: telemetry.length,
    ignored: ignoredLines,
    quarantined: faults.length - returned,
    ...(returned === 0 ? {} : { returned }),
    ...(decoded.dropped === 0 ? {} : { dropped: decoded.dropped }),
  };
  const destinations: Record<string, Partial<Record<Signal, DestinationCounts>>> = {};
  let balanced = lines.in === lines.decoded + lines.ignored + lines.quarantined + returned;
  for (const leg of run.legs) {
    const { balanced: adds, counts } = countDeliveries(leg);
    balanced &&= adds;
    (destinations[leg.destination] ??= {})[leg.signal] = counts;
  }
  const counted = { receiver, durationMs, lines, destinations, balanced };
  if (ignoredLines === 0 && faults.length === 0 && run.unrouted.length === 0 && run.legs.every(isSmooth))
    return counted;
  const { troublesOf } = await import('./troubles.ts');
  return {
    ...counted,
    ...(ignoredLines === 0 ? {} : { ignored: Object.fromEntries(ignored) }),
    ...troublesOf(faults, run),
  };
};
