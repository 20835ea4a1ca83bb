import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { parseOtlpJson } from './parse.ts';

const errorOf = (text: string): InvalidOtlpError => {
  try {
    parseOtlpJson(text);
  } catch (error) {
    if (error instanceof InvalidOtlpError) return error;
    throw error;
  }
  throw new Error('no error');
};

it.each([
  ['{"a":1755800000123456789}', { a: '1755800000123456789' }],
  ['{"a": -9223372036854775808 }', { a: '-9223372036854775808' }],
  [
    '[18446744073709551615,9007199254740991,9007199254740993]',
    ['18446744073709551615', 9007199254740991, '9007199254740993'],
  ],
  ['{"a":\n\t9007199254740992}', { a: '9007199254740992' }],
  ['{"a":"1755800000123456789","b":1}', { a: '1755800000123456789', b: 1 }],
])('J5: keeps the digits of %s', (text, expected) => {
  expect(parseOtlpJson(text)).toEqual(expected);
});

it('J5: leaves numbers that are no integers alone', () => {
  expect(parseOtlpJson('[1234567890123456789.5,1234567890123456789e3,0.1234567890123456789,1e300]')).toEqual([
    1234567890123456800, 1234567890123456800000, 0.12345678901234568, 1e300,
  ]);
});

it('parses everything else as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('', '{"n":[1234567890123456789]}'), (text, long) => {
      const wrapped = `[${text}${long === '' ? '' : `,${long}`}]`;
      const expected = JSON.parse(wrapped) as unknown[];
      if (long !== '') expected[1] = { n: ['1234567890123456789'] };
      fc.pre(!/\d{16}/.test(text));
      expect(parseOtlpJson(wrapped)).toEqual(expected);
    }),
  );
});

it('does not quote the text in its error', () => {
  for (const text of ['secret', '{"a":secret}', '', '{"a":1234567890123456789,secret', '"secret']) {
    const error = errorOf(text);
    expect(error.reason).toBe('json');
    expect(error.message).toBe('not valid JSON');
    expect(error.cause).toBeUndefined();
  }
});

it('J7: is one value: a second one on the line is an error', () => {
  expect(errorOf('{}{}').reason).toBe('json');
  expect(errorOf('{} {"resourceSpans":[]}').reason).toBe('json');
});

it('survives nesting that exhausts the stack', () => {
  const levels = 450_000;
  expect(errorOf(`${'['.repeat(levels)}1234567890123456789${']'.repeat(levels)}`).reason).toBe('too_deep');
});
