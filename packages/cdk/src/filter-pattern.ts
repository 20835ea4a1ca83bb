/**
 * What a subscription brings: `strict` envelopes alone, one JSON object per line; `lenient` every line with the marker in it, so those
 * that Lambda or a logger has wrapped, too.
 */
export type FilterStrictness = 'strict' | 'lenient';

/** Patterns of docs/specs/envelope.md, "How CloudWatch finds the lines". */
export const FILTER_PATTERNS: Readonly<Record<FilterStrictness, string>> = {
  strict: '{ $.__otel_otlp_stdout = * }',
  lenient: '"__otel_otlp_stdout"',
};
