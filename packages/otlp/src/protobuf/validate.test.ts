import {
  arbitraryRequest,
  itemIds,
  newerOracle,
  ORACLES,
  protobufjsOracle,
  sampleBytes,
} from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { otlpRequest, parseRequest } from '../request.ts';
import { type Signal, SIGNALS } from '../signal.ts';
import { MAX_FIELDS, MAX_MESSAGES, MAX_NESTING } from './table.ts';
import { validateRequest } from './validate.ts';
import { countItems } from './walk.ts';

const reasonOf = (signal: Signal, bytes: Uint8Array): string => {
  try {
    validateRequest(signal, bytes);
    return 'valid';
  } catch (error) {
    if (error instanceof InvalidOtlpError) return error.reason;
    throw error;
  }
};

/** A length-delimited field. */
const field = (number: number, content: Uint8Array | string): Buffer => {
  const body = Buffer.from(content as string);
  const length: number[] = [];
  for (let rest = body.length; ; rest >>= 7) {
    length.push(rest < 128 ? rest : (rest & 0x7f) | 0x80);
    if (rest < 128) return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), body]);
  }
};

const span = (...fields: readonly Uint8Array[]): Buffer => field(1, field(2, field(2, Buffer.concat(fields))));
const metric = (...fields: readonly Uint8Array[]): Buffer => field(1, field(2, field(2, Buffer.concat(fields))));

describe.each(SIGNALS)('valid %s', (signal) => {
  it('passes everything the oracles encode, and counts its items', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (value) => {
        for (const oracle of ORACLES) {
          const bytes = oracle.encode(signal, value);
          const counted = validateRequest(signal, bytes);
          expect(countItems(signal, bytes)).toBe(counted);
          expect(counted).toBe(countIn(protobufjsOracle.decode(signal, bytes)));
        }
      }),
    );
  });

  it('passes fields of a newer schema', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal, { newerFields: true }), (value) => {
        expect(reasonOf(signal, newerOracle.encode(signal, value))).toBe('valid');
      }),
    );
  });

  it('D18: whatever it passes, both oracles can read', () => {
    const bytes = sampleBytes(signal, { items: 3 });
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (position, value) => {
        const changed = Buffer.from(bytes);
        changed[position] = value;
        if (reasonOf(signal, changed) === 'valid') for (const oracle of ORACLES) oracle.decode(signal, changed);
      }),
      { numRuns: 2000 },
    );
  });

  it('throws nothing but its own error on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void reasonOf(signal, bytes)),
      { numRuns: 2000 },
    );
  });

  it('finds every way of cutting a request short', () => {
    const bytes = sampleBytes(signal, { items: 2, itemsPerResource: 2 });
    for (let length = 1; length < bytes.length; length++) {
      expect(reasonOf(signal, bytes.subarray(0, length))).toBe('protobuf');
    }
  });

  it('counts what the request then says', () => {
    const bytes = sampleBytes(signal, { items: 123 });
    expect(parseRequest(signal, bytes).items).toBe(123);
    expect(otlpRequest(signal, bytes).items).toBe(itemIds(signal, bytes).length);
  });
});

const ITEM_LISTS = new Set(['spans', 'logRecords', 'dataPoints']);
const countIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce<number>((sum, [name, held]) => {
    if (name === 'attributes' || name === 'body') return sum;
    return (
      sum +
      (ITEM_LISTS.has(name)
        ? (held as unknown[]).length
        : Array.isArray(held)
          ? held.reduce<number>((all, one) => all + countIn(one), 0)
          : countIn(held))
    );
  }, 0);
};

it('an empty request is valid and has no items', () => {
  expect(validateRequest('traces', new Uint8Array())).toBe(0);
});

it.each<[string, Uint8Array, string]>([
  ['field number 0', Buffer.from([0x02, 0x00]), 'protobuf'],
  ['a group', Buffer.from([0x0b, 0x0c]), 'protobuf'],
  ['wire type 6', Buffer.from([0x0e]), 'protobuf'],
  ['wire type 7 in an unknown field', Buffer.from([0x7f]), 'protobuf'],
  ['a varint where a message belongs', Buffer.from([0x08, 0x01]), 'protobuf'],
  ['a fixed64 where a message belongs', Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8]), 'protobuf'],
  ['a fixed32 where a message belongs', Buffer.from([0x0d, 1, 2, 3, 4]), 'protobuf'],
  ['a length where a fixed64 belongs', span(field(7, 'x')), 'protobuf'],
  ['a length without its byte', Buffer.from([0x0a]), 'protobuf'],
  ['a length beyond the end', Buffer.from([0x0a, 0x05, 0x00]), 'protobuf'],
  [
    'a length beyond its message, within the next',
    Buffer.concat([field(1, Buffer.from([0x0a, 0x05])), Buffer.alloc(9, 0)]),
    'protobuf',
  ],
  ['a length of more than 32 bits', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]), 'protobuf'],
  ['a tag of more than 32 bits', Buffer.from([0xfa, 0xff, 0xff, 0xff, 0xff, 0x01, 0]), 'protobuf'],
  ['a tag of six bytes', Buffer.from([0xf8, 0x80, 0x80, 0x80, 0x80, 0x00, 1]), 'protobuf'],
  ['a length of six bytes', Buffer.from([0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), 'protobuf'],
  ['an unfinished varint', Buffer.from([0x78, 0xff]), 'protobuf'],
  ['a varint of eleven bytes', Buffer.from([0x78, ...Array<number>(10).fill(0x80), 1]), 'protobuf'],
  ['a varint of more than 64 bits', Buffer.from([0x78, ...Array<number>(9).fill(0xff), 2]), 'protobuf'],
  ['a cut fixed64', Buffer.from([0x79, 1, 2]), 'protobuf'],
  ['a cut fixed32', Buffer.from([0x7d, 1, 2]), 'protobuf'],
  ['a name that is not UTF-8', span(field(5, Buffer.from([0x61, 0xc3, 0x28]))), 'utf8'],
  ['a surrogate in UTF-8', span(field(5, Buffer.from([0xed, 0xa0, 0x80]))), 'utf8'],
  ['a trace id of 15 bytes', span(field(1, Buffer.alloc(15))), 'id'],
  ['a span id of 16 bytes', span(field(2, Buffer.alloc(16))), 'id'],
  ['a parent of 1 byte', span(field(4, Buffer.alloc(1))), 'id'],
])('D18: refuses %s', (_what, bytes, reason) => {
  expect(reasonOf('traces', bytes)).toBe(reason);
});

it.each<[string, Uint8Array]>([
  ['an unknown varint of ten bytes', Buffer.from([0x78, ...Array<number>(9).fill(0xff), 1])],
  ['an unknown field with a tag of several bytes', Buffer.from([0x82, 0x80, 0x01, 0x01, 0x41])],
  ['a tag that is written longer than it must be', Buffer.from([0x8a, 0x00, 0x00])],
  ['empty ids', span(field(1, ''), field(2, ''))],
  ['UTF-8 of four bytes', span(field(5, '🦊'))],
])('passes %s', (_what, bytes) => {
  expect(reasonOf('traces', bytes)).toBe('valid');
});

describe('packed numbers', () => {
  const histogram = (...fields: readonly Uint8Array[]): Buffer => metric(field(9, field(1, Buffer.concat(fields))));
  const exponential = (content: Uint8Array): Buffer => metric(field(10, field(1, field(8, field(2, content)))));

  it('passes fixed64 both packed and one by one', () => {
    expect(reasonOf('metrics', histogram(field(6, Buffer.alloc(16))))).toBe('valid');
    expect(reasonOf('metrics', histogram(Buffer.from([0x31, 0, 0, 0, 0, 0, 0, 0, 0])))).toBe('valid');
  });

  it('passes varints both packed and one by one', () => {
    expect(reasonOf('metrics', exponential(Buffer.from([1, 0x80, 1])))).toBe('valid');
    expect(reasonOf('metrics', metric(field(10, field(1, field(8, Buffer.from([0x10, 5]))))))).toBe('valid');
  });

  it('D18: refuses a packed length that is no multiple of its numbers, and a cut varint', () => {
    expect(reasonOf('metrics', histogram(field(6, Buffer.alloc(15))))).toBe('protobuf');
    expect(reasonOf('metrics', exponential(Buffer.from([0x80])))).toBe('protobuf');
  });
});

it('refuses a metric with data twice: nobody could say how many points it has', () => {
  const gauge = field(5, field(1, Buffer.from([0x21, 0, 0, 0, 0, 0, 0, 0, 0])));
  expect(reasonOf('metrics', metric(gauge))).toBe('valid');
  expect(reasonOf('metrics', metric(gauge, gauge))).toBe('ambiguous');
  expect(reasonOf('metrics', metric(gauge, field(7, '')))).toBe('ambiguous');
});

it('D17: stops at more messages than any line of telemetry holds, with or without attributes', () => {
  const spans = (count: number): Uint8Array => field(1, field(2, Buffer.alloc(count * 2, Buffer.from([0x12, 0]))));
  expect(reasonOf('traces', spans(MAX_MESSAGES - 3))).toBe('valid');
  expect(reasonOf('traces', spans(MAX_MESSAGES - 2))).toBe('too_large');
  const attribute = field(9, Buffer.concat([field(1, 'k'), field(2, field(1, 'v'))]));
  const attributes = Buffer.alloc(attribute.length * (MAX_MESSAGES / 2), attribute);
  expect(reasonOf('traces', Buffer.concat([span(attributes), span()]))).toBe('too_large');
});

describe('D17: stops at more fields than any line of telemetry holds', () => {
  const buckets = (content: Uint8Array): Uint8Array => metric(field(10, field(1, field(8, content))));
  // Request, resource, scope, metric, histogram, point and buckets; the field of the buckets' counts makes one more.
  const around = 6;
  it.each<[string, Signal, (count: number) => Uint8Array]>([
    ['a number per byte', 'metrics', (count) => buckets(field(2, Buffer.alloc(count - around - 1, 1)))],
    ['a field per number', 'metrics', (count) => buckets(Buffer.alloc((count - around) * 2, Buffer.from([0x10, 1])))],
    ['fields of a newer schema', 'traces', (count) => span(Buffer.alloc((count - 3) * 3, Buffer.from([0xf8, 1, 0])))],
    [
      'empty texts',
      'logs',
      (count) => field(1, field(1, field(3, Buffer.alloc((count - 3) * 2, Buffer.from([0x1a, 0]))))),
    ],
  ])('D17: %s', (_what, signal, of) => {
    expect(reasonOf(signal, of(MAX_FIELDS))).toBe('valid');
    expect(reasonOf(signal, of(MAX_FIELDS + 1))).toBe('too_large');
  });
});

it('D17: stops at the nesting bound, however deep the input', () => {
  const nested = (levels: number): Uint8Array => {
    let value: Uint8Array = Buffer.alloc(0);
    for (let level = 0; level < levels; level++) value = field(5, field(1, value));
    return span(field(9, field(2, value)));
  };
  // request, resource, scope, span, key value, value: the last one is the sixth; each array adds two.
  expect(reasonOf('traces', nested((MAX_NESTING - 6) / 2))).toBe('valid');
  expect(reasonOf('traces', nested((MAX_NESTING - 6) / 2 + 1))).toBe('too_deep');
  expect(reasonOf('traces', nested(3_000))).toBe('too_deep');
});
