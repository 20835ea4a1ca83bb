import { type Span, SpanStatusCode } from '@opentelemetry/api';

const textOf = (read: () => unknown, otherwise: string): string => {
  try {
    return String(read()) || otherwise;
  } catch {
    return otherwise;
  }
};

/**
 * Says in a span what was thrown, which may be anything. Never throws.
 * Source: https://opentelemetry.io/docs/specs/semconv/general/recording-errors/, read 2026-11-21.
 */
export const recordError = (span: Span, error: unknown): void => {
  const isError = error instanceof Error;
  const name = isError ? textOf(() => error.name, 'Error') : typeof error;
  const message = textOf(() => (isError ? error.message : error), name);
  const stack = isError ? { stack: textOf(() => error.stack ?? '', '') } : {};
  span.recordException({ name, message, ...stack });
  span.setAttribute('error.type', name);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
};
