import { expect } from 'vitest';
import {
  holds,
  keysOf,
  listed,
  ORDINARY_KEYS,
  putAll,
  sortedByBytes,
  type StoreCheck,
  textOf,
} from './store-samples.ts';

/** Clocks of a store and of the tests may differ by this much. */
const CLOCK_SKEW_MS = 60_000;

/** Every byte, in an order that is no text, more than a store takes in one piece. */
const LARGE = Buffer.from(Uint8Array.from({ length: 1024 * 1024 + 7 }, (_, index) => (index * 167) ^ (index >> 8)));

/** What is asked of a store about single objects. */
export const checkObjects = (check: StoreCheck): void => {
  check('is empty at first', async (store) => {
    expect(await listed(store, '')).toEqual([]);
    expect(await listed(store, 'a/b')).toEqual([]);
    expect(await store.folders('')).toEqual([]);
    expect(await store.folders('a/')).toEqual([]);
    expect(await store.get('a/b')).toBeUndefined();
    await store.remove(['a/b', 'c']);
  });

  check('gives back the same bytes, none, few or many', async (store) => {
    const bodies = { none: Buffer.alloc(0), few: Buffer.from('\r\n\0\xff\xc3\x28', 'latin1'), many: LARGE };
    for (const [key, body] of Object.entries(bodies)) {
      await store.put(`bytes/${key}`, body);
      expect([key, await holds(store, `bytes/${key}`, body)]).toEqual([key, true]);
    }
    const sizes = (await listed(store, 'bytes/')).map(({ key, bytes }) => [key, bytes]);
    expect(sizes).toEqual([
      ['bytes/few', 6],
      ['bytes/many', LARGE.length],
      ['bytes/none', 0],
    ]);
  });

  check('keeps the bytes of a view and not those around it, and a copy of its own', async (store) => {
    const around = Buffer.from('0123456789');
    const body = new Uint8Array(around.buffer, around.byteOffset + 3, 4);
    await store.put('view', body);
    expect(around.toString()).toBe('0123456789');
    around.fill(0);
    expect(await textOf(store, 'view')).toBe('3456');
    (await store.get('view'))?.fill(0);
    expect(await textOf(store, 'view')).toBe('3456');
  });

  check('replaces what was there', async (store) => {
    await store.put('a/b', Buffer.from('the first, which is longer'));
    await store.put('a/b', Buffer.from('second'));
    expect(await textOf(store, 'a/b')).toBe('second');
    expect(await listed(store, '')).toMatchObject([{ key: 'a/b', bytes: 6 }]);
  });

  check('tells when an object was written', async (store) => {
    const startMs = Date.now();
    await store.put('a', Buffer.from('x'));
    for (const { modifiedMs } of await listed(store, '')) {
      expect(Number.isInteger(modifiedMs)).toBe(true);
      expect(modifiedMs).toBeGreaterThan(startMs - CLOCK_SKEW_MS);
      expect(modifiedMs).toBeLessThan(Date.now() + CLOCK_SKEW_MS);
    }
    expect(await listed(store, '')).toHaveLength(1);
  });

  check('keeps every key apart, and lists them in order of their bytes', async (store) => {
    await putAll(store, [...ORDINARY_KEYS].reverse());
    expect(await keysOf(store, '')).toEqual(sortedByBytes(ORDINARY_KEYS));
    for (const key of ORDINARY_KEYS) expect(await textOf(store, key)).toBe(key);
    const [first = '', ...others] = ORDINARY_KEYS;
    for (const key of others) await store.remove([key]);
    expect(await keysOf(store, '')).toEqual([first]);
  });

  check('takes puts of one key side by side, and keeps one of them whole', async (store) => {
    const bodies = Array.from({ length: 16 }, (_, index) => Buffer.alloc(50_000 + index, `${index},`).toString());
    await Promise.all(bodies.map((body) => store.put('one/key', Buffer.from(body))));
    const kept = await textOf(store, 'one/key');
    expect(bodies.some((body) => body === kept)).toBe(true);
    expect(await keysOf(store, '')).toEqual(['one/key']);
  });

  check('rejects what was given up before it began', async (store) => {
    await store.put('there', Buffer.from('x'));
    const abort = AbortSignal.abort();
    await expect(store.put('a', Buffer.from('x'), abort)).rejects.toBeInstanceOf(Error);
    await expect(store.get('there', abort)).rejects.toBeInstanceOf(Error);
    expect(await keysOf(store, '')).toEqual(['there']);
    await store.put('a', Buffer.from('x'), new AbortController().signal);
    expect(await textOf(store, 'a')).toBe('x');
  });
};
