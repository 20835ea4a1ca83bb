import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { batchesOf, type BatchLimits } from './batches.ts';

const all = async <T>(source: AsyncIterable<T>): Promise<readonly T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};

const limits: BatchLimits = { maxItems: 3, maxBytes: 10, maxWaitMs: 5000 };
const lengthOf = (text: string): number => text.length;

async function* of(...chunks: readonly (readonly string[])[]): AsyncGenerator<readonly string[], void> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

describe('batchesOf', () => {
  it('fills batches up to their limits, in order', async () => {
    const batches = await all(
      batchesOf(of(['a', 'b'], ['c', 'd'], ['eeeee', 'ffffff', 'g'.repeat(20), 'h']), lengthOf, limits),
    );
    expect(batches).toEqual([['a', 'b', 'c'], ['d', 'eeeee'], ['ffffff'], ['g'.repeat(20)], ['h']]);
  });

  it('hands on what waits too long while the source is silent', async () => {
    async function* slow(): AsyncGenerator<readonly string[], void> {
      yield ['a'];
      await sleep(300);
      yield ['b'];
    }
    const batches = await all(batchesOf(slow(), lengthOf, { ...limits, maxWaitMs: 20 }));
    expect(batches).toEqual([['a'], ['b']]);
  });

  it('reads no more than one chunk ahead of a slow taker', async () => {
    let produced = 0;
    async function* source(): AsyncGenerator<readonly string[], void> {
      for (; produced < 100; produced += 1) yield await Promise.resolve(['aaaaaaaaaa']);
    }
    const batches = batchesOf(source(), lengthOf, limits);
    await batches.next();
    await sleep(20);
    expect(produced).toBeLessThan(4);
    await batches.return();
  });
});
