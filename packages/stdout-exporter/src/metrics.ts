import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { type Aggregation, type Temporality, temporalityOf, type TemporalityPreference } from './metric-preferences.ts';
import { aggregationSetting, temporalitySetting } from './config/metric-settings.ts';
import type { StdoutExporterOptions } from './options.ts';
import { type Signalled, StdoutSender } from './sender.ts';

/** A collection as every line of the SDK gives it (`ResourceMetrics`), as far as a caller must know. */
export interface CollectedMetrics {
  readonly resource: object;
  readonly scopeMetrics: readonly { readonly scope: { readonly name: string }; readonly metrics: readonly object[] }[];
}

/** What {@link OTLPStdoutMetricExporter} takes besides. */
export interface StdoutMetricExporterOptions extends StdoutExporterOptions {
  /** Default: `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`, then `cumulative`. */
  readonly temporalityPreference?: TemporalityPreference;
  /**
   * How instruments of a type are aggregated. Default: as the SDK does, except that
   * `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION` chooses for histograms.
   */
  readonly aggregationPreference?: (instrumentType: string) => Aggregation;
}

const METRICS: Signalled<CollectedMetrics> = {
  signal: 'metrics',
  count: ({ scopeMetrics }) => scopeMetrics.reduce((sum, { metrics }) => sum + metrics.length, 0),
  bytes: (metrics) => ProtobufMetricsSerializer.serializeRequest(metrics as unknown as ResourceMetrics),
};

/**
 * Writes metrics to standard output. A `PushMetricExporter` of SDK 2.x and 3.x: give it to a periodic reader.
 *
 * Every line is out when `export` returns; failures are told to the callback and never thrown.
 *
 * @example new PeriodicExportingMetricReader({ exporter: new OTLPStdoutMetricExporter({ temporalityPreference: 'delta' }) })
 */
export class OTLPStdoutMetricExporter extends StdoutSender<CollectedMetrics> {
  readonly #temporality: TemporalityPreference;
  readonly #aggregation: (instrumentType: string) => Aggregation;

  constructor(options: StdoutMetricExporterOptions = {}) {
    super(METRICS, options);
    this.#temporality = temporalitySetting(options.temporalityPreference);
    this.#aggregation = options.aggregationPreference ?? aggregationSetting();
  }

  selectAggregationTemporality(instrumentType: string): Temporality {
    return temporalityOf(this.#temporality, instrumentType);
  }

  selectAggregation(instrumentType: string): Aggregation {
    return this.#aggregation(instrumentType);
  }
}

export type { Aggregation, Temporality, TemporalityPreference } from './metric-preferences.ts';
export type { ExportResult } from './export-result.ts';
export type { LineFormat, LineLevel, StdoutExporterOptions } from './options.ts';
