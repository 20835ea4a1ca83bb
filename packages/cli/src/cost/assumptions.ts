import { UsageError } from '../usage-error.ts';

/** A number that nobody says and nobody measures for you, its unit in its name, and where it comes from. */
export interface Assumption {
  readonly name: string;
  readonly value: number;
  readonly why: string;
}

/** What a Collector as an extension of a function adds to it, by the memory of the function. */
interface Measured {
  readonly upToMb: number;
  /** Billed for a warm invocation, on average. */
  readonly ms: number;
  readonly initMs: number;
}

/**
 * The difference between the columns `otel-collector` and `otel-stdout` of a published measurement: Node.js 22, arm64, us-east-1, 1000 warm
 * and 10 cold invocations of 21 spans at 128, 256, 512 and 1024 MB, on 20 June 2025 (perftest in
 * https://github.com/dev7a/otlp-stdout-language-layers). It holds 60 MB more in memory.
 */
const COLLECTOR: readonly Measured[] = [
  { upToMb: 192, ms: 71.4, initMs: 255 },
  { upToMb: 384, ms: 33.9, initMs: 264 },
  { upToMb: 768, ms: 24.6, initMs: 262 },
  { upToMb: Infinity, ms: 23, initMs: 265 },
];
const MEASURED = 'against lines, dev7a/otlp-stdout-language-layers, June 2025, near this memory';

const NAMES = [
  'lines_per_event',
  'forwarder_memory_mb',
  'forwarder_ms',
  'forwarder_log_bytes',
  'redrive_runs',
  'redrive_ms',
  'stored_percent',
  'metrics',
  'alarms',
  'dashboards',
  'cold_percent',
  'collector_ms',
  'collector_init_ms',
  'collector_memory_mb',
] as const;
export type AssumptionName = (typeof NAMES)[number];
export type Assumptions = Readonly<Record<AssumptionName, Assumption>>;

/** The assumptions of functions with so much memory. */
const defaults = (memoryMb: number): Readonly<Record<AssumptionName, readonly [number, string]>> => {
  const collector = COLLECTOR.find(({ upToMb }) => memoryMb <= upToMb);
  return {
    lines_per_event: [1, 'the worst case; CloudWatch Logs hands over what has come since, of one log stream'],
    forwarder_memory_mb: [512, 'as deployed'],
    forwarder_ms: [50, 'mostly the answer of the destination'],
    forwarder_log_bytes: [1100, 'an event: its report of 471 bytes (measured), and what Lambda says of an invocation'],
    redrive_runs: [8640, 'every five minutes'],
    redrive_ms: [200, 'looks into an empty store'],
    stored_percent: [0.1, 'events that wait in the bucket once, for a destination that is down'],
    metrics: [6, 'of the forwarder, one destination'],
    alarms: [15, 'metrics that the ten alarms of the template look at, one destination'],
    dashboards: [1, 'as deployed'],
    cold_percent: [1, 'of the invocations of your functions'],
    collector_ms: [collector?.ms ?? 0, `billed per warm invocation, ${MEASURED}`],
    collector_init_ms: [collector?.initMs ?? 0, `billed per cold start, ${MEASURED}`],
    collector_memory_mb: [0, 'what you have to raise the memory by; it holds 60 MB more'],
  };
};

const isKnown = (name: string): name is AssumptionName => NAMES.some((known) => known === name);

const check = (name: AssumptionName, value: number): void => {
  if (name.endsWith('_percent') && value > 100) throw new UsageError(`--assume ${name}: at most 100.`);
  if (name === 'lines_per_event' && (value < 1 || value > 10_000))
    throw new UsageError('--assume lines_per_event: from 1 to 10000.');
};

/** The assumptions, with those given in their place. @throws {UsageError} */
export const assumptionsOf = (given: ReadonlyMap<string, number>, memoryMb: number): Assumptions => {
  const known = defaults(memoryMb);
  const all = NAMES.map((name): readonly [AssumptionName, Assumption] => {
    const [value, why] = known[name];
    return [name, { name, value, why }];
  });
  const assumptions = Object.fromEntries(all) as Record<AssumptionName, Assumption>;
  for (const [name, value] of given) {
    if (!isKnown(name)) throw new UsageError(`--assume knows no such name. There are ${NAMES.join(', ')}.`);
    check(name, value);
    assumptions[name] = { name, value, why: 'as given' };
  }
  return assumptions;
};
