import { type Span, SpanStatusCode } from '@opentelemetry/api';

/** So much of a message and of a stack is said: an error may quote a whole payload, and its span has to fit into a line. */
const MAX_LENGTH = 16_384;
const MAX_NAME = 256;

const textOf = (read: () => unknown, otherwise: string, maxLength = MAX_LENGTH): string => {
  try {
    return String(read()).slice(0, maxLength) || otherwise;
  } catch {
    return otherwise;
  }
};

/** Whether it is an error, of this realm or of another, as test runners have them. */
const isErrorLike = (value: unknown): value is Error => {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
};

/**
 * Says in a span what was thrown, which may be anything. Never throws.
 * Source: https://opentelemetry.io/docs/specs/semconv/general/recording-errors/, read 2026-11-21.
 */
export const recordError = (span: Span, error: unknown): void => {
  const isError = isErrorLike(error);
  const name = isError ? textOf(() => error.name, 'Error', MAX_NAME) : typeof error;
  const message = textOf(() => (isError ? error.message : error), name);
  const stack = isError ? { stack: textOf(() => error.stack ?? '', '') } : {};
  span.recordException({ name, message, ...stack });
  span.setAttribute('error.type', name);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
};
