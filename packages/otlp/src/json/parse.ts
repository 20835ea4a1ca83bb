import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { checkJsonValues } from './bound.ts';

/** Sixteen digits in a row where a number may begin: only such an integer can be beyond 2^53. Text that looks like it only costs time. */
const LONG_INTEGER = /[:,[\s-]\d{16}/;
const INTEGER = /^-?\d+$/;

/** `context.source` is there since Node.js 22, but not yet in the library types of TypeScript. */
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parse = JSON.parse as (text: string, reviver?: Reviver) => unknown;

const keepDigits: Reviver = (_key, value, context) =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  context.source !== undefined &&
  INTEGER.test(context.source)
    ? context.source
    : value;

/**
 * `JSON.parse` which keeps 64-bit integers (rule J5): an integer that a number cannot hold exactly becomes a string of its digits.
 *
 * @throws {InvalidOtlpError} `json`, `too_deep` or `too_large`, without `cause`: V8 quotes the text in its message.
 */
export const parseOtlpJson = (text: string): unknown => {
  checkJsonValues(text);
  try {
    return LONG_INTEGER.test(text) ? parse(text, keepDigits) : parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidOtlpError('too_deep', 'JSON nested too deep');
    throw new InvalidOtlpError('json', 'not valid JSON');
  }
};
