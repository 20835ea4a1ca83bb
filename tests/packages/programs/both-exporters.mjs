/** Says everything twice: with the SDK's own OTLP/HTTP exporters, and with ours in their place. */
import { resourceFromAttributes } from '@opentelemetry/resources';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  OTLPStdoutLogExporter,
  OTLPStdoutMetricExporter,
  OTLPStdoutSpanExporter,
} from '@serverless-otlp/stdout-exporter';
import { loggerProvider, tracerProvider } from 'sdk';
import { sayEverything } from './say-everything.mjs';

const main = async () => {
  const resource = resourceFromAttributes({ 'service.name': 'checkout', 'faas.max_memory': 268435456 });
  const tracers = tracerProvider(resource, [new OTLPTraceExporter(), new OTLPStdoutSpanExporter()]);
  const loggers = loggerProvider(resource, [new OTLPLogExporter(), new OTLPStdoutLogExporter()]);
  const readers = [new OTLPMetricExporter(), new OTLPStdoutMetricExporter()].map(
    (exporter) => new PeriodicExportingMetricReader({ exporter }),
  );
  const meters = new MeterProvider({ resource, readers });
  sayEverything({ tracers, meters, loggers });
  await Promise.all([tracers, meters, loggers].map((provider) => provider.shutdown()));
};

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
