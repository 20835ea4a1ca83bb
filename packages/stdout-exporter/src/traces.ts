import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { StdoutExporterOptions } from './options.ts';
import { type Signalled, StdoutSender } from './sender.ts';

/** A span as every line of the SDK ends it (`ReadableSpan`), as far as a caller must know. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: number;
  readonly spanContext: () => { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
  readonly attributes: object;
  readonly links: readonly object[];
  readonly events: readonly object[];
  readonly resource: object;
  readonly instrumentationScope: { readonly name: string };
}

const TRACES: Signalled<readonly FinishedSpan[]> = {
  signal: 'traces',
  count: (spans) => spans.length,
  bytes: (spans) => ProtobufTraceSerializer.serializeRequest(spans as unknown as ReadableSpan[]),
};

/**
 * Writes spans to standard output. A `SpanExporter` of SDK 2.x and 3.x: give it to a span processor.
 *
 * Every line is out when `export` returns; failures are told to the callback and never thrown.
 *
 * @example new SimpleSpanProcessor({ exporter: new OTLPStdoutSpanExporter({ format: 'compact' }) })
 */
export class OTLPStdoutSpanExporter extends StdoutSender<readonly FinishedSpan[]> {
  constructor(options: StdoutExporterOptions = {}) {
    super(TRACES, options);
  }
}

export type { ExportResult } from './export-result.ts';
export type { LineFormat, LineLevel, StdoutExporterOptions } from './options.ts';
