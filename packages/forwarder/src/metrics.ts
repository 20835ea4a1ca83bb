import type { DestinationCounts } from './pipeline/count.ts';
import type { Report } from './pipeline/report.ts';

/** Counts of one destination, by the name of their metric. */
type Counts = Readonly<Record<string, number>>;

/** What stands for lines that cannot be read: they were for no destination yet. */
const NO_DESTINATION = 'lines';

/**
 * One line in CloudWatch's embedded metric format, the destination its only dimension (D26). Names and numbers are our own: nothing
 * of it comes out of telemetry.
 *
 * Source: CloudWatch user guide, "Specification: Embedded metric format".
 */
export const metricLine = (namespace: string, destination: string, counts: Counts, timestampMs: number): string => {
  const names = Object.keys(counts);
  const key = `${namespace}\n${destination}\n${names.join()}`; // no name holds a line break
  let end = ENDS.get(key);
  if (end === undefined) {
    if (ENDS.size >= MAX_ENDS) ENDS.clear();
    const Metrics = names.map((Name) => ({ Name, Unit: Name.endsWith('Age') ? 'Seconds' : 'Count' }));
    const directive = { Namespace: namespace, Dimensions: [['destination']], Metrics };
    end = `${JSON.stringify({ CloudWatchMetrics: [directive] }).slice(1)},"destination":${JSON.stringify(destination)}`;
    ENDS.set(key, end);
  }
  let line = `{"_aws":{"Timestamp":${timestampMs},${end}`;
  for (const name of names) line += `,"${name}":${counts[name]}`;
  return `${line}}`;
};

/** What says which numbers follow is the same in nearly every invocation, and longer than they are. */
const ENDS = new Map<string, string>();
const MAX_ENDS = 100;

/** Counts that are metrics, under their names with a capital. */
const NAMES = [
  'delivered',
  'rejected',
  'pending',
  'quarantined',
  'unconfirmed',
  'returned',
] as const satisfies readonly (keyof DestinationCounts)[];

const countsOf = (signals: readonly DestinationCounts[]): Counts => {
  const counts: Record<string, number> = {};
  for (const name of NAMES) {
    let sum = 0;
    for (const signal of signals) sum += signal[name] ?? 0;
    if (sum > 0) counts[name.charAt(0).toUpperCase() + name.slice(1)] = sum;
  }
  return counts;
};

/** The metrics of one invocation, a line per destination that has any. */
export const metricsOf = (report: Report, namespace: string, timestampMs: number): readonly string[] => {
  const lines: string[] = [];
  for (const [destination, signals] of Object.entries(report.destinations)) {
    const counts = countsOf(Object.values(signals));
    if (Object.keys(counts).length > 0) lines.push(metricLine(namespace, destination, counts, timestampMs));
  }
  const { quarantined, returned = 0, dropped = 0 } = report.lines;
  const rest = {
    ...(quarantined > 0 && { Quarantined: quarantined }),
    ...(returned > 0 && { Returned: returned }),
    ...(dropped > 0 && { Dropped: dropped }),
    ...(!report.balanced && { Unbalanced: 1 }),
  };
  if (Object.keys(rest).length > 0) lines.push(metricLine(namespace, NO_DESTINATION, rest, timestampMs));
  return lines;
};
