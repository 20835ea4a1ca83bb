import type { DestinationCounts, Report } from '@serverless-otlp/forwarder';
import type { Signal } from '@serverless-otlp/otlp';

type Counts = Readonly<Record<string, number>>;

/** The reports of all events added up; what `forward` prints at its end. */
export interface TotalReport {
  /** Subscription events that went through the forwarder, and those that went back to their source. */
  readonly events: { readonly in: number; readonly returned: number; readonly unreadable: number };
  readonly lines: Report['lines'];
  readonly destinations: Report['destinations'];
  readonly unrouted: Readonly<Partial<Record<Signal, number>>>;
  readonly balanced: boolean;
}

/** Adds up reports as they come. */
export interface Tally {
  add(report: Report): void;
  /** An event that went back to its source: some of it was not delivered. */
  returned(): void;
  /** A document that is no event the forwarder knows. */
  unreadable(): void;
  total(): TotalReport;
}

const plus = (a: Counts, b: Counts): Counts => {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

/** A tally with nothing in it. */
export const createTally = (): Tally => {
  const events = { in: 0, returned: 0, unreadable: 0 };
  let lines: Report['lines'] = { in: 0, decoded: 0, ignored: 0, quarantined: 0 };
  let unrouted: TotalReport['unrouted'] = {};
  let balanced = true;
  const destinations: Record<string, Partial<Record<Signal, DestinationCounts>>> = {};
  return {
    add: (report) => {
      events.in += 1;
      lines = plus(lines, report.lines) as unknown as Report['lines'];
      unrouted = plus(unrouted, report.unrouted ?? {});
      balanced &&= report.balanced;
      for (const [name, signals] of Object.entries(report.destinations)) {
        const known = (destinations[name] ??= {});
        for (const [signal, counts] of Object.entries(signals) as [Signal, DestinationCounts][]) {
          known[signal] = plus(
            (known[signal] ?? {}) as Counts,
            counts as unknown as Counts,
          ) as unknown as DestinationCounts;
        }
      }
    },
    returned: () => (events.returned += 1),
    unreadable: () => (events.unreadable += 1),
    total: () => ({ events, lines, destinations, unrouted, balanced }),
  };
};

/** Items of all signals at all destinations that are in this state. */
export const itemsIn = ({ destinations }: TotalReport, state: keyof DestinationCounts): number =>
  Object.values(destinations)
    .flatMap((signals) => Object.values(signals))
    .reduce((sum, counts) => sum + (counts[state] ?? 0), 0);
