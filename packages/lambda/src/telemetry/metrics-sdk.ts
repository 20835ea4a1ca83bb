import { context } from '@opentelemetry/api';
import { ExportResultCode, suppressTracing } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { OTLPStdoutMetricExporter } from '@serverless-otlp/stdout-exporter/metrics';
import type { StdoutExporterOptions } from '@serverless-otlp/stdout-exporter/traces';
import { metricSettings } from '../config/metric-settings.ts';
import { output } from './output.ts';

/** The SDK of metrics, writing to standard output. */
export const metricsSdk = (resource: Resource, options: StdoutExporterOptions): MeterProvider => {
  const { intervalMs, temporality, timeoutMs } = metricSettings();
  const stdout = new OTLPStdoutMetricExporter({ ...temporality, ...options });
  const exporter: PushMetricExporter = {
    export: (metrics, done) => {
      const taker = output();
      if (taker === undefined) {
        context.with(suppressTracing(context.active()), () => stdout.export(metrics, done));
        return;
      }
      taker.metrics(metrics);
      done({ code: ExportResultCode.SUCCESS });
    },
    selectAggregation: (type) => stdout.selectAggregation(type),
    selectAggregationTemporality: (type) => stdout.selectAggregationTemporality(type),
    forceFlush: () => stdout.forceFlush(),
    shutdown: () => stdout.shutdown(),
  };
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(timeoutMs, intervalMs),
  });
  return new MeterProvider({ resource, readers: [reader] });
};
