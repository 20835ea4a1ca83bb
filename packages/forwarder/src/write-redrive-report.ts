import type { LaneReport, RedriveReport } from './dead-letter/redrive-report.ts';
import { metricMembers } from './metrics.ts';
import { writeWithMetrics } from './write-report.ts';

/** How loud a report is: errors are objects set aside, unknown or unaccounted for; warnings are what still waits. */
const levelOf = ({ balanced, destinations, events, unknown, errors }: RedriveReport): 'INFO' | 'WARN' | 'ERROR' => {
  const lanes = [...Object.values(destinations), ...(events === undefined ? [] : [events])];
  const isAside = ({ quarantined, expired }: LaneReport): boolean => quarantined > 0 || expired > 0;
  if (!balanced || unknown !== undefined || errors !== undefined || lanes.some(isAside)) return 'ERROR';
  return lanes.some(({ remaining }) => remaining > 0) ? 'WARN' : 'INFO';
};

/** Zeros say nothing. */
const told = (lane: LaneReport): Partial<LaneReport> =>
  Object.fromEntries(Object.entries(lane).filter(([, value]) => value !== 0));

const metricsOf = (report: RedriveReport, namespace: string, timestampMs: number): readonly string[] => {
  const all = { ...report.destinations, ...(report.events !== undefined && { events: report.events }) };
  const lanes = Object.entries(all).map(([destination, lane]) => {
    const { quarantined, expired, oldestPendingAgeMs } = lane;
    const counts = {
      // Also when nothing waits: the alarm takes missing data for a redrive that does not run, or cannot read its store.
      ...(oldestPendingAgeMs !== undefined && { OldestPendingAge: Math.round(oldestPendingAgeMs / 1000) }),
      Redriven: lane.items - lane.rejected,
      ...(lane.rejected > 0 && { Rejected: lane.rejected }),
      ...(quarantined > 0 && { Quarantined: quarantined }),
      ...(expired > 0 && { Expired: expired }),
      ...(lane.unconfirmed > 0 && { Unconfirmed: lane.unconfirmed }),
    };
    return metricMembers(namespace, destination, counts, timestampMs);
  });
  const unknown = Object.entries(report.unknown ?? {}).map(([destination, objects]) =>
    metricMembers(namespace, destination, { Unknown: objects }, timestampMs),
  );
  const unbalanced = report.balanced ? [] : [metricMembers(namespace, 'redrive', { Unbalanced: 1 }, timestampMs)];
  return [...lanes, ...unknown, ...unbalanced];
};

/** One JSON line per run on standard output, with its metrics per destination (D26). */
export const writeRedriveReport = (report: RedriveReport, namespace?: string): void => {
  const destinations = Object.fromEntries(Object.entries(report.destinations).map(([id, lane]) => [id, told(lane)]));
  const events = report.events === undefined ? {} : { events: told(report.events) };
  const metrics = namespace === undefined ? [] : metricsOf(report, namespace, Date.now());
  writeWithMetrics(
    { level: levelOf(report), message: 'otlp redrive report', ...report, destinations, ...events },
    metrics,
  );
};
