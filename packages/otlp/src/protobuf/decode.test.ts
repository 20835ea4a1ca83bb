import { arbitraryRequest, newerOracle, ORACLES, protobufjsOracle } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { SIGNALS } from '../signal.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { UNKNOWN_FIELDS } from './json-object.ts';
import { MAX_NESTING, messageNamed, requestMessage } from './table.ts';

const decode = (name: string, ...bytes: readonly (number | readonly number[])[]): unknown =>
  decodeMessage(messageNamed(name), Uint8Array.from(bytes.flat()));
const reasonOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidOtlpError) return error.reason;
    throw error;
  }
  return 'none';
};
const ascii = (text: string): number[] => [...Buffer.from(text)];
/** A field of wire type 2. */
const field = (number: number, ...content: readonly (number | readonly number[])[]): number[] => {
  const bytes = content.flat();
  return [(number << 3) | 2, bytes.length, ...bytes];
};

describe.each(SIGNALS)('%s', (signal) => {
  const message = requestMessage(signal);

  it('decodes what two other implementations decode, to the same', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (request) => {
        for (const oracle of ORACLES) {
          const bytes = oracle.encode(signal, request);
          const decoded = decodeMessage(message, bytes);
          expect(decoded).toEqual(request);
          expect(decoded).toEqual(oracle.decode(signal, bytes));
        }
      }),
    );
  });

  it('keeps the fields of a newer schema through decode, edit and encode', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal, { newerFields: true }), (request) => {
        const bytes = newerOracle.encode(signal, request);
        const copy = { ...decodeMessage(message, bytes) };
        expect(newerOracle.decode(signal, encodeMessage(message, copy))).toEqual(newerOracle.decode(signal, bytes));
      }),
    );
  });

  it('throws only InvalidOtlpError on damaged requests', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(arbitraryRequest(signal), damage, fc.nat(), (request, changes, cut) => {
        const bytes = protobufjsOracle.encode(signal, request);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const damaged = bytes.subarray(0, bytes.length - (cut % 3));
        if (reasonOf(() => decodeMessage(message, damaged)) !== 'none') return;
        reasonOf(() => encodeMessage(message, decodeMessage(message, damaged)));
      }),
    );
  });
});

it('throws only InvalidOtlpError on arbitrary bytes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Span', 'Metric', 'LogRecord', 'AnyValue', 'ExponentialHistogramDataPoint'),
      fc.uint8Array({ maxLength: 60 }),
      (name, bytes) => {
        reasonOf(() => decode(name, [...bytes]));
      },
    ),
    { numRuns: 3000 },
  );
});

it('reads packed and unpacked repeated numbers, also mixed', () => {
  expect(decode('Buckets', field(2, 1, 0x80, 1), 0x10, 3, field(2, 4))).toEqual({
    bucketCounts: ['1', '128', '3', '4'],
  });
  const one = [1, 0, 0, 0, 0, 0, 0, 0];
  expect(decode('HistogramDataPoint', field(6, one, one), 0x31, one)).toEqual({ bucketCounts: ['1', '1', '1'] });
});

it('merges a singular message that comes in two parts, at every depth', () => {
  const attribute = (key: string): number[] => field(1, field(1, ascii(key)));
  expect(decode('ResourceSpans', field(1, attribute('a')), field(1, attribute('b'), 0x10, 7))).toEqual({
    resource: { attributes: [{ key: 'a' }, { key: 'b' }], droppedAttributesCount: 7 },
  });
});

it('keeps the last member of a oneof', () => {
  expect(decode('AnyValue', field(1, ascii('a')), 0x10, 1)).toEqual({ boolValue: true });
  expect(decode('KeyValue', field(2, field(1, ascii('a'))), field(2, 0x10, 1))).toEqual({ value: { boolValue: true } });
  expect(decode('Metric', field(5), field(7, 0x18, 1))).toEqual({ sum: { isMonotonic: true } });
  expect(decode('Metric', field(7, 0x10, 2), field(7, 0x18, 1))).toEqual({
    sum: { aggregationTemporality: 2, isMonotonic: true },
  });
});

it('keeps optional fields side by side, which are no oneof', () => {
  const one = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
  expect(decode('HistogramDataPoint', 0x29, one, 0x59, one, 0x61, one)).toEqual({ sum: 1, min: 1, max: 1 });
});

it('reads every kind of number at its limits', () => {
  const ff = (count: number): number[] => Array.from({ length: count }, () => 0xff);
  expect(decode('AnyValue', 0x18, ff(9), 1)).toEqual({ intValue: '-1' });
  expect(decode('AnyValue', 0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 1)).toEqual({ boolValue: true });
  expect(decode('AnyValue', 0x10, 0x80, 0)).toEqual({ boolValue: false });
  expect(decode('Buckets', 0x08, ff(4), 0x0f)).toEqual({ offset: -0x80000000 });
  expect(decode('Status', 0x18, ff(9), 1)).toEqual({ code: -1 });
  expect(decode('Span', 0x50, ff(4), 0x0f, 0x85, 1, ff(4))).toEqual({
    droppedAttributesCount: 0xffffffff,
    flags: 0xffffffff,
  });
  expect(decode('NumberDataPoint', 0x31, ff(8), 0x19, ff(8))).toEqual({
    asInt: '-1',
    timeUnixNano: '18446744073709551615',
  });
  expect(decode('Buckets', 0x10, ff(9), 1)).toEqual({ bucketCounts: ['18446744073709551615'] });
});

it.each([
  [[0, 0, 0, 0, 0, 0, 0xf8, 0x7f], 'NaN'],
  [[0, 0, 0, 0, 0, 0, 0xf0, 0x7f], 'Infinity'],
  [[0, 0, 0, 0, 0, 0, 0xf0, 0xff], '-Infinity'],
  [[0, 0, 0, 0, 0, 0, 0, 0x80], -0],
])('J6: reads the double %j as %j', (bytes, expected) => {
  expect(decode('AnyValue', 0x21, bytes)).toEqual({ doubleValue: expected });
});

it('keeps unknown fields of every wire type, as they came', () => {
  const unknown = [0xa8, 1, 0x96, 1, 0xa1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xa2, 1, 2, 9, 9, 0xa5, 1, 1, 2, 3, 4];
  const value = decode('Status', unknown, 0x18, 2, 0xa8, 1, 1);
  expect(value).toEqual({ code: 2, [UNKNOWN_FIELDS]: [Buffer.from(unknown), Buffer.from([0xa8, 1, 1])] });
  expect(Object.keys(value as object)).toEqual(['code']);
  expect([...encodeMessage(messageNamed('Status'), value)]).toEqual([0x18, 2, ...unknown, 0xa8, 1, 1]);
});

it('D17: keeps a hundred thousand unknown fields, each between known ones, in few pieces', () => {
  const bytes = Buffer.alloc(500_000, Buffer.from([0xa8, 1, 5, 0x18, 2]));
  const value = decodeMessage(messageNamed('Status'), bytes);
  expect(value[UNKNOWN_FIELDS]?.length).toBeLessThan(20);
  expect(encodeMessage(messageNamed('Status'), value)).toEqual(
    new Uint8Array(Buffer.concat([Buffer.from([0x18, 2]), Buffer.alloc(300_000, Buffer.from([0xa8, 1, 5]))])),
  );
});

it('keeps unknown fields of a message that comes in two parts', () => {
  const value = decode('ResourceSpans', field(1, 0xa8, 1, 1), field(1, 0xa8, 1, 2));
  expect([...encodeMessage(messageNamed('ResourceSpans'), value)]).toEqual(field(1, 0xa8, 1, 1, 0xa8, 1, 2));
});

/** A message of this many levels: AnyValue { arrayValue: ArrayValue { values: AnyValue { … } } }. */
const nested = (levels: number): unknown => {
  let bytes: number[] = [];
  for (let level = levels - 1; level > 0; level--) {
    const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
    bytes = [level % 2 === 1 ? 0x2a : 0x0a, ...length, ...bytes];
  }
  return decode('AnyValue', bytes);
};

it('reads messages nested as deep as allowed, and no deeper', () => {
  expect(reasonOf(() => nested(MAX_NESTING))).toBe('none');
  expect(reasonOf(() => nested(MAX_NESTING + 1))).toBe('too_deep');
});

it.each([
  ['a string that ends early', 'Status', [0x12, 5, 65]],
  ['a length that ends early', 'Status', [0x12, 0x80]],
  ['a fixed64 that ends early', 'Span', [0x39, 1, 2]],
  ['a fixed64 beyond its message', 'ResourceSpans', [0x0a, 2, 0xa9, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['a fixed32 that ends early', 'Link', [0x35, 1]],
  ['a varint that ends early', 'Status', [0x18, 0x80]],
  ['a varint beyond its message', 'ResourceSpans', [0x0a, 2, 0x10, 0x80, 0x01]],
  ['a varint of eleven bytes', 'Status', [0x18, ...Array.from({ length: 10 }, () => 0x80), 0]],
  ['a varint of 65 bits', 'Status', [0x18, ...Array.from({ length: 9 }, () => 0x80), 2]],
  ['a tag of more than 32 bits', 'Status', [0x98, 0x80, 0x80, 0x80, 0x80, 1, 0]],
  ['an unknown field that ends early', 'Status', [0xa1, 1, 0]],
  ['an unknown field of 32 bits that ends early', 'Status', [0xa5, 1, 0]],
  ['field number 0', 'Status', [0x00, 0]],
  ['a group', 'Status', [0xa3, 1, 0xa4, 1]],
  ['a known field of another wire type', 'Status', [0x10, 1]],
  ['a singular number as if packed', 'Status', [0x1a, 1, 1]],
  ['packed numbers that end early', 'HistogramDataPoint', [0x32, 7, 0, 0, 0, 0, 0, 0, 0]],
  ['packed varints that reach beyond their field', 'Buckets', [0x12, 1, 0x80, 0x01]],
])('refuses %s', (_what, name, bytes) => {
  expect(reasonOf(() => decode(name, bytes))).toBe('protobuf');
});

it('refuses a string that is not UTF-8, and keeps U+FFFD that is', () => {
  expect(reasonOf(() => decode('Status', 0x12, 2, 65, 0xff))).toBe('utf8');
  expect(decode('Status', 0x12, 3, 0xef, 0xbf, 0xbd)).toEqual({ message: '\uFFFD' });
});
