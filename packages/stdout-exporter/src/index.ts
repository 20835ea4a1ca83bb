export { OTLPStdoutSpanExporter, type FinishedSpan } from './traces.ts';
export {
  type Aggregation,
  type CollectedMetrics,
  OTLPStdoutMetricExporter,
  type StdoutMetricExporterOptions,
  type Temporality,
  type TemporalityPreference,
} from './metrics.ts';
export { OTLPStdoutLogExporter, type FinishedLogRecord } from './logs.ts';
export { writeRequest } from './write-request.ts';
export type { ExportResult, WriteResult } from './export-result.ts';
export type { LineFormat, LineLevel, StdoutExporterOptions } from './options.ts';
