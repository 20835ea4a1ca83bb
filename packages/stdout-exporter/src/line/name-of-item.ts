import type { OtlpRequest } from '@serverless-otlp/otlp';

/** What an error calls an item that no line can hold: enough to find it, nothing of what it says. */
export const nameOfItem = ({ message, items }: OtlpRequest): string => {
  if (items > 1) return `${items} items of one resource`;
  const span = message.resourceSpans?.[0]?.scopeSpans?.[0]?.spans?.[0];
  if (span !== undefined) return `span ${String(span.spanId)} of trace ${String(span.traceId)}`;
  const metric = message.resourceMetrics?.[0]?.scopeMetrics?.[0]?.metrics?.[0];
  if (metric !== undefined) return `a data point of metric ${JSON.stringify(metric.name ?? '').slice(0, 100)}`;
  const log = message.resourceLogs?.[0]?.scopeLogs?.[0]?.logRecords?.[0];
  return log === undefined
    ? 'the resource'
    : `the log record of ${String(log.timeUnixNano ?? log.observedTimeUnixNano)}`;
};
