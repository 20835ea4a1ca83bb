import { describe, expect, it } from 'vitest';
import { checkLists } from './store-lists.ts';
import { checkObjects } from './store-objects.ts';
import { expectRefusal, HOSTILE_KEYS, HOSTILE_PREFIXES, keysOf, listed, type StoreCheck } from './store-samples.ts';
import type { StoreUnderTest } from './structures.ts';

/** A store that holds nothing yet, and what has to be closed after it. */
export interface StoreCase {
  readonly store: StoreUnderTest;
  readonly close?: () => void | Promise<void>;
}

/** How the suite runs a store. */
export interface StoreContractOptions {
  /** How many objects make it go through pages, if it has any; default 50. */
  readonly manyObjects?: number;
  /** Time one check may take, in ms; default 20000. */
  readonly timeoutMs?: number;
}

/**
 * Runs a store through what `Store` in the forwarder's types.ts promises; `open` is called for each check.
 *
 * @example storeContract('folder', async () => { const path = await mkdtemp('…'); return { store: folderStore({ path }), close: () => rm(path, { recursive: true }) }; });
 */
export const storeContract = (
  name: string,
  open: () => StoreCase | Promise<StoreCase>,
  { manyObjects = 50, timeoutMs = 20_000 }: StoreContractOptions = {},
): void => {
  const check: StoreCheck = (title, use) => {
    it(
      title,
      async () => {
        const { store, close } = await open();
        try {
          await use(store);
        } finally {
          await close?.();
        }
      },
      timeoutMs,
    );
  };

  describe(`${name} keeps the store contract`, () => {
    check('has a name for people', async (store) => {
      expect(store.name.trim()).not.toBe('');
      expect(await store.get('a')).toBeUndefined();
    });

    checkObjects(check);
    checkLists(check, manyObjects);

    check('refuses what is no key, and does nothing then', async (store) => {
      await store.put('a/b', Buffer.from('x'));
      for (const key of HOSTILE_KEYS) {
        const shown = JSON.stringify(key.slice(0, 40));
        await expectRefusal(`put ${shown}`, store.put(key, Buffer.from('x')));
        await expectRefusal(`get ${shown}`, store.get(key));
        await expectRefusal(`remove ${shown}`, store.remove(['a/b', key]));
      }
      for (const prefix of HOSTILE_PREFIXES) {
        await expectRefusal(`list ${JSON.stringify(prefix)}`, listed(store, prefix));
        await expectRefusal(`folders ${JSON.stringify(prefix)}`, store.folders(prefix));
      }
      await expectRefusal('folders of no folder', store.folders('a'));
      expect(await keysOf(store, '')).toEqual(['a/b']);
    });
  });
};
