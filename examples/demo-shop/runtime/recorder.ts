import { requestOfMessage, writeEnvelope, type Signal } from '@serverless-otlp/otlp';
import { randomBytes, randomUUID } from 'node:crypto';
import { noIds, type Ids } from './ids.ts';

type Fields = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, string | number | boolean>>;

/** `SpanKind` of OTLP. */
export const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

const SEVERITIES = { INFO: 9, WARN: 13, ERROR: 17 } as const;

/** A span that runs. */
export interface Span {
  /** W3C trace context, to hand on to whoever works for this span. */
  readonly traceparent: string;
  /** Ends it; with an error, as failed. */
  end(error?: Error): void;
}

/** Records what one function does and prints it as envelopes. Stands in for an OpenTelemetry SDK with the stdout exporters. */
export interface Recorder {
  span(name: string, kind: keyof typeof KINDS, parent: string | undefined, attributes?: Values): Span;
  /** A data point; `data` is the metric without its point, `point` the point without its time and attributes. */
  point(name: string, unit: string, type: string, data: Fields, point: Fields, attributes?: Values): void;
  log(severity: keyof typeof SEVERITIES, body: string, traceparent: string, attributes?: Values): void;
  /** Envelopes of all that was recorded, one per signal, and the ids in them. */
  take(): { readonly lines: readonly string[]; readonly ids: Ids };
}

const valueOf = (value: string | number | boolean): Fields =>
  typeof value === 'string'
    ? { stringValue: value }
    : typeof value === 'boolean'
      ? { boolValue: value }
      : Number.isInteger(value)
        ? { intValue: String(value) }
        : { doubleValue: value };

const attributesOf = (values: Values): readonly Fields[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: valueOf(value) }));

/** The clock of a span must not go back: wall time at start, then the monotonic clock. */
const clockStart = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
const nowNs = (): string => String(clockStart + process.hrtime.bigint());

const exceptionOf = (error: Error): Fields => ({
  name: 'exception',
  timeUnixNano: nowNs(),
  attributes: attributesOf({ 'exception.type': error.name, 'exception.message': error.message }),
});

/** A recorder for a function of this name. */
export const createRecorder = (service: string): Recorder => {
  let ids = noIds();
  let items: Record<Signal, Fields[]> = { traces: [], metrics: [], logs: [] };
  const resource = {
    attributes: attributesOf({
      'service.name': service,
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'faas.name': `demo-${service}`,
    }),
  };
  const scope = { name: 'demo-shop' };
  const messages: Readonly<Record<Signal, (list: readonly Fields[]) => Fields>> = {
    traces: (spans) => ({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }),
    metrics: (metrics) => ({ resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] }),
    logs: (logRecords) => ({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }),
  };
  return {
    span: (name, kind, parent, attributes = {}) => {
      const [, traceId = randomBytes(16).toString('hex'), parentSpanId] = parent?.split('-') ?? [];
      const spanId = randomBytes(8).toString('hex');
      const startTimeUnixNano = nowNs();
      return {
        traceparent: `00-${traceId}-${spanId}-01`,
        end: (error) => {
          ids.traces.push(`${traceId}-${spanId}`);
          items.traces.push({
            traceId,
            spanId,
            ...(parentSpanId === undefined ? {} : { parentSpanId }),
            flags: 1,
            name,
            kind: KINDS[kind],
            startTimeUnixNano,
            endTimeUnixNano: nowNs(),
            attributes: attributesOf(attributes),
            ...(error === undefined ? {} : { status: { code: 2 }, events: [exceptionOf(error)] }),
          });
        },
      };
    },
    point: (name, unit, type, data, point, attributes = {}) => {
      const id = randomUUID();
      ids.metrics.push(id);
      const dataPoint = {
        ...point,
        startTimeUnixNano: String(BigInt(nowNs()) - 1_000_000_000n),
        timeUnixNano: nowNs(),
        attributes: attributesOf({ ...attributes, 'demo.id': id }),
      };
      items.metrics.push({ name, unit, [type]: { ...data, dataPoints: [dataPoint] } });
    },
    log: (severity, body, traceparent, attributes = {}) => {
      const id = randomUUID();
      ids.logs.push(id);
      const [, traceId, spanId] = traceparent.split('-');
      items.logs.push({
        timeUnixNano: nowNs(),
        observedTimeUnixNano: nowNs(),
        severityNumber: SEVERITIES[severity],
        severityText: severity,
        body: { stringValue: body },
        traceId,
        spanId,
        attributes: attributesOf({ ...attributes, 'demo.id': id }),
      });
    },
    take: () => {
      const lines = (['traces', 'metrics', 'logs'] as const)
        .filter((signal) => items[signal].length > 0)
        .map((signal) => {
          const request = requestOfMessage(signal, messages[signal](items[signal]));
          return writeEnvelope(request, { source: service, version: '0.1.0' });
        });
      const taken = { lines, ids };
      [ids, items] = [noIds(), { traces: [], metrics: [], logs: [] }];
      return taken;
    },
  };
};
