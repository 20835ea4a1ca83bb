import { parseRequest } from '@serverless-otlp/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoded, EncodingUnderTest, InflateBudget, SourceRecord } from './structures.ts';

/** Records the suite works with. */
export interface EncodingContractOptions {
  /** Records this encoding reads; each must yield at least one request. */
  readonly examples: readonly SourceRecord[];
  /** Records of somebody else, which it must leave alone (`undefined`). */
  readonly foreign?: readonly SourceRecord[];
}

const CANARY = 'canary-6f1d';

/** A budget that remembers; `broken` when more was spent than was ever left. */
const budgetOf = (bytes: number): InflateBudget & { readonly spent: () => number } => {
  let left = bytes;
  return {
    allow: (limit) => Math.max(0, Math.min(limit, left)),
    spend: (used) => {
      left -= used;
    },
    spent: () => bytes - left,
  };
};

const record = (data: string | Uint8Array): SourceRecord => ({ id: 'record-1', data, attributes: {} });
const decode = (encoding: EncodingUnderTest, from: SourceRecord, bytes = 1 << 26): readonly Decoded[] | undefined =>
  encoding.decode(from, budgetOf(bytes));

const describeDecoded = (decoded: readonly Decoded[] | undefined): unknown =>
  decoded?.map((part) =>
    'request' in part
      ? { ...part, request: [part.request.signal, part.request.items, Buffer.from(part.request.bytes).toString('hex')] }
      : part,
  );

const checkShape = (part: Decoded): void => {
  expect(['request', 'fault', 'ignored'].filter((key) => key in part)).toHaveLength(1);
  if ('request' in part) {
    expect(parseRequest(part.request.signal, part.request.bytes).items).toBe(part.request.items);
  } else if ('fault' in part) {
    expect(part.fault.reason).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(part.fault.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(part.fault.bytes).toBeGreaterThanOrEqual(0);
    expect(JSON.stringify(part.fault)).not.toContain(CANARY);
    expect(typeof part.content === 'string' || part.content instanceof Uint8Array).toBe(true);
  } else {
    expect(part.ignored).toMatch(/^[a-z][a-z0-9_]*$/);
  }
};

/** One byte of an example changed, cut off there, or a canary put in. */
const damaged = (examples: readonly SourceRecord[]): fc.Arbitrary<SourceRecord> =>
  fc
    .record({
      example: fc.constantFrom(...examples),
      at: fc.nat(),
      byte: fc.nat({ max: 255 }),
      how: fc.constantFrom('set', 'cut', 'canary'),
    })
    .map(({ example, at, byte, how }) => {
      const bytes = Buffer.from(example.data);
      const index = bytes.length === 0 ? 0 : at % bytes.length;
      const put = how === 'canary' ? Buffer.from(CANARY) : Buffer.of(byte);
      const tail = how === 'cut' ? Buffer.alloc(0) : bytes.subarray(how === 'set' ? index + 1 : index);
      const data = Buffer.concat([bytes.subarray(0, index), put, tail]);
      return { ...example, data: typeof example.data === 'string' ? data.toString() : data };
    });

/**
 * Runs an encoding through what docs/specs/component.md asks of every encoding.
 *
 * @example encodingContract('otlp_json', () => otlpJson(), { examples: [record(line)] });
 */
export const encodingContract = (
  name: string,
  create: () => EncodingUnderTest,
  { examples, foreign = [] }: EncodingContractOptions,
): void => {
  describe(`${name} keeps the encoding contract`, () => {
    it('has a name in snake_case', () => {
      expect(create().name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    });

    it('reads its examples', () => {
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        const decoded = decode(create(), example) ?? [];
        decoded.forEach(checkShape);
        expect(decoded.filter((part) => 'request' in part)).not.toEqual([]);
      }
    });

    it('leaves what is not its own alone', () => {
      for (const other of foreign) {
        const decoded = decode(create(), other);
        expect(decoded?.filter((part) => !('ignored' in part)) ?? []).toEqual([]);
      }
    });

    it('never throws, whatever the text or the bytes', () => {
      const data = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.uint8Array({ maxLength: 512 }));
      fc.assert(fc.property(data, (input) => decode(create(), record(input))?.forEach(checkShape)));
    });

    it('never throws on a damaged example, and repeats nothing of its content', () => {
      fc.assert(fc.property(damaged(examples), (input) => decode(create(), input)?.forEach(checkShape)));
    });

    it('gives the same output for the same input, and leaves the input as it was', () => {
      for (const example of examples) {
        const copy = typeof example.data === 'string' ? example.data : example.data.slice();
        const encoding = create();
        const first = describeDecoded(decode(encoding, example));
        expect(describeDecoded(decode(encoding, example))).toEqual(first);
        expect(example.data).toEqual(copy);
      }
    });

    it('inflates no more than its budget allows', () => {
      for (const example of examples) {
        for (const bytes of [0, 1, 100, 10_000]) {
          const budget = budgetOf(bytes);
          create().decode(example, budget)?.forEach(checkShape);
          expect(budget.spent()).toBeLessThanOrEqual(bytes);
        }
      }
    });
  });
};
