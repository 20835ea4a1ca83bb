import { compactLoading, type Signal } from '@serverless-otlp/otlp';
import { inflateBudget } from './pipeline/budget.ts';
import { deadlinesOf, DEFAULT_RESERVE_MS, type InvocationContext } from './pipeline/deadline.ts';
import { decode } from './pipeline/decode.ts';
import { quarantine } from './pipeline/quarantine.ts';
import { receiverFor } from './pipeline/receive.ts';
import { type Report, reportOf } from './pipeline/report.ts';
import { run } from './pipeline/run.ts';
import { settle } from './pipeline/settle.ts';
import type { DeadLetters, Encoding, Pipeline, Receiver } from './types.ts';

/** What a forwarder is made of: one list or map per extension point. */
export interface ForwarderOptions {
  /** The first that accepts an event receives it. */
  readonly receivers: readonly Receiver[];
  /** The first that knows a record decodes it. */
  readonly encodings: readonly Encoding[];
  /** A signal without a pipeline is counted as unrouted and acknowledged. */
  readonly pipelines: Readonly<Partial<Record<Signal, Pipeline>>>;
  /** Keeps lines that cannot be read; absent: they are dropped and counted. */
  readonly deadLetters?: DeadLetters;
  /** Is given the report of every invocation, also of one that fails. */
  readonly onReport: (report: Report) => void;
  /** Kept free of the invocation's time for settling; default 5000 ms. */
  readonly reserveMs?: number;
  /** How long the last destination may take once all others have settled; default 900 ms (D7a). */
  readonly graceMs?: number;
  /** Epoch milliseconds; default `Date.now`. */
  readonly now?: () => number;
}

/** A Lambda handler. Rejects exactly when the source is to deliver the whole event again. */
export type Forwarder = (event: unknown, context: InvocationContext) => Promise<unknown>;

/**
 * The whole way of the data, once through per invocation; nothing in memory survives it.
 *
 * @example
 * export const handler = createForwarder({
 *   receivers: [cloudwatchLogsReceiver()],
 *   encodings: [cloudwatchLogsEncoding({ lines: [otlpStdout(), otlpJson()] })],
 *   pipelines: { traces: { processors: [batch()], destinations: [{ exporter: withRetry(otlpHttp({ endpoints })) }] } },
 *   onReport: writeReport,
 * });
 */
export const createForwarder =
  ({
    receivers,
    encodings,
    pipelines,
    deadLetters,
    onReport,
    graceMs,
    reserveMs = DEFAULT_RESERVE_MS,
    now = Date.now,
  }: ForwarderOptions): Forwarder =>
  async (event, context) => {
    const startedAt = now();
    const deadlines = deadlinesOf(context, reserveMs, startedAt);
    const receiver = receiverFor(event, receivers);
    const records = receiver.receive(event);
    const read = () => decode(records, encodings, inflateBudget());
    let decoded = read();
    const loading = compactLoading();
    if (loading !== undefined) {
      // The first compact line of this environment: from now on it can be read.
      await loading;
      decoded = read();
    }
    const [done, faults] = await Promise.all([
      run(decoded.telemetry, pipelines, { ...deadlines, now, ...(graceMs === undefined ? {} : { graceMs }) }),
      quarantine(decoded.faults, deadLetters, deadlines.storeUntil),
    ]);
    const outcomes = settle(
      records,
      faults,
      done.legs.flatMap(({ deliveries }) => deliveries),
    );
    const report = await reportOf({
      receiver: receiver.name,
      durationMs: now() - startedAt,
      decoded,
      faults,
      run: done,
    });
    try {
      onReport(report);
    } catch {
      // A report nobody can write must not have delivered telemetry delivered again.
    }
    return receiver.respond(outcomes, event);
  };
