export { type Signal, SIGNALS, SIGNAL_PATHS, signalOfPath } from './signal.ts';
export { InvalidOtlpError, type InvalidOtlpReason } from './invalid-otlp-error.ts';
export {
  gzipRequest,
  mergeRequests,
  type OtlpRequest,
  otlpRequest,
  parseRequest,
  requestFromJson,
  requestOfMessage,
  requestToJson,
  splitRequest,
} from './request.ts';
export type { SplitLimits } from './split.ts';
export { checkJsonValues } from './json/bound.ts';
export { parseOtlpJson } from './json/parse.ts';
export { signalOfJson } from './json/request.ts';
export type { AnyValue, InstrumentationScope, KeyValue, Resource } from './messages/attributes.ts';
export type { LogRecord, ResourceLogs, ScopeLogs } from './messages/logs.ts';
export type { Metric, ResourceMetrics, ScopeMetrics } from './messages/metrics.ts';
export type { ExportServiceRequest } from './messages/request.ts';
export type { ResourceSpans, ScopeSpans, Span } from './messages/trace.ts';
export { ENVELOPE_MARKER } from './envelope-marker.ts';
export { type Envelope, isEnvelope, readEnvelope, writeEnvelope, type WriteEnvelopeOptions } from './envelope.ts';
export { type LogLine, parseLogLine } from './log-line.ts';
export { type ContentKind, contentKindOf } from './content-kind.ts';
export { compactLoading, type Inflate, loadCompact } from './compact/load.ts';
export { decodeBase64 } from './base64.ts';
export { gunzipBounded, gzip } from './gzip.ts';
export { decodeExportResponse, encodeExportResponse, type PartialSuccess, statusMessageOf } from './export-response.ts';
export { isRetryableStatus, MAX_RETRY_AFTER_MS, parseRetryAfter } from './status.ts';
