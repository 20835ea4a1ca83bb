import { FILTER_PATTERN_SAMPLES, filterPattern } from '@serverless-otlp/testing/filter-pattern';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Brings, brings } from './filter-pattern.ts';

const LINE = JSON.stringify({
  __otel_otlp_stdout: '0.1.0',
  level: 'INFO',
  count: 7,
  on: true,
  none: null,
  list: [1, { name: 'x' }],
  'content-type': 'a/b',
  message: { __otel: 'inner' },
});

describe('brings', () => {
  it.each(FILTER_PATTERN_SAMPLES)('as AWS documents it: $pattern on $message is $matches', (sample) => {
    expect(brings(sample.pattern, sample.message)).toBe(sample.matches);
  });

  it.each([
    ['', true],
    ['" "', true],
    ['{ $.__otel_otlp_stdout = * }', true],
    ['{$.__otel_otlp_stdout=*}', true],
    ['{ $.missing = * }', false],
    ['{ $.list = * }', false],
    ['{ $.list.length = 2 }', false],
    ['{ $.message = * }', false],
    ['{ $.none = * }', false],
    ['{ $.on = * }', false],
    ['{ $.list[0] = 1 }', true],
    ['{ $.message[0] = * }', false],
    ['{ $.list[1].name = "x" }', true],
    ['{ $.list[*] = 1 }', true],
    ['{ $.* = 0.1.0 }', true],
    ['{ $.[\'content-type\'] = "a/*" }', true],
    ['{ $.content-type = "b*" }', false],
    ['{ $.level = INFO }', true],
    ['{ $.level = "IN*" }', true],
    ['{ $.level != "INFO" }', false],
    ['{ $.level != "WARN" }', true],
    ['{ $.count > 6 && $.count <= 7 }', true],
    ['{ $.count = 7e0 }', true],
    ['{ $.count >= 8 || $.level = "INFO" }', true],
    ['{ ($.count = 8 || $.level = "INFO") && $.on IS FALSE }', false],
    ['{ $.count = 8 || $.level = "INFO" && $.on IS TRUE }', true],
    ['{ $.none IS NULL }', true],
    ['{ $.missing NOT EXISTS }', true],
    ['{ $.level NOT EXISTS }', false],
    ['"__otel_otlp_stdout"', true],
    ['__otel_otlp_stdout INFO', true],
    ['__otel_otlp_stdout WARN', false],
    ['?WARN ?INFO', true],
    ['?WARN ?ERROR', false],
    ['?WARN INFO', true],
    ['?INFO WARN', false],
    ['?WARN -missing', true],
    ['?INFO -count', false],
    ['INFO -count', false],
    ['INFO -missing', true],
    ['[ip, user, ...]', undefined],
    ['%__otel.*%', undefined],
    ['"open', undefined],
    ['{ $.level = %IN.*% }', undefined],
    ['{ $.level > "A" }', undefined],
    ['{ $.__otel_otlp_stdout != 1 }', undefined],
    ['{ $.level EXISTS }', undefined],
    ['{ $.level IS constructor }', undefined],
    ['{ $.level constructor INFO }', undefined],
    ['{ $. = INFO }', undefined],
    ['{ $.level = }', undefined],
    ['{ $.level = INFO ', undefined],
  ])('%s: %s', (pattern, expected) => {
    expect(brings(pattern, LINE)).toBe(expected);
  });

  it('takes no text that is no JSON by a property', () => {
    expect(brings('{ $.a NOT EXISTS }', 'START RequestId')).toBe(false);
  });
});

/** What the other says, which shares no line with this one; `undefined` for what it refuses. */
const asRead = (pattern: string, line: string): Brings => {
  try {
    return filterPattern(pattern)(line);
  } catch {
    return undefined;
  }
};

const WORDS = ['ERROR', 'WARN', 'a', 'ab', 'two words', ' ', 'say "x"', 'back\\slash'];
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
const word = fc.constantFrom(...WORDS).map((text) => (/^\w+$/.test(text) ? text : quoted(text)));
const words = fc
  .array(fc.tuple(fc.constantFrom('', '?', '-'), word), { maxLength: 5 })
  .map((terms) => terms.map(([sign, term]) => `${sign}${term}`).join(' '));

const SELECTORS = [
  '$.a',
  '$.b.c',
  '$.list[0]',
  '$.list[1].c',
  '$.list[*]',
  '$.*',
  "$.['a.b']",
  '$.list.length',
  '$[0]',
];
const number = fc.constantFrom('0', '7', '-1.5', '1e+2', '7.0');
const text = fc.constantFrom('"x"', 'x', '*', '"x*"', '*y', '"7"', '"*y*"', '"say \\"x\\""', '7*', 'null');
const comparison = fc.oneof(
  fc.tuple(fc.constantFrom('=', '!=', '<', '>', '<=', '>='), number),
  fc.tuple(fc.constantFrom('=', '!='), text),
);
const asked = fc.oneof(
  comparison.map((parts) => parts.join(' ')),
  fc.constantFrom('IS TRUE', 'IS FALSE', 'IS NULL', 'NOT EXISTS'),
);
const condition = fc.tuple(fc.constantFrom(...SELECTORS), asked).map((parts) => parts.join(' '));
const { conditions } = fc.letrec<{ conditions: string }>((tie) => ({
  conditions: fc.oneof(
    { maxDepth: 3 },
    condition,
    fc.tuple(tie('conditions'), fc.constantFrom('&&', '||'), tie('conditions')).map((parts) => parts.join(' ')),
    tie('conditions').map((inner) => `(${inner})`),
  ),
}));

const value = fc.constantFrom<unknown>('x', 'xy', '7', 'say "x"', 7, 100, -1.5, true, false, null, [7], { c: 'x' });
const object = fc.record(
  { a: value, b: fc.record({ c: value }), list: fc.array(value, { maxLength: 3 }), 'a.b': value },
  { requiredKeys: [] },
);
const json = fc.oneof({ weight: 4, arbitrary: object }, fc.array(value, { maxLength: 2 }), value);
const line = json.map((held) => JSON.stringify(held));
const prose = fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }).map((parts) => parts.join('-'));
const properties = conditions.map((inner) => `{ ${inner} }`);

/** The other one has to know the pattern: else nothing is compared. */
const same = (pattern: string, given: string): void => {
  expect(() => filterPattern(pattern)).not.toThrow();
  expect(brings(pattern, given)).toBe(asRead(pattern, given));
};

describe('brings, beside another reading of the same page', () => {
  it('says the same of words', () => {
    fc.assert(fc.property(words, prose, same), { numRuns: 300 });
  });

  it('says the same of properties', () => {
    fc.assert(fc.property(properties, line, same), { numRuns: 1_000 });
  });

  it('never says the opposite, whatever stands there, and throws nothing', () => {
    const pieces = fc.constantFrom(
      ...['{', '}', '$.a', '$', '[', ']', '"', '*', '=', '&&', '(', ')', ' ', '%', '?', '-', '\\', 'x', '.', '7'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), fc.oneof(line, prose), (parts, given) => {
        const pattern = parts.join('');
        const [here, there] = [brings(pattern, given), asRead(pattern, given)];
        if (here !== undefined && there !== undefined) expect(here).toBe(there);
      }),
      { numRuns: 500 },
    );
  });
});
