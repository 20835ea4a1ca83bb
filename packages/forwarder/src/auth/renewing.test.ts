import { describe, expect, it } from 'vitest';
import { renewing } from './renewing.ts';

interface Value {
  readonly id: number;
  readonly expiresAtMs: number;
}

/** Fetches values that are good for 100 ms, beginning with 1, by a clock that is moved by hand; `fail` rejects once for each. */
const setUp = (lifetimeMs = 100) => {
  const state = { nowMs: 0, fetched: 0, fail: [] as Error[] };
  const value = renewing<Value>({
    fetch: async () => {
      state.fetched++;
      await Promise.resolve();
      const error = state.fail.shift();
      if (error !== undefined) throw error;
      return { id: state.fetched, expiresAtMs: state.nowMs + lifetimeMs };
    },
    expiresAtMs: ({ expiresAtMs }) => expiresAtMs,
    marginMs: 20,
    now: () => state.nowMs,
  });
  return { state, value, id: async () => (await value()).id };
};

describe('renewing', () => {
  it('fetches once, and again a margin before it expires', async () => {
    const { state, id } = setUp();
    expect([await id(), await id()]).toEqual([1, 1]);
    state.nowMs = 79;
    expect(await id()).toBe(1);
    state.nowMs = 80;
    expect(await id()).toBe(2);
  });

  it('keeps for ever what never expires', async () => {
    const { state, id } = setUp();
    const forever = renewing({
      fetch: id,
      expiresAtMs: () => undefined,
      marginMs: 20,
      now: () => state.nowMs,
    });
    await forever();
    state.nowMs = 1e15;
    expect([await forever(), state.fetched]).toEqual([1, 1]);
  });

  it('fetches one at a time, whoever asks and however', async () => {
    const { state, value } = setUp();
    const all = await Promise.all(Array.from({ length: 50 }, (_, index) => value({ fresh: index % 2 === 0 })));
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set([1]));
    expect(state.fetched).toBe(1);
  });

  it('fetches another one when it is asked for a fresh one', async () => {
    const { value, id } = setUp();
    await id();
    expect((await value({ fresh: true })).id).toBe(2);
    expect(await id()).toBe(2);
  });

  it('gives the old one while it is good and another cannot be had, and asks again only now and then', async () => {
    const { state, id } = setUp(100_000);
    await id();
    state.nowMs = 99_985;
    state.fail = [new Error('down'), new Error('down')];
    expect([await id(), await id(), state.fetched]).toEqual([1, 1, 2]);
    state.nowMs = 100_000;
    await expect(id()).rejects.toThrow('down');
    expect(await id()).toBe(4);
  });

  it('rejects when there never was one, and tries again with the next', async () => {
    const { state, id } = setUp();
    state.fail = [new Error('down')];
    await expect(id()).rejects.toThrow('down');
    expect(await id()).toBe(2);
  });

  it('does not ask again for ten seconds what only a person can change', async () => {
    const { state, id } = setUp();
    state.nowMs = 50_000;
    state.fail = [Object.assign(new Error('unknown client'), { retryable: false })];
    await expect(id()).rejects.toThrow('unknown client');
    state.nowMs += 9_999;
    await expect(id()).rejects.toThrow('unknown client');
    expect(state.fetched).toBe(1);
    state.nowMs += 1;
    expect(await id()).toBe(2);
  });

  it('does not wait for a clock that was set back', async () => {
    const { state, id } = setUp();
    state.nowMs = 50_000;
    state.fail = [Object.assign(new Error('unknown client'), { retryable: false })];
    await expect(id()).rejects.toThrow('unknown client');
    state.nowMs = 0;
    expect(await id()).toBe(2);
  });

  it('keeps the old one when a fresh one cannot be had', async () => {
    const { state, value, id } = setUp();
    await id();
    state.fail = [new Error('down')];
    await expect(value({ fresh: true })).rejects.toThrow('down');
    expect(await id()).toBe(1);
  });
});
