import { expect } from 'vitest';
import { keysOf, prefixesOf, putAll, sortedByBytes, type StoreCheck, textOf } from './store-samples.ts';

/** What is asked of a store about many objects; `manyObjects` of them make it go through pages. */
export const checkLists = (check: StoreCheck, manyObjects: number): void => {
  const numbered = (prefix: string): readonly string[] =>
    Array.from({ length: manyObjects }, (_, index) => `${prefix}${String(index).padStart(6, '0')}`);

  check('lists what begins with a prefix, wherever it ends', async (store) => {
    const keys = ['a/b/c', 'a/b-c', 'a/bc/d', 'a-b/c', 'ab', 'b/😀/é/1', 'b/😀é/1'];
    await putAll(store, keys);
    for (const prefix of [...prefixesOf(keys), ...keys, 'c', 'a/c', 'ab/', 'a/b/c/'])
      expect([prefix, await keysOf(store, prefix)]).toEqual([
        prefix,
        sortedByBytes(keys.filter((key) => key.startsWith(prefix))),
      ]);
  });

  check('lists and removes many, page by page', async (store) => {
    const keys = [...numbered('many/x/'), ...numbered('many-x/'), 'z'];
    await putAll(store, keys);
    expect(await keysOf(store, '')).toEqual(sortedByBytes(keys));
    for await (const { key } of store.list('many/')) {
      expect(key).toBe(keys[0]);
      break;
    }
    await store.remove(keys.slice(0, -1));
    expect(await keysOf(store, '')).toEqual(['z']);
  });

  check('names the folders below a prefix, each once, in order', async (store) => {
    const many = numbered('many/').map((folder) => `${folder}/1`);
    await putAll(store, ['a/x', 'b/1/x', 'b/1/y', 'b/10/x', 'b/1-/x', 'b/%2F/x', 'b/é/x', 'b/e/x/y/z', 'c', ...many]);
    expect(await store.folders('')).toEqual(['a', 'b', 'many']);
    expect(await store.folders('b/')).toEqual(['%2F', '1', '1-', '10', 'e', 'é']);
    expect(await store.folders('a/')).toEqual([]);
    expect(await store.folders('many/')).toEqual(numbered(''));
    await store.remove(['a/x', 'b/1/x']);
    expect(await store.folders('')).toEqual(['b', 'many']);
    expect(await store.folders('b/')).toContain('1');
  });

  check('removes what it is told and nothing else, and what is gone once more', async (store) => {
    await putAll(store, ['a/b', 'a/bc', 'a/c/d', 'e']);
    const keys = Object.freeze(['a/b', 'a/b', 'missing/x', 'a/c']);
    await store.remove(keys);
    await store.remove(keys);
    await store.remove([]);
    expect(await store.get('a/b')).toBeUndefined();
    expect(await keysOf(store, '')).toEqual(['a/bc', 'a/c/d', 'e']);
    await store.remove(['a/bc', 'a/c/d', 'e']);
    expect(await keysOf(store, '')).toEqual([]);
    await store.put('a/b', Buffer.from('again'));
    expect(await textOf(store, 'a/b')).toBe('again');
  });

  check('loses no put to a remove of its neighbour', async (store) => {
    for (let round = 0; round < 20; round += 1) {
      await store.put('folder/old', Buffer.from('old'));
      await Promise.all([store.remove(['folder/old']), store.put('folder/new', Buffer.from('new'))]);
      expect(await keysOf(store, '')).toEqual(['folder/new']);
      await store.remove(['folder/new']);
    }
  });

  check('lists on while what it listed is removed', async (store) => {
    const keys = numbered('pending/x/');
    await putAll(store, keys);
    const seen: string[] = [];
    for await (const { key } of store.list('pending/')) {
      seen.push(key);
      if (seen.length % 7 === 0) await store.remove(seen.slice(-7));
    }
    await store.remove(seen.slice(-7));
    expect(seen).toEqual(keys);
    expect(await keysOf(store, '')).toEqual([]);
  });
};
