/** The key that makes a line an envelope. */
export const ENVELOPE_MARKER = '__otel_otlp_stdout';
