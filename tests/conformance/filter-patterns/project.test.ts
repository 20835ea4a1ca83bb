import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filterPattern } from '@serverless-otlp/testing/filter-pattern';
import { describe, expect, it } from 'vitest';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const linesOf = (folder: string): readonly string[] =>
  readdirSync(join(FIXTURES, folder))
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) =>
      readFileSync(join(FIXTURES, folder, name), 'utf8')
        .trimEnd()
        .split('\n'),
    );

describe('the patterns of the project', () => {
  const strict = filterPattern('{ $.__otel_otlp_stdout = * }');
  const lenient = filterPattern('"__otel_otlp_stdout"');
  const noise = ['START RequestId: 1 Version: $LATEST', '{"level":"INFO","message":"hello"}', 'END RequestId: 1'];

  it('strict brings every published envelope, and nothing that is wrapped or no telemetry', () => {
    const envelopes = linesOf('envelopes');
    expect(envelopes.length).toBeGreaterThan(10);
    expect(envelopes.filter((line) => !strict(line))).toEqual([]);
    expect(noise.filter(strict)).toEqual([]);
    const wrapped = envelopes.map((message) =>
      JSON.stringify({ timestamp: '2026-01-01T00:00:00Z', level: 'INFO', message }),
    );
    expect(wrapped.filter(strict)).toEqual([]);
    expect(wrapped.filter((line) => !lenient(line))).toEqual([]);
    expect(envelopes.filter((line) => !lenient(line))).toEqual([]);
    expect(noise.filter(lenient)).toEqual([]);
  });

  it('the way to a scalar finds OTLP/JSON, the way to a list does not', () => {
    const line = JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: '5b8efff798038103d269b633813fc60c' }] }] }],
    });
    expect(filterPattern('{ $.resourceSpans[0].scopeSpans[0].spans[0].traceId = * }')(line)).toBe(true);
    expect(filterPattern('{ $.resourceSpans = * }')(line)).toBe(false);
  });

  it('that of the guide for backfill finds every dialect and wrapping', () => {
    const guide = filterPattern('?__otel_otlp_stdout ?_otel ?resourceSpans ?resourceMetrics ?resourceLogs');
    const lines = [...linesOf('envelopes'), ...linesOf('hand-made/dialects')];
    expect(lines.filter((line) => !guide(line))).toEqual([]);
  });
});
