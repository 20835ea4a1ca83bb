import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkJsonValues, MAX_JSON_VALUES } from './bound.ts';
import { parseOtlpJson } from './parse.ts';

const tooLarge: unknown = expect.objectContaining({ name: 'InvalidOtlpError', reason: 'too_large' });

it('D17: counts objects, arrays and members, and nothing inside strings', () => {
  const text = '{"a,[{":["}\\",[",{}],"b\\\\":[1,2,3]}';
  // { [ , { , [ , ,
  expect(() => checkJsonValues(text, 7)).toThrow(tooLarge);
  expect(() => checkJsonValues(text, 8)).not.toThrow();
});

it('D17: never refuses what has no more values than the bound', () => {
  const countValues = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Object.values(value).reduce<number>((sum, inner) => sum + countValues(inner), 0)
      : 1;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(() => checkJsonValues(JSON.stringify(value), 2 * countValues(value))).not.toThrow();
    }),
  );
});

it.each(['[', '{"a":', '[],', '{},', '0,', '"",'])('D17: refuses a text full of %s before it is parsed', (piece) => {
  const text = `{"resourceSpans":[${piece.repeat(MAX_JSON_VALUES + 1)}`;
  expect(() => parseOtlpJson(text)).toThrow(tooLarge);
});

it('an unfinished string ends the count', () => {
  expect(() => checkJsonValues(`"${'['.repeat(100)}\\`, 10)).not.toThrow();
});
