import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { until } from './until.ts';

const NEVER = new Promise<string>(() => undefined);

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('until', () => {
  it('resolves with what it waits for', async () => {
    await expect(until(Promise.resolve('there'), 60_000)).resolves.toBe('there');
  });

  it('rejects with what it waits for', async () => {
    await expect(until(Promise.reject(new Error('broken')), 60_000)).rejects.toThrow('broken');
  });

  it.each([0, -1, 5])('waits no longer than the time: %i ms', async (ms) => {
    await expect(until(NEVER, ms)).resolves.toBeUndefined();
  });

  it('takes a time that no timer takes', async () => {
    const soon = new Promise<string>((resolve) => setTimeout(() => resolve('there'), 20));
    await expect(until(soon, Infinity)).resolves.toBe('there');
  });

  it('waits no longer than until the signal', async () => {
    const control = new AbortController();
    const waiting = until(NEVER, 60_000, control.signal);
    control.abort();
    await expect(waiting).resolves.toBeUndefined();
  });

  it('does not wait for a signal that fired before', async () => {
    await expect(until(NEVER, 60_000, AbortSignal.abort())).resolves.toBeUndefined();
  });

  it.each([
    ['resolves', () => Promise.resolve('there')],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['goes on', () => NEVER],
  ])('leaves neither timer nor listener when the work %s', async (does, work) => {
    const control = new AbortController();
    const before = timers();
    const waiting = until(work(), 60_000, control.signal).catch(() => undefined);
    if (does === 'goes on') control.abort();
    await waiting;
    expect(timers()).toBe(before);
    expect(getEventListeners(control.signal, 'abort')).toHaveLength(0);
  });
});
