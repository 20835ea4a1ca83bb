import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brings, matchesWildcards } from './filter-pattern.ts';

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
  it.each([
    ['', true],
    ['{ $.__otel_otlp_stdout = * }', true],
    ['{$.__otel_otlp_stdout=*}', true],
    ['{ $.missing = * }', false],
    ['{ $.list = * }', false],
    ['{ $.message = * }', false],
    ['{ $.none = * }', false],
    ['{ $.list[0] = 1 }', true],
    ['{ $.list[1].name = "x" }', true],
    ['{ $.list[*] = 1 }', true],
    ['{ $.[\'content-type\'] = "a/*" }', true],
    ['{ $.content-type = "b*" }', false],
    ['{ $.level = INFO }', true],
    ['{ $.level = "IN*" }', true],
    ['{ $.level != "INFO" }', false],
    ['{ $.level != "WARN" }', true],
    ['{ $.count > 6 && $.count <= 7 }', true],
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
    ['INFO -count', false],
    ['INFO -missing', true],
    ['[ip, user, ...]', undefined],
    ['%__otel.*%', undefined],
    ['{ $.level = %IN.*% }', undefined],
    ['{ $.level EXISTS }', undefined],
    ['{ $.level = }', undefined],
    ['{ $.level = INFO ', undefined],
  ])('%s: %s', (pattern, expected) => {
    expect(brings(pattern, LINE)).toBe(expected);
  });

  it('takes no text that is no JSON by a property', () => {
    expect(brings('{ $.a NOT EXISTS }', 'START RequestId')).toBe(false);
  });

  it('tells, or says that it cannot, of any pattern and line', () => {
    const pieces = fc.constantFrom(
      ...['{', '}', '$.a', '$', '[', ']', '"', '*', '=', '&&', '(', ')', ' ', '%', '?', '\\', 'x', '.'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), fc.json(), (parts, line) => {
        expect([true, false, undefined]).toContain(brings(parts.join(''), line));
      }),
    );
  });

  it('finds wildcards as an expression would', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (pattern, other) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        expect(matchesWildcards(other, pattern)).toBe(expression.test(other));
      }),
    );
  });
});
