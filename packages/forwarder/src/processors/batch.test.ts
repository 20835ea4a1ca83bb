import { mergeRequests, parseRequest, requestFromJson, type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { itemIds, sampleRequest } from '@serverless-otlp/testing';
import { processorContract } from '@serverless-otlp/testing/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metadata, Telemetry } from '../types.ts';
import { batch } from './batch.ts';

processorContract('batch', () => batch(), { keepsItems: true });
processorContract('batch with small limits', () => batch({ maxBytes: 300, maxItems: 2 }), { keepsItems: true });
processorContract('batch with no room at all', () => batch({ maxBytes: 1, maxItems: 1 }), { keepsItems: true });

const telemetry = (signal: Signal, items: number, metadata: Metadata, seed: number): Telemetry => ({
  request: requestFromJson(sampleRequest(signal, { items, seed })),
  records: new Set([`record-${seed % 3}`]),
  metadata,
});
const idsOf = (parts: readonly Telemetry[]): readonly string[] =>
  parts.flatMap(({ request }) => itemIds(request.signal, request.bytes));
const keyOf = ({ request, metadata }: Telemetry): string =>
  JSON.stringify([request.signal, Object.entries(metadata).sort()]);

const TENANTS: readonly Metadata[] = [
  { owner: '1', log_group: 'a', log_stream: 'x' },
  { owner: '2', log_group: 'a', log_stream: 'x' },
  { owner: '1', log_group: 'b', log_stream: 'x' },
  { owner: '1', log_group: 'a', log_stream: 'y' },
  { owner: '1', log_group: 'a', log_stream: 'x', 'header.tenant': 't' },
  { owner: '1', log_group: 'a', log_stream: 'x', 'header.tenant': 'u' },
  { owner: '1', log_group: 'a"', log_stream: ',x' },
  {},
];

describe('batch', () => {
  it('merges equal metadata into one request, in order', () => {
    const metadata = { owner: '1' };
    const parts = [1, 2, 3].map((seed) => telemetry('traces', 4, metadata, seed));
    const [merged, ...more] = batch().process(parts);
    expect(more).toEqual([]);
    expect(merged?.request.bytes).toEqual(mergeRequests(parts.map(({ request }) => request)).bytes);
    expect(merged?.request.items).toBe(12);
    expect(merged?.records).toEqual(new Set(['record-0', 'record-1', 'record-2']));
    expect(merged?.metadata).toEqual(metadata);
  });

  it('takes metadata for equal whatever the order of its names', () => {
    const parts = [
      telemetry('logs', 1, { owner: '1', log_group: 'g' }, 1),
      telemetry('logs', 1, { log_group: 'g', owner: '1' }, 2),
    ];
    expect(batch().process(parts)).toHaveLength(1);
  });

  it('D13: a single item beyond the limit passes alone, for its destination to decide', () => {
    const parts = batch({ maxBytes: 10 }).process([telemetry('logs', 3, {}, 1)]);
    expect(parts.map(({ request }) => request.items)).toEqual([1, 1, 1]);
  });

  it('fills a request up to its limits exactly', () => {
    const one = telemetry('logs', 1, {}, 1);
    const { length } = one.request.bytes;
    const ten = Array.from({ length: 10 }, () => one);
    const sizes = (limits: object): readonly number[] =>
      batch(limits)
        .process(ten)
        .map(({ request }) => request.items);
    expect(sizes({ maxBytes: 5 * length })).toEqual([5, 5]);
    expect(sizes({ maxBytes: 5 * length - 1 })).toEqual([4, 4, 2]);
    expect(sizes({ maxItems: 4 })).toEqual([4, 4, 2]);
    expect(sizes({})).toEqual([10]);
  });

  it('has limits that common backends accept: 4 MiB and 10 000 items', () => {
    const body = { stringValue: 'x'.repeat(1_048_576 - 100) };
    const large: Telemetry = {
      request: requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }] }] }] }),
      records: new Set(['r']),
      metadata: {},
    };
    expect(
      batch()
        .process([large, large, large, large, large])
        .map(({ request }) => request.items),
    ).toEqual([4, 1]);
    const many = telemetry('logs', 6_000, {}, 1);
    expect(
      batch()
        .process([many, many])
        .map(({ request }) => request.items),
    ).toEqual([6_000, 6_000]);
  });

  const parts = fc
    .array(
      fc.record({
        signal: fc.constantFrom(...SIGNALS),
        items: fc.integer({ min: 0, max: 12 }),
        metadata: fc.constantFrom(...TENANTS),
      }),
      { maxLength: 14 },
    )
    .map((all) => all.map(({ signal, items, metadata }, seed) => telemetry(signal, items, { ...metadata }, seed)));
  const limits = fc.record(
    { maxBytes: fc.integer({ min: 1, max: 3_000 }), maxItems: fc.integer({ min: 1, max: 20 }) },
    { requiredKeys: [] },
  );

  it('D20: never mixes owners, log groups, log streams, headers or signals', () => {
    fc.assert(
      fc.property(parts, limits, (input, given) => {
        const output = batch(given).process(input);
        for (const key of new Set([...input, ...output].map(keyOf))) {
          const own = (all: readonly Telemetry[]): readonly Telemetry[] => all.filter((part) => keyOf(part) === key);
          expect(idsOf(own(output))).toEqual(idsOf(own(input)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('D20: keeps tenants apart even when all else is equal', () => {
    const output = batch().process(
      TENANTS.flatMap((metadata, seed) => [1, 2].map((n) => telemetry('logs', 1, metadata, seed + 10 * n))),
    );
    expect(output.map(({ metadata }) => metadata)).toEqual(TENANTS);
    expect(output.every(({ request }) => request.items === 2)).toBe(true);
  });

  it('D13: stays within its limits, and every part is a valid request', () => {
    fc.assert(
      fc.property(parts, limits, (input, given) => {
        const { maxBytes = Infinity, maxItems = Infinity } = given;
        for (const { request } of batch(given).process(input)) {
          expect(parseRequest(request.signal, request.bytes).items).toBe(request.items);
          if (request.items > 1) expect(request.bytes.length).toBeLessThanOrEqual(maxBytes);
          expect(request.items).toBeLessThanOrEqual(Math.max(1, maxItems));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bytes for the same input, so that a backend can deduplicate', () => {
    fc.assert(
      fc.property(parts, limits, (input, given) => {
        const bytes = (): unknown =>
          batch(given)
            .process(input)
            .map(({ request }) => Buffer.from(request.bytes).toString('hex'));
        expect(bytes()).toEqual(bytes());
      }),
      { numRuns: 30 },
    );
  });
});
