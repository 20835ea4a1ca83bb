import type { LaneReport, RedriveReport } from '@serverless-otlp/forwarder';

/** What several passes over a store did together. */
export interface RedriveTotal {
  readonly passes: number;
  readonly durationMs: number;
  readonly destinations: RedriveReport['destinations'];
  readonly events?: LaneReport;
  readonly unknown: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  readonly balanced: boolean;
}

/** Adds up the passes of a redrive. */
export interface Passes {
  add(report: RedriveReport): void;
  /** Whether another pass may do more: the last one got ahead, and something is left. */
  goOn(): boolean;
  total(): RedriveTotal;
}

const lanesOf = ({ destinations, events }: RedriveReport): readonly LaneReport[] => [
  ...Object.values(destinations),
  ...(events === undefined ? [] : [events]),
];

const gone = ({ redriven, quarantined, expired, vanished }: LaneReport): number =>
  redriven + quarantined + expired + vanished;

/** Of one whose destination fails, only what it takes is a step ahead: it must not be asked again for what expires meanwhile. */
const isUnfinished = (lane: LaneReport): boolean =>
  lane.remaining > 0 && (lane.redriven > 0 || (gone(lane) > 0 && lane.error === undefined));

/** What remained after one pass was found again by the next. */
const plus = (before: LaneReport | undefined, now: LaneReport): LaneReport => {
  if (before === undefined) return now;
  const sum = {
    ...now,
    put: before.put + now.put,
    redriven: before.redriven + now.redriven,
    quarantined: before.quarantined + now.quarantined,
    expired: before.expired + now.expired,
    vanished: before.vanished + now.vanished,
    items: before.items + now.items,
    rejected: before.rejected + now.rejected,
    unconfirmed: before.unconfirmed + now.unconfirmed,
  };
  return { ...sum, found: gone(sum) + sum.remaining - sum.put };
};

/** Nothing done yet. */
export const createPasses = (): Passes => {
  const reports: RedriveReport[] = [];
  const destinations: Record<string, LaneReport> = {};
  let events: LaneReport | undefined;
  return {
    add: (report) => {
      reports.push(report);
      for (const [name, lane] of Object.entries(report.destinations))
        destinations[name] = plus(destinations[name], lane);
      if (report.events !== undefined) events = plus(events, report.events);
    },
    goOn: () => {
      const last = reports.at(-1);
      return last !== undefined && last.errors === undefined && lanesOf(last).some(isUnfinished);
    },
    total: () => ({
      passes: reports.length,
      durationMs: Math.round(reports.reduce((sum, { durationMs }) => sum + durationMs, 0)),
      destinations,
      ...(events === undefined ? {} : { events }),
      unknown: reports.at(-1)?.unknown ?? {},
      errors: [...new Set(reports.flatMap(({ errors = [] }) => errors))],
      balanced: reports.every(({ balanced }) => balanced),
    }),
  };
};
