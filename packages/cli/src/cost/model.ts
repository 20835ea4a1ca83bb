import type { Assumptions } from './assumptions.ts';
import type { PriceList } from './price-list.ts';

/** A month of your functions. */
export interface Usage {
  /** Of all functions that print telemetry. */
  readonly invocations: number;
  readonly linesPerInvocation: number;
  /** Of an invocation without any telemetry. */
  readonly durationMs: number;
  /** Of your functions. */
  readonly memoryMb: number;
  readonly retentionDays: number;
}

/** A line of the bill; without `usd` nobody knows the price. */
export interface Item {
  readonly name: string;
  readonly usd: number | undefined;
}

/** What one way costs in a month. */
export interface Bill {
  readonly items: readonly Item[];
  /** The sum of what is known. */
  readonly usd: number;
}

const MB_PER_GB = 1024;
const BYTES_PER_GB = 1e9;
/** What CloudWatch Logs adds to each event when it counts bytes (PutLogEvents). */
const BYTES_PER_EVENT = 26;
const DAYS_PER_MONTH = 30;

const gbSeconds = (times: number, ms: number, memoryMb: number): number => times * (ms / 1000) * (memoryMb / MB_PER_GB);

const billOf = (items: readonly Item[]): Bill => ({
  items,
  usd: items.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
});

/** `undefined` when one of them is not known. */
const sumOf = (all: readonly (number | undefined)[]): number | undefined =>
  all.every((usd) => usd !== undefined) ? all.reduce((sum, usd) => sum + usd, 0) : undefined;

/**
 * Lines of so many bytes, and the forwarder. Everything your functions cost anyway is left out, and what leaves AWS, which is the same
 * in both ways; so is the free tier, which an account has once.
 */
export const linesBill = (usage: Usage, bytesPerLine: number, assumed: Assumptions, prices: PriceList): Bill => {
  const lines = usage.invocations * usage.linesPerInvocation;
  const events = lines / assumed.lines_per_event.value;
  const ownGb = (events * assumed.forwarder_log_bytes.value) / BYTES_PER_GB;
  const lineGb = (lines * (bytesPerLine + BYTES_PER_EVENT)) / BYTES_PER_GB;
  // Of both together, because it gets cheaper with the volume of the account.
  const ingested = prices.costOf('logs_ingested_gb', lineGb + ownGb);
  const ofLines = prices.costOf('logs_ingested_gb', lineGb);
  const kept = ((lineGb + ownGb) * usage.retentionDays) / DAYS_PER_MONTH;
  const seconds =
    gbSeconds(events, assumed.forwarder_ms.value, assumed.forwarder_memory_mb.value) +
    gbSeconds(assumed.redrive_runs.value, assumed.redrive_ms.value, assumed.forwarder_memory_mb.value);
  const stored = (events * assumed.stored_percent.value) / 100;
  const deadLetters = sumOf([prices.costOf('s3_write', stored), prices.costOf('s3_read', stored)]);
  const watching = sumOf([
    prices.costOf('metric_month', assumed.metrics.value),
    prices.costOf('alarm_month', assumed.alarms.value),
    prices.costOf('dashboard_month', assumed.dashboards.value),
  ]);
  return billOf([
    { name: 'lines, ingested', usd: ofLines },
    { name: 'logs, kept', usd: prices.costOf('logs_stored_gb_month', kept) },
    { name: 'forwarder, requests', usd: prices.costOf('lambda_request', events + assumed.redrive_runs.value) },
    { name: 'forwarder, duration', usd: prices.costOf('lambda_gb_second', seconds) },
    {
      name: 'forwarder, its log',
      usd: ingested === undefined || ofLines === undefined ? undefined : ingested - ofLines,
    },
    { name: 'dead letters', usd: deadLetters },
    { name: 'metrics, alarms, dashboard', usd: watching },
  ]);
};

/** A Collector as an extension of each function: what it adds to their duration, their start and their memory. */
export const collectorBill = (usage: Usage, assumed: Assumptions, prices: PriceList): Bill => {
  const { invocations, durationMs, memoryMb } = usage;
  const cold = (invocations * assumed.cold_percent.value) / 100;
  const before = gbSeconds(invocations, durationMs, memoryMb);
  const duration = gbSeconds(invocations, assumed.collector_ms.value, memoryMb);
  const init = gbSeconds(cold, assumed.collector_init_ms.value, memoryMb);
  const raised =
    gbSeconds(invocations, durationMs + assumed.collector_ms.value, assumed.collector_memory_mb.value) +
    gbSeconds(cold, assumed.collector_init_ms.value, assumed.collector_memory_mb.value);
  const costs = [before, duration, init, raised].map((_, index, all) =>
    prices.costOf(
      'lambda_gb_second',
      all.slice(0, index + 1).reduce((sum, seconds) => sum + seconds, 0),
    ),
  );
  const added = (index: number): number => (costs[index] ?? 0) - (costs[index - 1] ?? 0);
  return billOf([
    { name: 'functions, longer', usd: added(1) },
    { name: 'functions, cold starts', usd: added(2) },
    { name: 'functions, memory', usd: added(3) },
  ]);
};
