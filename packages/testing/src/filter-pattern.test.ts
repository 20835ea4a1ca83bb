import { describe, expect, it } from 'vitest';
import { FILTER_PATTERN_SAMPLES, filterPattern } from './filter-pattern.ts';

describe('filterPattern', () => {
  it.each(FILTER_PATTERN_SAMPLES)('as AWS documents it: $pattern on $message is $matches', (sample) => {
    expect(filterPattern(sample.pattern)(sample.message)).toBe(sample.matches);
  });

  const event = JSON.stringify({ eventType: 'UpdateTrail', list: [{ id: 2 }], 'a.b': 'dotted', n: -1.5e2, off: false });
  it.each([
    ['{ $.eventType = UpdateTrail }', true],
    ['{ $.eventType = "Update*" }', true],
    ['{$.eventType=*}', true],
    ['{ $.list[0].id >= 3 || $.eventType = "UpdateTrail" }', true],
    ['{ ($.list[0].id = 3 || $.eventType = "UpdateTrail") && $.n < 0 }', true],
    ['{ $.list[0].id = 3 && $.eventType = "x" || $.n = -150 }', true],
    ['{ $.list[7] = * }', false],
    ['{ $.list[7] NOT EXISTS }', true],
    ['{ $.off IS TRUE }', false],
    ['{ $.off IS FALSE }', true],
    ['{ $.missing != "x" }', false],
    ['{ $.["a.b"] = "dotted" }', true],
    ['{ $.constructor = * }', false],
    ['{ $.n = "-150" }', true],
  ])('%s: %s', (pattern, expected) => {
    expect(filterPattern(pattern)(event)).toBe(expected);
  });

  it.each(['no JSON', 'null', '"text"', '1', '{"eventType":'])('no property is in %s', (message) => {
    expect(filterPattern('{ $.eventType NOT EXISTS }')(message)).toBe(false);
  });

  it.each([
    ...['{ $.a }', '{ a = 1 }', '{ $.a = %x% }', '{ $.a[*] = 1 } x', '{ ($.a = 1 }', '{ $.a EXISTS }'],
    ...['{ $.a IS NOT NULL }', '{ $.a > "x" }', '[ip, user]', '%x%', '"open'],
  ])('%s is refused, not guessed', (pattern) => {
    expect(() => filterPattern(pattern)).toThrow();
  });

  it.each([
    ['{ $.a = 1 }', { a: '1' }],
    ['{ $.a != 1 }', { a: 'x' }],
  ])('%s on %j is refused too: AWS does not say', (pattern, message) => {
    expect(() => filterPattern(pattern)(JSON.stringify(message))).toThrow();
  });
});
