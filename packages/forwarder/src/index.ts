export { createForwarder, type Forwarder, type ForwarderOptions } from './forwarder.ts';
export type {
  Decoded,
  Delivery,
  Encoding,
  Exporter,
  Fault,
  IgnoredReason,
  InflateBudget,
  Metadata,
  Outcome,
  Pipeline,
  Processor,
  Receiver,
  SourceRecord,
  Telemetry,
} from './types.ts';
export type { DestinationCounts, ErrorCount, QuarantinedPart, Report } from './pipeline/report.ts';
export type { InvocationContext } from './pipeline/deadline.ts';
export { faultOf } from './fault.ts';
export { writeReport } from './write-report.ts';
export { cloudwatchLogs as cloudwatchLogsReceiver } from './receivers/cloudwatch-logs.ts';
export { RedeliverError, redeliverWhole } from './receivers/respond/redeliver.ts';
export { cloudwatchLogs as cloudwatchLogsEncoding } from './encodings/cloudwatch-logs.ts';
export { otlpJson } from './encodings/otlp-json.ts';
export { otlpStdout } from './encodings/otlp-stdout.ts';
export { attributes } from './processors/attributes.ts';
export { batch } from './processors/batch.ts';
export { filter } from './processors/filter.ts';
export { debug } from './exporters/debug.ts';
export { otlpHttp } from './exporters/otlp-http.ts';
export { withRetry } from './exporters/with-retry.ts';
export { withSplit } from './exporters/with-split.ts';
