import { logs, SeverityNumber } from '@opentelemetry/api';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

export { logs, SeverityNumber };

export const tracerProvider = (resource, exporters) =>
  new TracerProvider({
    resource,
    spanProcessors: exporters.map((exporter) => new BatchSpanProcessor({ exporter })),
  });

export const loggerProvider = (resource, exporters) =>
  new LoggerProvider({
    resource,
    processors: exporters.map((exporter) => new BatchLogRecordProcessor({ exporter })),
  });
