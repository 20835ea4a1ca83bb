import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { within } from './within.ts';

const never = new Promise<never>(() => undefined);
const tooLong = { name: 'AuthenticationError', message: 'the token took too long', retryable: true };

describe('within', () => {
  it('gives what comes in time, and leaves nothing behind', async () => {
    const { signal } = new AbortController();
    expect(await within(Promise.resolve(1), 'the token', Infinity, signal)).toBe(1);
    await expect(within(Promise.reject(new Error('no')), 'the token', 1000, signal)).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects when it takes longer', async () => {
    await expect(within(never, 'the token', 1, undefined)).rejects.toMatchObject(tooLong);
  });

  it('rejects when it is given up, before or meanwhile', async () => {
    await expect(within(never, 'the token', 60_000, AbortSignal.abort())).rejects.toMatchObject(tooLong);
    const abort = new AbortController();
    const waiting = within(never, 'the token', 60_000, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject(tooLong);
  });
});
