import type { Attributes } from '@opentelemetry/api';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { LambdaContext } from './lambda-context.ts';
import { startedRuntime } from './runtime.ts';
import { type Output, setOutput } from './telemetry/output.ts';

/** A span, as plain data. */
export interface CapturedSpan {
  readonly name: string;
  readonly kind: keyof typeof SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly sampled: boolean;
  readonly attributes: Attributes;
  readonly status: { readonly code: keyof typeof SpanStatusCode; readonly message?: string };
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[];
  readonly durationMs: number;
  readonly resource: Attributes;
  readonly scope: string;
}

/** The points of one metric. */
export interface CapturedMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly { readonly value: unknown; readonly attributes: Attributes }[];
}

/** A log record. */
export interface CapturedLog {
  readonly body: unknown;
  readonly severity: number | undefined;
  readonly eventName: string | undefined;
  readonly attributes: object;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/** What was emitted while something ran, in the order it was written, and how that ended. */
export interface Captured<Result> {
  /** `undefined` when it threw. */
  readonly result: Result | undefined;
  /** What it threw. */
  readonly error: unknown;
  readonly spans: readonly CapturedSpan[];
  readonly metrics: readonly CapturedMetric[];
  readonly logs: readonly CapturedLog[];
  /** The first span of this name; throws with the names there are when there is none. */
  readonly span: (name: string) => CapturedSpan;
}

const spanOf = (span: ReadableSpan): CapturedSpan => ({
  name: span.name,
  kind: SpanKind[span.kind] as keyof typeof SpanKind,
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parentSpanId: span.parentSpanContext?.spanId,
  sampled: (span.spanContext().traceFlags & 1) !== 0,
  attributes: { ...span.attributes },
  status: { ...span.status, code: SpanStatusCode[span.status.code] as keyof typeof SpanStatusCode },
  events: span.events.map(({ name, attributes }) => ({ name, attributes: { ...attributes } })),
  links: span.links.map(({ context, attributes }) => ({
    traceId: context.traceId,
    spanId: context.spanId,
    attributes: { ...attributes },
  })),
  durationMs: hrTimeToMilliseconds(span.duration),
  resource: { ...span.resource.attributes },
  scope: span.instrumentationScope.name,
});

const metricsOf = ({ scopeMetrics }: ResourceMetrics): readonly CapturedMetric[] =>
  scopeMetrics.flatMap(({ metrics }) =>
    metrics.map(({ dataPoints, descriptor }) => ({
      name: descriptor.name,
      unit: descriptor.unit,
      points: dataPoints.map(({ attributes, value }) => ({
        value: structuredClone(value),
        attributes: { ...attributes },
      })),
    })),
  );

const logOf = (record: ReadableLogRecord): CapturedLog => ({
  body: record.body,
  severity: record.severityNumber,
  eventName: record.eventName,
  attributes: { ...record.attributes },
  traceId: record.spanContext?.traceId,
  spanId: record.spanContext?.spanId,
});

interface Collected {
  readonly spans: CapturedSpan[];
  readonly metrics: CapturedMetric[];
  readonly logs: CapturedLog[];
}

const collector = ({ logs, metrics, spans }: Collected): Output => ({
  spans: (some) => void spans.push(...some.map(spanOf)),
  metrics: (some) => void metrics.push(...metricsOf(some)),
  logs: (some) => void logs.push(...some.map(logOf)),
});

/** Has all that is held handed over: to whoever takes it now. */
const flush = async (): Promise<void> => {
  const runtime = startedRuntime();
  await runtime?.telemetry.buffer?.forceFlush();
  await runtime?.flush(FLUSH_MS);
};

const FLUSH_MS = 5000;

/** One after the other: what is written says nothing of who asked for it. */
let last: Promise<unknown> = Promise.resolve();

const captureNow = async <Result>(run: () => Result | PromiseLike<Result>): Promise<Captured<Result>> => {
  await flush();
  const collected: Collected = { spans: [], metrics: [], logs: [] };
  const ended: { result?: Result; error?: unknown } = {};
  setOutput(collector(collected));
  try {
    ended.result = await run();
  } catch (error) {
    ended.error = error;
  }
  await flush();
  setOutput(undefined);
  const span = (name: string): CapturedSpan => {
    const found = collected.spans.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new Error(`no span "${name}"; there are: ${collected.spans.map((one) => one.name).join(', ') || 'none'}`);
  };
  return { result: ended.result, error: ended.error, ...collected, span };
};

/**
 * Runs something and gives what it emitted, in place of writing it. What it throws is in `error`. Captures wait for each other.
 *
 * @example const { result, span } = await capture(() => handler(event, lambdaContext()));
 */
export const capture = <Result>(run: () => Result | PromiseLike<Result>): Promise<Captured<Result>> => {
  const next = last.then(() => captureNow(run));
  last = next.catch(() => undefined);
  return next;
};

/** A context as Lambda gives it, with a request id of its own; what is given replaces what is made up. */
export const lambdaContext = <Given extends object = object>(
  given?: Given,
): Required<Omit<LambdaContext, 'xRayTraceId' | 'clientContext'>> & Given => {
  const { functionName = 'test-function' }: { readonly functionName?: string } = given ?? {};
  return {
    awsRequestId: crypto.randomUUID(),
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`,
    getRemainingTimeInMillis: () => 30_000,
    ...(given ?? ({} as Given)),
  };
};
