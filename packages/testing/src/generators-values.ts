import fc from 'fast-check';

/** A list that is not empty. */
export const some = <T>(element: fc.Arbitrary<T>, maxLength = 3): fc.Arbitrary<T[]> =>
  fc.array(element, { minLength: 1, maxLength });

/** Text: Unicode without lone surrogates, which protobuf has no place for; never the default. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 40, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }) },
  {
    weight: 20,
    arbitrary: fc.constantFrom('http.method', 'é', '漢字', '👩‍🚀', '\u0000', 'x'.repeat(127), 'ü'.repeat(64)),
  },
  { weight: 1, arbitrary: fc.constant('y'.repeat(17_000)) },
);
/** Unsigned, without the default. */
export const uint32: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(1, 127, 128, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.integer({ min: 1, max: 0xffffffff }),
);
/** Signed, without the default. */
export const sint32: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(1, -1, -0x80000000, 0x7fffffff),
  fc.integer().filter((integer) => integer !== 0),
);
/** Signed, in decimal digits. */
export const int64: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, -1n, 2n ** 53n + 1n, 0n),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  )
  .map(String);
/** Unsigned, in decimal digits, without the default. */
export const uint64: fc.Arbitrary<string> = fc
  .oneof(fc.constantFrom(1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }))
  .map(String);
/** A plausible time. */
export const unixNano: fc.Arbitrary<string> = fc
  .bigInt({ min: 1_600_000_000_000_000_000n, max: 1_900_000_000_000_000_000n })
  .map(String);
/** A double, in OTLP/JSON; JSON has no negative zero to write, and OTLP no use for it. */
export const double: fc.Arbitrary<number | string> = fc
  .oneof(fc.double(), fc.integer())
  .map((value) => (Number.isFinite(value) ? value + 0 : String(value)));
/** A double without the default. */
export const nonZero: fc.Arbitrary<number | string> = double.filter((value) => value !== 0);
const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'));
/** 32 hex digits. */
export const traceId: fc.Arbitrary<string> = hex(16);
/** 16 hex digits. */
export const spanId: fc.Arbitrary<string> = hex(8);
/** base64 */
export const bytes: fc.Arbitrary<string> = fc
  .uint8Array({ maxLength: 40 })
  .map((value) => Buffer.from(value).toString('base64'));
