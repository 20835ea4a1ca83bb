import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatInt64, formatUint64, parseInt64 } from './int64.ts';

const TWO_32 = 2n ** 32n;
const halvesOf = (value: bigint): { high: number; low: number } => {
  const unsigned = BigInt.asUintN(64, value);
  return { high: Number(unsigned / TWO_32), low: Number(unsigned % TWO_32) };
};
const parse = (value: unknown, signed: boolean): bigint | undefined => {
  const out = { high: 0, low: 0 };
  if (!parseInt64(value, signed, out)) return undefined;
  const unsigned = BigInt(out.high) * TWO_32 + BigInt(out.low);
  return signed ? BigInt.asIntN(64, unsigned) : unsigned;
};
const unsigned = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 40n }));
const signed = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
);
const EDGES = [
  0n,
  1n,
  10n ** 9n,
  10n ** 15n,
  10n ** 18n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n,
].flatMap((edge) => [edge - 1n, edge, edge + 1n]);
const inRange = (value: bigint, isSigned: boolean): boolean =>
  isSigned ? value === BigInt.asIntN(64, value) : value === BigInt.asUintN(64, value);

it('formats unsigned integers as BigInt does', () => {
  const check = (value: bigint): void => {
    const { high, low } = halvesOf(value);
    expect(formatUint64(high, low)).toBe(String(BigInt.asUintN(64, value)));
  };
  EDGES.forEach(check);
  fc.assert(fc.property(unsigned, check), { numRuns: 2000 });
});

it('formats signed integers as BigInt does', () => {
  const check = (value: bigint): void => {
    const { high, low } = halvesOf(value);
    expect(formatInt64(high, low)).toBe(String(BigInt.asIntN(64, value)));
  };
  for (const edge of EDGES) [edge, -edge].forEach(check);
  fc.assert(fc.property(signed, check), { numRuns: 2000 });
});

it('parses what BigInt parses, if it fits', () => {
  for (const edge of EDGES) {
    for (const value of [edge, -edge]) {
      for (const isSigned of [true, false]) {
        const expected = inRange(value, isSigned) ? value : undefined;
        expect(parse(String(value), isSigned), `${value}, signed ${isSigned}`).toBe(expected);
        expect(parse(value, isSigned)).toBe(expected);
        const number = Number(value);
        if (Number.isSafeInteger(number)) expect(parse(number, isSigned)).toBe(expected);
      }
    }
  }
  fc.assert(
    fc.property(unsigned, (value) => parse(`00${value}`, false) === value),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(signed, (value) => parse(String(value), true) === value),
    { numRuns: 2000 },
  );
});

it.each([
  '',
  '-',
  ' 1',
  '1 ',
  '+1',
  '1.0',
  '1e3',
  '0x1',
  '1_0',
  '--1',
  '٣',
  `1${'0'.repeat(400)}`,
  1.5,
  2 ** 53,
  NaN,
  Infinity,
  true,
  null,
  {},
  [1],
])('refuses %j', (value) => {
  expect(parse(value, true)).toBeUndefined();
  expect(parse(value, false)).toBeUndefined();
});

it('refuses a sign where there is none', () => {
  expect(parse('-1', false)).toBeUndefined();
  expect(parse(-1, false)).toBeUndefined();
});
