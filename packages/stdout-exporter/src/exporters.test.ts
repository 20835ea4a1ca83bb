import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpanKind, SpanStatusCode, ValueType } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type LogRecordExporter,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { requestFromJson, requestToJson, type Signal } from '@serverless-otlp/otlp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OTLPStdoutLogExporter, OTLPStdoutMetricExporter, OTLPStdoutSpanExporter, writeRequest } from './index.ts';
import type { ExportResult } from './export-result.ts';

const MKFIFO = 'mkfifo';
let folder: string;
let pipePath: string;
let reader: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'otlp-exporters-'));
  pipePath = join(folder, 'pipe');
  execFileSync(MKFIFO, [pipePath]);
  reader = openSync(pipePath, constants.O_RDONLY | constants.O_NONBLOCK);
});
afterEach(() => {
  closeSync(reader);
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const written = (): readonly string[] => {
  const buffer = Buffer.alloc(1 << 20);
  return buffer.toString('utf8', 0, readSync(reader, buffer)).split('\n').slice(0, -1);
};
const options = { output: 'pipe', format: 'otlp_json' } as const;
const resource = resourceFromAttributes({ 'service.name': 'cart', 'a.list': ['x', 'y'], 'a.number': 1.5 });

/** OTLP/JSON of two writers differs in what they leave out; as protobuf read back it is one. */
const same = (json: string): unknown => JSON.parse(requestToJson(requestFromJson(JSON.parse(json))));
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

const spans = () => {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter: memory })] });
  const tracer = provider.getTracer('scope', '1.0');
  const other = tracer.startSpan('other', { root: true });
  const span = tracer.startSpan('GET /', {
    kind: SpanKind.SERVER,
    links: [{ context: other.spanContext() }],
    attributes: { b: true },
  });
  span.addEvent('event', { n: 1 });
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' }).end();
  other.end();
  return memory.getFinishedSpans();
};

const exported = (run: (done: (result: ExportResult) => void) => void): ExportResult | undefined => {
  let result: ExportResult | undefined;
  run((given) => (result = given));
  return result;
};

describe('the exporters', () => {
  it('are what the SDK takes', () => {
    const span: SpanExporter = new OTLPStdoutSpanExporter();
    const metric: PushMetricExporter = new OTLPStdoutMetricExporter();
    const log: LogRecordExporter = new OTLPStdoutLogExporter();
    expect([span, metric, log]).toHaveLength(3);
  });

  it('write spans as the SDK would send them, before export returns', () => {
    const exporter = new OTLPStdoutSpanExporter({ ...options, pipePath });
    expect(exported((done) => exporter.export(spans(), done))).toEqual({ code: ExportResultCode.SUCCESS });
    expect(written()).toHaveLength(1);
    const given = spans();
    exporter.export(given, () => undefined);
    expect(same(written()[0] ?? '')).toEqual(same(textOf(JsonTraceSerializer.serializeRequest(given))));
  });

  it('write log records as the SDK would send them', () => {
    const memory = new InMemoryLogRecordExporter();
    const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: memory })] });
    provider.getLogger('scope').emit({ body: { deep: ['a', 1] }, severityText: 'INFO', attributes: { k: 'v' } });
    const records = memory.getFinishedLogRecords();
    const exporter = new OTLPStdoutLogExporter({ ...options, pipePath });
    expect(exported((done) => exporter.export(records, done))).toEqual({ code: 0 });
    expect(same(written()[0] ?? '')).toEqual(same(textOf(JsonLogsSerializer.serializeRequest(records))));
  });

  it('write metrics as the SDK would send them', async () => {
    const memory = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const provider = new MeterProvider({
      resource,
      readers: [new PeriodicExportingMetricReader({ exporter: memory })],
    });
    const meter = provider.getMeter('scope');
    meter.createCounter('c', { unit: '1', valueType: ValueType.INT }).add(2, { k: 'v' });
    meter.createHistogram('h').record(3.5);
    await provider.forceFlush();
    await provider.shutdown();
    const [metrics] = memory.getMetrics();
    if (metrics === undefined) throw new Error('no metrics');
    const exporter = new OTLPStdoutMetricExporter({ ...options, pipePath });
    expect(exported((done) => exporter.export(metrics, done))).toEqual({ code: 0 });
    expect(same(written()[0] ?? '')).toEqual(same(textOf(JsonMetricsSerializer.serializeRequest(metrics))));
  });

  it('E5: tell a pipe of an empty batch, and standard output of none', () => {
    expect(exported((done) => new OTLPStdoutSpanExporter({ ...options, pipePath }).export([], done))).toEqual({
      code: 0,
    });
    expect(exported((done) => new OTLPStdoutSpanExporter().export([], done))).toEqual({ code: 0 });
    expect(written()).toEqual([]);
  });

  it('fail after their shutdown, and write nothing', async () => {
    const exporter = new OTLPStdoutSpanExporter({ ...options, pipePath });
    await exporter.forceFlush();
    await exporter.shutdown();
    const result = exported((done) => exporter.export(spans(), done));
    expect(result).toMatchObject({
      code: ExportResultCode.FAILED,
      error: { message: 'the stdout exporter of traces was shut down' },
    });
    expect(written()).toEqual([]);
  });

  it('tell what cannot be serialized to the callback and throw nothing', () => {
    const exporter = new OTLPStdoutSpanExporter({ ...options, pipePath });
    const broken = { name: 'broken' } as unknown as Parameters<typeof exporter.export>[0][number];
    expect(exported((done) => exporter.export([broken], done))).toMatchObject({
      code: 1,
      error: expect.any(Error) as Error,
    });
  });

  it('E3: tell an item that no line can hold to the callback', () => {
    const [span] = spans();
    if (span === undefined) throw new Error('no span');
    const exporter = new OTLPStdoutSpanExporter({ ...options, pipePath });
    const result = exported((done) =>
      exporter.export([{ ...span, name: 'x'.repeat(1_100_000), spanContext: span.spanContext }], done),
    );
    expect(result).toMatchObject({
      code: 1,
      error: { message: expect.stringMatching(/^span [0-9a-f]{16} of trace .*at most 1000000/) as string },
    });
  });
});

describe('the metric exporter', () => {
  const temporalities = (exporter: OTLPStdoutMetricExporter) =>
    Object.values(InstrumentType).map((type) => AggregationTemporality[exporter.selectAggregationTemporality(type)]);

  it('is cumulative by default, delta or lowmemory by option or variable, the option first', () => {
    const [c, d] = ['CUMULATIVE', 'DELTA'];
    // COUNTER, GAUGE, HISTOGRAM, UP_DOWN_COUNTER, OBSERVABLE_COUNTER, OBSERVABLE_GAUGE, OBSERVABLE_UP_DOWN_COUNTER
    expect(temporalities(new OTLPStdoutMetricExporter())).toEqual([c, c, c, c, c, c, c]);
    vi.stubEnv('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'Delta');
    expect(temporalities(new OTLPStdoutMetricExporter())).toEqual([d, d, d, c, d, d, c]);
    expect(temporalities(new OTLPStdoutMetricExporter({ temporalityPreference: 'lowmemory' }))).toEqual([
      d,
      c,
      d,
      c,
      c,
      c,
      c,
    ]);
  });

  it('aggregates as the SDK does, histograms as the standard variable says, everything as the option says', () => {
    expect(new OTLPStdoutMetricExporter().selectAggregation(InstrumentType.HISTOGRAM)).toEqual({
      type: AggregationType.DEFAULT,
    });
    vi.stubEnv('OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', 'base2_exponential_bucket_histogram');
    const exporter = new OTLPStdoutMetricExporter();
    expect(exporter.selectAggregation(InstrumentType.HISTOGRAM)).toEqual({
      type: AggregationType.EXPONENTIAL_HISTOGRAM,
    });
    expect(exporter.selectAggregation(InstrumentType.COUNTER)).toEqual({ type: AggregationType.DEFAULT });
    const drop = new OTLPStdoutMetricExporter({ aggregationPreference: () => ({ type: 1 }) });
    expect(drop.selectAggregation(InstrumentType.HISTOGRAM)).toEqual({ type: AggregationType.DROP });
  });
});

describe('writeRequest', () => {
  it.each<Signal>(['traces', 'metrics', 'logs'])('writes %s without an SDK', (signal) => {
    const json = `{"resource${{ traces: 'Spans', metrics: 'Metrics', logs: 'Logs' }[signal]}":[{"schemaUrl":"u"}]}`;
    const { bytes } = requestFromJson(JSON.parse(json));
    expect(writeRequest(signal, bytes, { ...options, pipePath })).toEqual({ lines: 1, dropped: 0 });
    expect(written()).toEqual([json]);
  });

  it('writes nothing of no bytes, and throws nothing for bytes that are no request', () => {
    expect(writeRequest('traces', new Uint8Array(), { ...options, pipePath })).toEqual({ lines: 0, dropped: 0 });
    expect(writeRequest('traces', Uint8Array.of(7), { ...options, pipePath })).toMatchObject({ lines: 0, dropped: 1 });
  });

  it('says what an exporter says', () => {
    const given = spans();
    const bytes = ProtobufTraceSerializer.serializeRequest(given) ?? new Uint8Array();
    for (const format of ['compatible', 'compact', 'otlp_json'] as const) {
      writeRequest('traces', bytes, { output: 'pipe', format, pipePath });
      new OTLPStdoutSpanExporter({ output: 'pipe', format, pipePath }).export(given, () => undefined);
      const [one, two] = written();
      expect(one).toBe(two);
    }
  });
});
