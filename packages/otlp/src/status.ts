/**
 * Whether a request that was answered with this HTTP status may be sent again as it is.
 * Source: OTLP specification, "Retryable Response Codes": exactly these four (C5).
 */
export const isRetryableStatus = (status: number): boolean =>
  status === 429 || status === 502 || status === 503 || status === 504;

/** No server is trusted to silence us for longer (D6). */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The wait in milliseconds that a `Retry-After` header asks for, at most one hour: delay-seconds or an HTTP date
 * (RFC 9110, section 10.2.3; C7). `undefined` when absent, malformed or in the past.
 */
export const parseRetryAfter = (value: string | undefined, nowMs: number): number | undefined => {
  if (value === undefined) return undefined;
  const text = value.trim();
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /^[A-Z][a-z]{2}[a-z]*,? /.test(text)
      ? Date.parse(text) - nowMs
      : NaN;
  return waitMs > 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : undefined;
};
