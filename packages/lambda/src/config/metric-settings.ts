import { environment, numberOf } from '@serverless-otlp/stdout-exporter/parts';

/** What metrics are told by the standard variables. */
export interface MetricSettings {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** `delta` unless a variable says otherwise: a sandbox is short-lived, and a line for each invocation says only what is new. */
  readonly temporality: { readonly temporalityPreference?: 'delta' };
}

/** Source: OpenTelemetry specification, "Periodic exporting MetricReader" and "OTLP exporter". */
export const metricSettings = (): MetricSettings => ({
  intervalMs: numberOf('OTEL_METRIC_EXPORT_INTERVAL') || 60_000,
  timeoutMs: numberOf('OTEL_METRIC_EXPORT_TIMEOUT') || 30_000,
  temporality:
    environment('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE') === undefined
      ? { temporalityPreference: 'delta' }
      : {},
});
