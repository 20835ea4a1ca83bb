import { SIGNALS } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import { limitsOf } from './otlp-http.ts';
import { PRESETS, type PresetName } from './presets.ts';

const NAMES = Object.keys(PRESETS) as readonly PresetName[];

describe('presets', () => {
  it('are those of the reference page', () => {
    expect(NAMES).toEqual([
      'aws_cloudwatch',
      'axiom',
      'coralogix',
      'datadog',
      'dynatrace',
      'elastic',
      'new_relic',
      'otel_collector',
    ]);
  });

  it.each(NAMES)('D13: %s limits what one request of each signal may be', (name) => {
    for (const signal of SIGNALS) {
      const { maxBytes, maxItems } = PRESETS[name][signal];
      expect(maxBytes ?? maxItems).toBeDefined();
      expect(maxBytes ?? 100_000).toBeGreaterThanOrEqual(100_000);
      expect(maxBytes ?? 0).toBeLessThanOrEqual(64 * 1024 * 1024);
      expect(maxItems ?? 1_000).toBeGreaterThanOrEqual(1_000);
      expect(Number.isInteger(maxBytes ?? 0) && Number.isInteger(maxItems ?? 0)).toBe(true);
    }
  });

  it('D13: a signal may have limits of its own', () => {
    const { traces, metrics, logs } = PRESETS.aws_cloudwatch;
    expect([traces.maxItems, metrics.maxItems, logs.maxItems]).toEqual([10_000, 1_000, 10_000]);
    expect([traces.maxBytes, metrics.maxBytes, logs.maxBytes]).toEqual([5_000_000, 1_000_000, 1_000_000]);
  });

  it('D13: where a vendor names a size per signal, each has its own', () => {
    const sizesOf = (name: PresetName) => SIGNALS.map((signal) => PRESETS[name][signal].maxBytes);
    expect(sizesOf('datadog')).toEqual([3_200_000, 500_000, 5_000_000]);
    expect(sizesOf('dynatrace')).toEqual([8_000_000, 4_000_000, 2_000_000]);
  });

  it('D13: settings win over them, each for itself', () => {
    const limits = PRESETS.aws_cloudwatch;
    expect(limitsOf({ limits })).toEqual(limits);
    expect(limitsOf({ limits, max_request_items: 7 }).traces).toEqual({ maxBytes: 5_000_000, maxItems: 7 });
    expect(limitsOf({ limits, max_request_bytes: 7 }).metrics).toEqual({ maxBytes: 7, maxItems: 1_000 });
    expect(limitsOf({ max_request_bytes: 7 }).logs).toEqual({ maxBytes: 7 });
    expect(limitsOf({})).toEqual({ traces: {}, metrics: {}, logs: {} });
  });
});
