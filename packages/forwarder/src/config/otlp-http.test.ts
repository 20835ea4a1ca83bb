import { describe, expect, it } from 'vitest';
import { limitsOf } from './otlp-http.ts';
import { PRESETS } from './presets.ts';

describe('limits of a destination', () => {
  it('D13, D17: protobuf has none of its own, JSON is made 4 MiB at a time', () => {
    expect(limitsOf({})).toEqual({ traces: {}, metrics: {}, logs: {} });
    const usual = { maxBytes: 4 * 1024 * 1024 };
    expect(limitsOf({ encoding: 'json' })).toEqual({ traces: usual, metrics: usual, logs: usual });
  });

  it('D13: a preset goes before that, and a setting before both', () => {
    const limits = PRESETS.aws_cloudwatch;
    expect(limitsOf({ encoding: 'json', limits })).toEqual(limits);
    expect(limitsOf({ encoding: 'json', limits, max_request_bytes: 7 }).metrics).toEqual({
      maxBytes: 7,
      maxItems: limits.metrics.maxItems,
    });
  });
});
