import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ExportResult } from './export-result.ts';
import type { StdoutExporterOptions } from './options.ts';
import { type Sender, sender } from './sender.ts';

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

/**
 * Writes spans to standard output. A `SpanExporter` of SDK 2.x and 3.x: give it to a span processor.
 *
 * Every line is out when `export` returns; failures are told to the callback and never thrown.
 *
 * @example new SimpleSpanProcessor({ exporter: new OTLPStdoutSpanExporter({ format: 'compact' }) })
 */
export class OTLPStdoutSpanExporter {
  readonly #sender: Sender;

  constructor(options: StdoutExporterOptions = {}) {
    this.#sender = sender('traces', options);
  }

  export(spans: readonly FinishedSpan[], resultCallback: (result: ExportResult) => void): void {
    const bytes = () => ProtobufTraceSerializer.serializeRequest(spans as unknown as ReadableSpan[]);
    this.#sender.send(spans.length, bytes, resultCallback);
  }

  /** Resolves at once: nothing is held back, unless a reader stalled in the middle of a line. */
  forceFlush(): Promise<void> {
    return this.#sender.forceFlush();
  }

  /** Later exports fail. */
  shutdown(): Promise<void> {
    return this.#sender.shutdown();
  }
}

export type { ExportResult } from './export-result.ts';
export type { LineFormat, LineLevel, StdoutExporterOptions } from './options.ts';
