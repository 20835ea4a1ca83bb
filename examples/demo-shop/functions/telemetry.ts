import { type Attributes, logs, SeverityNumber, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';

const tracer = trace.getTracer('demo-shop');
const logger = logs.getLogger('demo-shop');

/** A log record; it belongs to the span it is written in. */
export const log = (severityText: 'INFO' | 'WARN' | 'ERROR', body: string, attributes: Attributes): void =>
  logger.emit({ severityText, severityNumber: SeverityNumber[severityText], body, attributes });

/** Stands in for a database, a bank, a mail server: a span that takes about so many milliseconds, and throws the failure if there is one. */
export const ask = (name: string, ms: number, failure?: Error): Promise<void> =>
  tracer.startActiveSpan(name, { kind: SpanKind.CLIENT }, async (span) => {
    await sleep(ms * (0.7 + Math.random() * 0.6));
    if (failure !== undefined) {
      span.recordException(failure);
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
    if (failure !== undefined) throw failure;
  });
