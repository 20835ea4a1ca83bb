import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { StdoutExporterOptions } from './options.ts';
import { type Signalled, StdoutSender } from './sender.ts';

/** A log record as every line of the SDK gives it (`ReadableLogRecord`), as far as a caller must know. */
export interface FinishedLogRecord {
  readonly attributes: object;
  readonly resource: object;
  readonly instrumentationScope: { readonly name: string };
}

const LOGS: Signalled<readonly FinishedLogRecord[]> = {
  signal: 'logs',
  count: (records) => records.length,
  bytes: (records) => ProtobufLogsSerializer.serializeRequest(records as unknown as ReadableLogRecord[]),
};

/**
 * Writes log records to standard output. A `LogRecordExporter` of SDK 2.x and 3.x: give it to a log record processor.
 *
 * Every line is out when `export` returns; failures are told to the callback and never thrown.
 *
 * @example new BatchLogRecordProcessor({ exporter: new OTLPStdoutLogExporter() })
 */
export class OTLPStdoutLogExporter extends StdoutSender<readonly FinishedLogRecord[]> {
  constructor(options: StdoutExporterOptions = {}) {
    super(LOGS, options);
  }
}

export type { ExportResult } from './export-result.ts';
export type { LineFormat, LineLevel, StdoutExporterOptions } from './options.ts';
