import { memoryStore, sampleLetter } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { discardAll, survey, type Meant } from './discard.ts';
import { filtersOf } from './filters.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');

const worldOf = (count: number, broken = '') => {
  let calls = 0;
  const removed: number[] = [];
  const store = memoryStore({
    now: () => T0,
    before: (operation) => {
      if (operation !== 'remove') return;
      calls++;
      if (broken === 'all' || broken === String(calls)) throw new Error('access denied');
    },
  });
  for (let seed = 0; seed < count; seed++) {
    const letter = sampleLetter({ timeMs: T0 - 1_000 + seed, seed, header: { reason: seed % 2 === 0 ? 'a' : 'b' } });
    store.objects.set(letter.key, letter.body);
    store.times.set(letter.key, T0 - 1_000 + seed);
  }
  const errors: string[] = [];
  const stop = new AbortController();
  const discarded = async (options: Parameters<typeof filtersOf>[0], after?: () => void): Promise<number> => {
    const meant: Meant = {
      stores: { store, eventStore: store },
      filters: filtersOf(options, ['pending']),
      given: undefined,
      signal: stop.signal,
    };
    const found = await survey(meant, () => undefined);
    after?.();
    await discardAll(meant, found, {
      onDiscarded: (objects) => removed.push(objects),
      onError: (message) => errors.push(message),
    });
    return found.objects;
  };
  return { store, discarded, removed, errors, stop };
};

describe('discard', () => {
  it('removes what is meant, in batches, and nothing else', async () => {
    const world = worldOf(1_101);
    const aside = sampleLetter({ state: 'quarantine', timeMs: T0 });
    world.store.objects.set(aside.key, aside.body);
    expect(await world.discarded({ destination: ['d'] })).toBe(1_101);
    expect(world.removed).toEqual([500, 500, 101]);
    expect([...world.store.objects.keys()]).toEqual([aside.key]);
  });

  it('removes by reason', async () => {
    const world = worldOf(11);
    expect(await world.discarded({ reason: 'b' })).toBe(5);
    expect(world.store.objects.size).toBe(6);
  });

  it('leaves what came after it was counted', async () => {
    const world = worldOf(3);
    const late = sampleLetter({ timeMs: T0, seed: 77 });
    const found = await world.discarded({}, () => {
      world.store.objects.set(late.key, late.body);
      world.store.times.set(late.key, T0);
    });
    expect(found).toBe(3);
    expect([...world.store.objects.keys()]).toEqual([late.key]);
  });

  it('counts a batch that failed as left, and goes on', async () => {
    const world = worldOf(1_200, '2');
    expect(await world.discarded({})).toBe(1_200);
    expect(world.removed).toEqual([500, 200]);
    expect(world.errors).toEqual(['access denied']);
    expect(world.store.objects.size).toBe(500);
  });

  it('removes nothing more once it is interrupted', async () => {
    const world = worldOf(10);
    await world.discarded({}, () => world.stop.abort());
    expect(world.removed).toEqual([]);
    expect(world.store.objects.size).toBe(10);
  });
});
