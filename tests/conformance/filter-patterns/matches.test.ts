import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filterPattern } from './matches.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const linesOf = (folder: string): readonly string[] =>
  readdirSync(join(FIXTURES, folder))
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) =>
      readFileSync(join(FIXTURES, folder, name), 'utf8')
        .trimEnd()
        .split('\n'),
    );
const matches = (pattern: string, message: string | object): boolean =>
  filterPattern(pattern)(typeof message === 'string' ? message : JSON.stringify(message));

describe('patterns of terms, as AWS documents them', () => {
  const events = ['[ERROR 400] BAD REQUEST', '[ERROR 401] UNAUTHORIZED REQUEST', '[WARN] timeout'];
  it.each([
    ['', [true, true, true]],
    ['ERROR', [true, true, false]],
    ['error', [false, false, false]],
    ['"BAD REQUEST"', [true, false, false]],
    ['ERROR REQUEST', [true, true, false]],
    ['?ERROR ?WARN', [true, true, true]],
    ['ERROR -UNAUTHORIZED', [true, false, false]],
    ['?WARN ERROR', [true, true, false]],
  ])('%s', (pattern, expected) => {
    expect(events.map((event) => matches(pattern, event))).toEqual(expected);
  });
});

describe('patterns of JSON, as AWS documents them', () => {
  const event = {
    eventType: 'UpdateTrail',
    sourceIPAddress: '111.111.111.111',
    arrayKey: ['value', 'another value'],
    objectList: [
      { name: 'a', id: 1 },
      { name: 'b', id: 2 },
    ],
    SomeObject: null,
    ThisFlag: true,
    'a.b': 'dotted',
    n: -1.5e2,
  };
  it.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ['{ $.eventType = UpdateTrail }', true],
    ['{ $.eventType = "Update*" }', true],
    ['{ $.eventType = * }', true],
    ['{$.eventType=*}', true],
    ['{ $.sourceIPAddress != 123.123.* }', true],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[7] = * }', false],
    ['{ $.arrayKey = * }', false],
    ['{ $.objectList = * }', false],
    ['{ $.objectList[1].id = 2 }', true],
    ['{ $.objectList[1].id > 1 && $.eventType = "UpdateTrail" }', true],
    ['{ $.objectList[1].id >= 3 || $.eventType = "UpdateTrail" }', true],
    ['{ ($.objectList[1].id = 3 || $.eventType = "UpdateTrail") && $.n < 0 }', true],
    ['{ $.objectList[1].id = 3 && $.eventType = "x" || $.n = -150 }', true],
    ['{ $.SomeObject IS NULL }', true],
    ['{ $.ThisFlag IS TRUE }', true],
    ['{ $.ThisFlag IS FALSE }', false],
    ['{ $.SomeOtherObject NOT EXISTS }', true],
    ['{ $.eventType NOT EXISTS }', false],
    ['{ $.missing != "x" }', false],
    ['{ $.["a.b"] = "dotted" }', true],
    ['{ $.constructor = * }', false],
    ['{ $.n = "-150" }', true],
  ])('%s: %s', (pattern, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  it.each(['no JSON', '[1]', 'null', '"text"', '1', '{"eventType":'])('%s is none', (message) => {
    expect(matches('{ $.eventType = * }', message)).toBe(false);
  });

  it.each([
    '{ $.a }',
    '{ a = 1 }',
    '{ $.a = %x% }',
    '{ $.a[*] = 1 } x',
    '{ ($.a = 1 }',
    '{ $.a EXISTS }',
    '[ip, user]',
    '%x%',
  ])('%s is refused, not guessed', (pattern) => {
    expect(() => filterPattern(pattern)).toThrow();
  });
});

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
    expect(matches('{ $.resourceSpans[0].scopeSpans[0].spans[0].traceId = * }', line)).toBe(true);
    expect(matches('{ $.resourceSpans = * }', line)).toBe(false);
  });

  it('that of the guide for backfill finds every dialect and wrapping', () => {
    const guide = filterPattern('?__otel_otlp_stdout ?_otel ?resourceSpans ?resourceMetrics ?resourceLogs');
    const lines = [...linesOf('envelopes'), ...linesOf('hand-made/dialects')];
    expect(lines.filter((line) => !guide(line))).toEqual([]);
  });
});
