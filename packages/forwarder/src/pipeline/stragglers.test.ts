import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GRACE_MS, stragglers } from './stragglers.ts';

const GRACE_MS = 40;
/** Long after the grace; timers of a busy machine come late, never early. */
const LONG_AFTER_MS = 120;

const abortedOf = (watch: ReturnType<typeof stragglers>, ...names: readonly string[]): readonly unknown[] =>
  names.map((name) => watch.signalOf(name)?.aborted);

/** When the destination is given up, in milliseconds from now. */
const givenUpAfter = (watch: ReturnType<typeof stragglers>, name: string): Promise<number> => {
  const began = performance.now();
  return new Promise((resolve) =>
    watch.signalOf(name)?.addEventListener('abort', () => resolve(performance.now() - began)),
  );
};

describe('stragglers', () => {
  it('D7a: gives the last one up, graceMs after all others have settled, and says why', async () => {
    const watch = stragglers(['a', 'b', 'c'], GRACE_MS);
    watch.settled('a', true);
    watch.settled('c', true);
    expect(await givenUpAfter(watch, 'b')).toBeGreaterThan(GRACE_MS - 5);
    expect(abortedOf(watch, 'a', 'b', 'c')).toEqual([false, true, false]);
    const { message } = watch.signalOf('b')?.reason as Error;
    expect(message).toBe('given up 40 ms after all other destinations had settled');
  });

  it('D7a: waits while two are at work', async () => {
    const watch = stragglers(['a', 'b', 'c'], GRACE_MS);
    watch.settled('a', true);
    await sleep(LONG_AFTER_MS);
    expect(abortedOf(watch, 'b', 'c')).toEqual([false, false]);
    watch.settled('b', true);
    expect(await givenUpAfter(watch, 'c')).toBeGreaterThan(GRACE_MS - 5);
  });

  it('D7a: a destination has settled when all its signals have', async () => {
    const watch = stragglers(['a', 'b', 'a', 'b'], GRACE_MS);
    watch.settled('a', true);
    watch.settled('b', true);
    await sleep(LONG_AFTER_MS);
    expect(abortedOf(watch, 'a', 'b')).toEqual([false, false]);
    watch.settled('a', true);
    expect(await givenUpAfter(watch, 'b')).toBeGreaterThan(GRACE_MS - 5);
  });

  it('D7a: the time of the last one does not begin anew with each of its signals', async () => {
    const watch = stragglers(['a', 'b', 'b', 'b'], GRACE_MS);
    const began = performance.now();
    watch.settled('a', true);
    const givenUp = givenUpAfter(watch, 'b').then(() => performance.now() - began);
    await sleep(GRACE_MS / 2);
    watch.settled('b', true);
    await sleep(GRACE_MS / 4);
    watch.settled('b', true);
    expect(await givenUp).toBeLessThan(GRACE_MS + LONG_AFTER_MS);
  });

  it('D7a: one that settles within its time is never given up', async () => {
    const watch = stragglers(['a', 'b'], GRACE_MS);
    watch.settled('a', true);
    await sleep(GRACE_MS / 4);
    watch.settled('b', true);
    await sleep(LONG_AFTER_MS);
    expect(abortedOf(watch, 'a', 'b')).toEqual([false, false]);
  });

  it.each([[[]], [['a']], [['a', 'a', 'a']]])('D7a: watches nobody when there are no others: %j', async (legs) => {
    const watch = stragglers(legs, 1);
    for (const name of legs) {
      expect(watch.signalOf(name)).toBeUndefined();
      watch.settled(name, true);
    }
    await sleep(10);
    expect(watch.signalOf('a')).toBeUndefined();
  });

  it('D1, D7a: how fast others fail is no measure for one that is slow and well', async () => {
    const watch = stragglers(['a', 'b', 'b', 'c'], GRACE_MS);
    watch.settled('a', false);
    watch.settled('b', true);
    watch.settled('c', false);
    await sleep(LONG_AFTER_MS);
    expect(abortedOf(watch, 'a', 'b', 'c')).toEqual([false, false, false]);
  });

  it('D7a: without a grace the last one is given up at once', async () => {
    const watch = stragglers(['a', 'b'], 0);
    const givenUp = givenUpAfter(watch, 'b');
    watch.settled('a', true);
    expect(await givenUp).toBeLessThan(LONG_AFTER_MS);
  });

  it('D7a: the signals of one destination share one abort, and nobody else has it', () => {
    const watch = stragglers(['a', 'b', 'a'], GRACE_MS);
    expect(watch.signalOf('a')).toBe(watch.signalOf('a'));
    expect(watch.signalOf('a')).not.toBe(watch.signalOf('b'));
    expect(watch.signalOf('stranger')).toBeUndefined();
  });

  it('leaves no listener and no timer behind', () => {
    const watch = stragglers(['a', 'b', 'b'], 60_000);
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    watch.settled('a', true);
    expect(timers()).toBe(before + 1);
    watch.settled('b', true);
    expect(timers()).toBe(before + 1);
    watch.settled('b', true);
    expect(timers()).toBe(before);
    const [a, b] = [watch.signalOf('a'), watch.signalOf('b')];
    expect([a, b].map((signal) => (signal === undefined ? -1 : getEventListeners(signal, 'abort').length))).toEqual([
      0, 0,
    ]);
  });

  it('D7a: the grace is below a second by default, so that the rest is stored within it', () => {
    expect(DEFAULT_GRACE_MS).toBe(900);
  });
});
