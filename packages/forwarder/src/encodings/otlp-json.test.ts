import { readFileSync } from 'node:fs';
import { parseRequest } from '@serverless-otlp/otlp';
import { protobufjsOracle } from '@serverless-otlp/testing';
import { encodingContract } from '@serverless-otlp/testing/contracts';
import { describe, expect, it } from 'vitest';
import { inflateBudget } from '../pipeline/budget.ts';
import type { Decoded, SourceRecord } from '../types.ts';
import { otlpJson } from './otlp-json.ts';

const record = (data: string | Uint8Array): SourceRecord => ({ id: 'e1', data, attributes: { log_group: 'g' } });
const fixture = (name: string): readonly string[] =>
  readFileSync(new URL(`../../../../tests/fixtures/hand-made/dialects/${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
const EXAMPLES = ['otlp-json', 'otlp-json-numbers', 'wrapped-string-otlp-json', 'wrapped-text-otlp-json'].flatMap(
  fixture,
);

encodingContract('otlp_json', () => otlpJson(), {
  examples: EXAMPLES.map(record).concat(EXAMPLES.map((line) => record(Buffer.from(line)))),
  foreign: [
    'exported resourceSpans',
    '{"message":"exported resourceSpans"}',
    '{"message":{"resourceSpans":null}}',
    '["resourceSpans"]',
    '{"resourceSpansCount":3}',
    '{"nested":{"resourceSpans":[]}}',
  ].map(record),
});

const decode = (data: string, budget = inflateBudget()): Decoded | undefined =>
  otlpJson().decode(record(data), budget)?.[0];
const reasonOf = (data: string): string | undefined => {
  const found = decode(data);
  return found !== undefined && 'fault' in found ? found.fault.reason : undefined;
};
const span = (fields: string): string => `{"resourceSpans":[{"scopeSpans":[{"spans":[${fields}]}]}]}`;

/** All but the content, which travels to the dead-letter store alone. */
const told = (found: unknown): string =>
  JSON.stringify(found, (name, value: unknown) => (name === 'content' ? undefined : value));

describe('otlp_json', () => {
  it.each([
    ['D16: a string where resources belong', '{"resourceSpans":"canary-19"}', 'value'],
    ['D16: two signals', '{"resourceSpans":[],"resourceLogs":[]}', 'ambiguous'],
    ['D16: an id that is no hex', span('{"traceId":"canary-19"}'), 'id'],
    ['D16: an id of the wrong length', span('{"spanId":"abcd"}'), 'id'],
    ['D16: an enum by its name', span('{"kind":"SPAN_KIND_canary-19"}'), 'value'],
    ['D16: a line cut by the platform', span('{"name":"canary-19"}').slice(0, 60), 'truncated'],
    [
      'D16: a cut line behind the text prefix',
      `2025-08-21T18:13:20Z\tid\tINFO\t${span('{}').slice(0, 40)}`,
      'truncated',
    ],
    ['D16: what starts like one and is no JSON', '{"resourceLogs": [canary-19', 'truncated'],
  ])('%s is set aside, not ignored, and not repeated', (_title, line, reason) => {
    const found = decode(line);
    expect(found).toMatchObject({ fault: { reason, source: { log_group: 'g', id: 'e1' } } });
    expect(told(found)).not.toContain('canary');
  });

  it('D17: nesting beyond 100 messages is refused, however deep, in little time', () => {
    const nested = (levels: number): string =>
      `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(levels)}${']}}'.repeat(levels)}}]}]}]}`;
    // Four messages down to the record; each level is an AnyValue and an ArrayValue.
    expect(reasonOf(nested(48))).toBeUndefined();
    expect(reasonOf(nested(49))).toBe('too_deep');
    expect(reasonOf(nested(64))).toBe('too_deep');
    const started = performance.now();
    expect(reasonOf(nested(100_000))).toBe('too_deep');
    expect(reasonOf(`{"resourceLogs":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).toMatch(/too_deep|value/);
    expect(reasonOf(`{"resourceLogs":${'['.repeat(600_000)}${']'.repeat(600_000)}}`)).toBe('too_large');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('D17: numbers that take more room in protobuf than in JSON draw on the budget', () => {
    const line = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"explicitBounds":[${Array(10_000).fill(1).join(',')}]}]}}]}]}]}`;
    expect(line.length).toBeLessThan(25_000);
    const budget = inflateBudget(100_000);
    expect(decode(line, budget)).toHaveProperty('request');
    expect(decode(line, budget)).toMatchObject({ fault: { reason: 'budget' } });
  });

  it('D18: an unpaired surrogate becomes a replacement character, so that the protobuf is valid', () => {
    const found = decode(span('{"name":"a\\ud800b"}'));
    if (found === undefined || !('request' in found)) throw new Error('not read');
    expect(parseRequest('traces', found.request.bytes).items).toBe(1);
    expect(JSON.stringify(protobufjsOracle.decode('traces', found.request.bytes))).toContain('a\ufffdb');
  });

  it('ignores __proto__ and constructor like every other unknown name', () => {
    const line =
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"n"}]}],"__proto__":{"polluted":1}}],"constructor":{"prototype":{"polluted":1}}}';
    expect(decode(line)).toMatchObject({ request: { items: 1 } });
    expect({}).not.toHaveProperty('polluted');
  });
});
