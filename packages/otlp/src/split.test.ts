import { arbitraryRequest, itemIds, newerOracle, protobufjsOracle, sampleBytes } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeRequests, otlpRequest, parseRequest, splitRequest } from './request.ts';
import { type Signal, SIGNALS } from './signal.ts';
import { splitBytes } from './split.ts';

type Shape = Readonly<Record<string, unknown>>;

/** The lists on the way to the items, outermost first. */
const LISTS = /^(?:resource(?:Spans|Metrics|Logs)|scope(?:Spans|Metrics|Logs)|metrics|dataPoints|spans|logRecords)$/;
const DATA = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];

/** Every item with all that surrounds it, in order; a container without items stands for itself. Two requests that say the same give the same. */
const flatten = (value: Shape, around: readonly unknown[] = []): readonly string[] => {
  const data = DATA.find((name) => name in value);
  const inner = data === undefined ? value : { ...value, ...(value[data] as Shape), kind: data, [data]: undefined };
  const lists = Object.entries(inner).filter(([name, list]) => LISTS.test(name) && (list as unknown[]).length > 0);
  if (lists.length === 0) return [JSON.stringify([...around, inner])];
  const rest = Object.fromEntries(Object.entries(inner).filter(([name]) => !LISTS.test(name)));
  return lists.flatMap(([, list]) => (list as Shape[]).flatMap((child) => flatten(child, [...around, rest])));
};

const contentOf = (signal: Signal, bytes: Uint8Array): readonly string[] =>
  flatten(newerOracle.decode(signal, bytes) as Shape);

/** The same without fields of the request itself, which are said only once. */
const itemsOf = (signal: Signal, bytes: Uint8Array): readonly string[] => {
  const { newerText, newerNumber, newerFlags, newerCounts, ...known } = newerOracle.decode(signal, bytes) as Shape;
  return Object.keys(known).length === 0 ? [] : flatten(known);
};

describe.each(SIGNALS)('splitting %s', (signal) => {
  const requests = arbitraryRequest(signal, { newerFields: true }).map((value) =>
    parseRequest(signal, newerOracle.encode(signal, value)),
  );

  it('split then merge says the same as before, unknown fields included', () => {
    fc.assert(
      fc.property(requests, fc.nat({ max: 400 }), fc.integer({ min: 1, max: 4 }), (request, maxBytes, maxItems) => {
        const parts = splitRequest(request, { maxBytes, maxItems });
        const merged = mergeRequests(parts);
        expect(merged.items).toBe(request.items);
        expect(contentOf(signal, merged.bytes)).toEqual(contentOf(signal, request.bytes));
      }),
    );
  });

  it('D13: every part is a valid request within the limits, or one item that is too large alone', () => {
    fc.assert(
      fc.property(requests, fc.nat({ max: 400 }), fc.integer({ min: 1, max: 4 }), (request, maxBytes, maxItems) => {
        fc.pre(request.bytes.length < 64 * 1024); // what lies below an outsized resource stays together, see below
        for (const part of splitRequest(request, { maxBytes, maxItems })) {
          expect(parseRequest(signal, part.bytes).items).toBe(part.items);
          expect(part.items).toBeLessThanOrEqual(maxItems);
          if (part.bytes.length > maxBytes) expect(itemsOf(signal, part.bytes).length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('merging decoded is decoding merged', () => {
    fc.assert(
      fc.property(fc.array(requests, { minLength: 1, maxLength: 4 }), (some) => {
        const merged = mergeRequests(some);
        const [list] = Object.keys(newerOracle.decode(signal, merged.bytes) as Shape).filter((name) =>
          LISTS.test(name),
        );
        if (list === undefined) return;
        const separately = some.flatMap(({ bytes }) => (newerOracle.decode(signal, bytes) as Shape)[list] ?? []);
        expect((newerOracle.decode(signal, merged.bytes) as Shape)[list]).toEqual(separately);
        expect(merged.items).toBe(some.reduce((sum, { items }) => sum + items, 0));
      }),
    );
  });

  it('fills parts in order and loses no item', () => {
    const bytes = sampleBytes(signal, { items: 1000 });
    const parts = splitRequest(otlpRequest(signal, bytes), { maxItems: 64 });
    expect(parts.map(({ items }) => items)).toEqual([...Array<number>(15).fill(64), 40]);
    expect(parts.flatMap((part) => itemIds(signal, part.bytes))).toEqual(itemIds(signal, bytes));
  });

  it('makes parts as large as the limit allows', () => {
    const bytes = sampleBytes(signal, { items: 500 });
    const maxBytes = 4000;
    const parts = splitRequest(otlpRequest(signal, bytes), { maxBytes });
    for (const [index, part] of parts.entries()) {
      expect(part.bytes.length).toBeLessThanOrEqual(maxBytes);
      const next = parts[index + 1];
      if (next === undefined) continue;
      // The next part's first item did not fit any more: with its resource and scope it is under 400 bytes.
      expect(part.bytes.length).toBeGreaterThan(maxBytes - 400);
    }
  });

  it('gives back a request within the limits as it is', () => {
    const request = otlpRequest(signal, sampleBytes(signal, { items: 3 }));
    expect(splitRequest(request, {})).toEqual([request]);
    expect(splitRequest(request, { maxItems: 3, maxBytes: request.bytes.length })[0]).toBe(request);
  });

  it('measures lengths across every varint boundary', () => {
    for (const [items, per] of [
      [1, 1],
      [200, 200],
      [3000, 3000],
    ] as const) {
      const bytes = sampleBytes(signal, { items, itemsPerResource: per });
      for (const maxBytes of [127, 128, 129, 16_383, 16_384, 20_000, 70_000]) {
        const parts = splitRequest(otlpRequest(signal, bytes), { maxBytes });
        for (const part of parts) {
          expect(part.items === 1 || part.bytes.length <= maxBytes).toBe(true);
          expect(parseRequest(signal, part.bytes).items).toBe(part.items);
        }
        expect(parts.reduce((sum, part) => sum + part.items, 0)).toBe(items);
      }
    }
  });
});

it('D17: does not repeat an outsized resource in every part: its items stay together', () => {
  const big = (bytes: number): Uint8Array =>
    protobufjsOracle.encode('traces', {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'big', value: { stringValue: 'x'.repeat(bytes) } }] },
          scopeSpans: [{ spans: Array.from({ length: 100 }, (_, index) => ({ name: `span ${index}` })) }],
        },
        { scopeSpans: [{ spans: Array.from({ length: 100 }, () => ({ name: 'small' })) }] },
      ],
    });
  const split = (bytes: number): readonly number[] =>
    splitBytes('traces', big(bytes), { maxItems: 10 }).map(({ items }) => items);
  expect(split(60_000)).toEqual(Array<number>(20).fill(10));
  expect(split(70_000)).toEqual([100, ...Array<number>(10).fill(10)]);
});

it('splits an empty request into itself', () => {
  expect(splitBytes('logs', new Uint8Array(), { maxItems: 1 })).toEqual([{ bytes: Buffer.alloc(0), items: 0 }]);
});

it('refuses to merge nothing, or requests of different signals', () => {
  expect(() => mergeRequests([])).toThrow(RangeError);
  const requests = (['traces', 'logs'] as const).map((signal) =>
    otlpRequest(signal, sampleBytes(signal, { items: 1 })),
  );
  expect(() => mergeRequests(requests)).toThrow(TypeError);
});
