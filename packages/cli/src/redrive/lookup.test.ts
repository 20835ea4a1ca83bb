import { memoryStore, sampleLetter } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { lookUp } from './lookup.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
const never = new AbortController().signal;

const worldOf = () => {
  const [store, eventStore] = [memoryStore(), memoryStore()];
  const letters = Array.from({ length: 40 }, (_, seed) => {
    const state = (['pending', 'quarantine', 'expired'] as const)[seed % 3];
    const letter = sampleLetter({ timeMs: T0, seed, ...(state && { state }) });
    store.objects.set(letter.key, letter.body);
    return letter;
  });
  eventStore.objects.set('aws/lambda/async/f/x', Buffer.from('{}'));
  const find = async (...names: readonly string[]): Promise<readonly string[]> =>
    (await lookUp({ store, eventStore }, names, never)).map(({ key }) => key);
  return { store, letters, find };
};

describe('lookUp', () => {
  it('finds by key, and by the beginning of the SHA-256 in any state', async () => {
    const { letters, find } = worldOf();
    const [a, b, c] = letters.map(({ key }) => key);
    const shaOf = (key = ''): string => key.slice(-64);
    expect(await find(a ?? '', shaOf(b), shaOf(c).slice(0, 12).toUpperCase(), 'aws/lambda/async/f/x')).toEqual([
      a,
      b,
      c,
      'aws/lambda/async/f/x',
    ]);
  });

  it('refuses what is none, is not there, or is several', async () => {
    const { store, find } = worldOf();
    await expect(find('xyz')).rejects.toThrow('is neither a key nor at least 4 digits');
    await expect(find('../../etc/passwd')).rejects.toThrow('is neither a key');
    await expect(find('\u001b[2J')).rejects.toThrow('"\\u001b[2J" is neither');
    await expect(find('0'.repeat(64))).rejects.toThrow('there is no object "00');
    await expect(find(sampleLetter({ timeMs: T0 - 1 }).key)).rejects.toThrow('may have been redriven');
    await expect(find('aws/lambda/async/f/y')).rejects.toThrow('there is no object');
    for (let index = 0; index < 8; index++)
      store.objects.set(`pending/d/traces/20261120T120000.00${index}Z/${'ab'.repeat(32)}`, Buffer.from('x'));
    const several = find('abab');
    await expect(several).rejects.toThrow('abab is the beginning of several');
    await expect(several).rejects.toThrow(/…$/);
  });

  it('finds nothing more when it is interrupted', async () => {
    const { store } = worldOf();
    const stopped = AbortSignal.abort();
    expect(await lookUp({ store, eventStore: store }, ['abcd'], stopped)).toEqual([]);
  });
});
