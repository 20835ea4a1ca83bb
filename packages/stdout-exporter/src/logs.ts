import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ExportResult } from './export-result.ts';
import type { StdoutExporterOptions } from './options.ts';
import { type Sender, sender } from './sender.ts';

/** A log record as every line of the SDK gives it (`ReadableLogRecord`), as far as a caller must know. */
export interface FinishedLogRecord {
  readonly attributes: object;
  readonly resource: object;
  readonly instrumentationScope: { readonly name: string };
}

/**
 * Writes log records to standard output. A `LogRecordExporter` of SDK 2.x and 3.x: give it to a log record processor.
 *
 * Every line is out when `export` returns; failures are told to the callback and never thrown.
 *
 * @example new BatchLogRecordProcessor({ exporter: new OTLPStdoutLogExporter() })
 */
export class OTLPStdoutLogExporter {
  readonly #sender: Sender;

  constructor(options: StdoutExporterOptions = {}) {
    this.#sender = sender('logs', options);
  }

  export(logs: readonly FinishedLogRecord[], resultCallback: (result: ExportResult) => void): void {
    const bytes = () => ProtobufLogsSerializer.serializeRequest(logs as unknown as ReadableLogRecord[]);
    this.#sender.send(logs.length, bytes, resultCallback);
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
