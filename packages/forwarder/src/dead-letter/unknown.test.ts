import { expect, it } from 'vitest';
import type { Store } from '../types.ts';
import { countUnknown } from './unknown.ts';

/** A store with so many objects in each folder below `pending/`. */
const storeOf = (folders: readonly string[], objects: number): Store => ({
  name: 'made up',
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  remove: () => Promise.resolve(),
  folders: () => Promise.resolve(folders),
  // eslint-disable-next-line @typescript-eslint/require-await
  list: async function* (prefix) {
    for (let index = 0; index < objects; index++) yield { key: `${prefix}${index}`, bytes: 1, modifiedMs: 0 };
  },
});

it('D22a: names destinations that nobody configured and counts what waits for them', async () => {
  const store = storeOf(['otlp_http', 'otlp_http%2Fgone', 'typo'], 3);
  expect(await countUnknown(store, new Set(['otlp_http']))).toEqual({ 'otlp_http/gone': 3, typo: 3 });
  expect(await countUnknown(storeOf([], 3), new Set())).toEqual({});
});

it('D26: whoever writes to the store makes up neither names in a report nor metrics without end', async () => {
  const hostile = ['%1b%5b31m', '%22%2c%22_aws%22%3a1', 'x'.repeat(129), '%0a', '%e2%80%ae'];
  expect(await countUnknown(storeOf(hostile, 2), new Set())).toEqual({ others: 10 });
  const many = Array.from({ length: 500 }, (_, index) => `made-up-${index}`);
  const counted = await countUnknown(storeOf(many, 1), new Set());
  expect(Object.keys(counted)).toHaveLength(21);
  expect(counted['others']).toBe(480);
});

it('D22a: stops counting when the number says enough', async () => {
  expect(await countUnknown(storeOf(['a', 'b', 'c'], 6_000), new Set())).toEqual({ a: 6_000, b: 4_000 });
});
