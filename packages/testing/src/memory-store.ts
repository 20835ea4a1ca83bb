import type { StoredObject, StoreUnderTest } from './contracts/structures.ts';

/** An operation of a store; `key` is a prefix for `list` and `folders`, and the first of many for `remove`. */
export type StoreOperation = 'put' | 'get' | 'list' | 'folders' | 'remove';

/** What a store in memory does besides keeping objects. */
export interface MemoryStoreOptions {
  /** Awaited before every operation; when it rejects, so does the operation, and nothing has happened. */
  readonly before?: (operation: StoreOperation, key: string) => unknown;
  /** Awaited after every operation that changes something: it has happened, and nobody may ever hear of it. */
  readonly after?: (operation: StoreOperation, key: string) => unknown;
  readonly now?: () => number;
}

/** A store in memory, and what is in it. */
export interface MemoryStore extends StoreUnderTest {
  readonly objects: Map<string, Uint8Array>;
  /** When objects were put, in epoch milliseconds; one that is not here is of now. */
  readonly times: Map<string, number>;
}

const sorted = (keys: Iterable<string>): readonly string[] =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Keeps objects in memory. Lists see what is there when they begin. */
export const memoryStore = (options: MemoryStoreOptions = {}): MemoryStore => {
  const { before, after, now = Date.now } = options;
  const objects = new Map<string, Uint8Array>();
  const times = new Map<string, number>();
  const below = (prefix: string): readonly string[] =>
    sorted([...objects.keys()].filter((key) => key.startsWith(prefix)));

  return {
    name: 'memory',
    objects,
    times,
    put: async (key, body) => {
      await before?.('put', key);
      objects.set(key, Uint8Array.from(body));
      times.set(key, now());
      await after?.('put', key);
    },
    get: async (key) => {
      await before?.('get', key);
      const body = objects.get(key);
      return body && Uint8Array.from(body);
    },
    list: async function* (prefix): AsyncGenerator<StoredObject> {
      await before?.('list', prefix);
      for (const key of below(prefix)) {
        const body = objects.get(key);
        if (body !== undefined) yield { key, bytes: body.length, modifiedMs: times.get(key) ?? now() };
      }
    },
    folders: async (prefix) => {
      await before?.('folders', prefix);
      const deeper = below(prefix).filter((key) => key.includes('/', prefix.length));
      return sorted(new Set(deeper.map((key) => key.slice(prefix.length).split('/', 1)[0] ?? '')));
    },
    remove: async (keys) => {
      await before?.('remove', keys[0] ?? '');
      for (const key of keys) objects.delete(key);
      await after?.('remove', keys[0] ?? '');
    },
  };
};
