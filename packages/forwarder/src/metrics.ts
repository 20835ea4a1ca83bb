import type { DestinationCounts } from './pipeline/count.ts';
import type { Report } from './pipeline/report.ts';

/** Counts of one destination, by the name of their metric. */
type Counts = Readonly<Record<string, number>>;

/** What stands for lines that cannot be read: they were for no destination yet. */
const NO_DESTINATION = 'lines';

/** What says which numbers follow, and the dimension; the timestamp goes before it, the numbers behind it. */
const directiveOf = (namespace: string, destination: string, names: readonly string[]): string => {
  const Metrics = names.map((Name) => ({ Name, Unit: Name.endsWith('Age') ? 'Seconds' : 'Count' }));
  const directive = { Namespace: namespace, Dimensions: [['destination']], Metrics };
  return `,"CloudWatchMetrics":${JSON.stringify([directive])}},"destination":${JSON.stringify(destination)}`;
};

/**
 * Metrics of one destination as members of a JSON object in CloudWatch's embedded metric format, the destination their only dimension
 * (D26). Names and numbers are our own: nothing of it comes out of telemetry.
 *
 * Source: CloudWatch user guide, "Specification: Embedded metric format".
 */
export const metricMembers = (namespace: string, destination: string, counts: Counts, timestampMs: number): string => {
  let members = `"_aws":{"Timestamp":${timestampMs}${directiveOf(namespace, destination, Object.keys(counts))}`;
  for (const [name, count] of Object.entries(counts)) members += `,"${name}":${count}`;
  return members;
};

/** Counts that are metrics, under their names with a capital. */
const COUNTS = [
  ['delivered', 'Delivered'],
  ['rejected', 'Rejected'],
  ['pending', 'Pending'],
  ['quarantined', 'Quarantined'],
  ['unconfirmed', 'Unconfirmed'],
  ['returned', 'Returned'],
] as const satisfies readonly (readonly [keyof DestinationCounts, string])[];

/** Directives by namespace and destination, then by which counts follow: the same in nearly every invocation. */
const directives = new Map<string, string[]>();
const MAX_DESTINATIONS = 100;

const knownDirective = (namespace: string, destination: string, present: number): string => {
  const key = `${namespace}\n${destination}`; // no namespace holds a line break
  let known = directives.get(key);
  if (known === undefined) {
    if (directives.size >= MAX_DESTINATIONS) directives.clear();
    directives.set(key, (known = []));
  }
  return (known[present] ??= directiveOf(
    namespace,
    destination,
    COUNTS.filter((_, index) => (present & (1 << index)) !== 0).map(([, name]) => name),
  ));
};

/** {@link metricMembers} of a destination in an invocation that is warm, which is most of them; empty when it has none. */
const destinationMembers = (
  namespace: string,
  destination: string,
  signals: readonly DestinationCounts[],
  timestampMs: number,
): string => {
  let present = 0;
  let numbers = '';
  for (const [index, [count, name]] of COUNTS.entries()) {
    let sum = 0;
    for (const signal of signals) sum += signal[count] ?? 0;
    if (sum === 0) continue;
    present |= 1 << index;
    numbers += `,"${name}":${sum}`;
  }
  if (present === 0) return '';
  return `"_aws":{"Timestamp":${timestampMs}${knownDirective(namespace, destination, present)}${numbers}`;
};

/** The metrics of one invocation, as {@link metricMembers} per destination that has any. */
export const metricsOf = (report: Report, namespace: string, timestampMs: number): readonly string[] => {
  const all: string[] = [];
  for (const destination of Object.keys(report.destinations)) {
    const signals = Object.values(report.destinations[destination] ?? {});
    const members = destinationMembers(namespace, destination, signals, timestampMs);
    if (members !== '') all.push(members);
  }
  const { quarantined, returned = 0, dropped = 0 } = report.lines;
  if (quarantined + returned + dropped === 0 && report.balanced) return all;
  const rest = {
    ...(quarantined > 0 && { Quarantined: quarantined }),
    ...(returned > 0 && { Returned: returned }),
    ...(dropped > 0 && { Dropped: dropped }),
    ...(!report.balanced && { Unbalanced: 1 }),
  };
  return [...all, metricMembers(namespace, NO_DESTINATION, rest, timestampMs)];
};
