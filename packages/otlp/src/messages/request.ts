import type { ResourceLogs } from './logs.ts';
import type { ResourceMetrics } from './metrics.ts';
import type { ResourceSpans } from './trace.ts';

/** What a client sends to `/v1/traces`. */
export interface ExportTraceServiceRequest {
  readonly resourceSpans?: readonly ResourceSpans[];
  readonly resourceMetrics?: never;
  readonly resourceLogs?: never;
}

/** What a client sends to `/v1/metrics`. */
export interface ExportMetricsServiceRequest {
  readonly resourceSpans?: never;
  readonly resourceMetrics?: readonly ResourceMetrics[];
  readonly resourceLogs?: never;
}

/** What a client sends to `/v1/logs`. */
export interface ExportLogsServiceRequest {
  readonly resourceSpans?: never;
  readonly resourceMetrics?: never;
  readonly resourceLogs?: readonly ResourceLogs[];
}

/** A decoded request in the shape of OTLP/JSON. Whoever changes a part copies it with spread, which keeps the unknown fields of that part. */
export type ExportServiceRequest = ExportTraceServiceRequest | ExportMetricsServiceRequest | ExportLogsServiceRequest;
