import { expect } from 'vitest';
import type { StoredObject, StoreUnderTest } from './structures.ts';

/** Keys whose order or spelling a store may get wrong: what comes before `/`, what XML, URLs and file systems escape. */
export const ORDINARY_KEYS: readonly string[] = [
  'pending/a/traces/20260102T030405.678Z/0f',
  'pending/a/traces/20260102T030405.678Z/f0',
  'pending/a/traces/20260102T030405.679Z/00',
  'pending/a/logs/20250102T030405.678Z/00',
  'pending/a-b/logs/1',
  'pending/a.b/logs/1',
  'pending/a0/logs/1',
  'pending-1',
  'pending.1',
  'Zed/x',
  'deep/1/2/3/4/5/6/7/8/9/10/11/12',
  'a b/c+d',
  'a%2Fb/%',
  'a%252Fb/%25',
  'a/b',
  '..a/...',
  '.dot/.name',
  "<&>/'quotes'",
  '"/quotes',
  '#?&=;,:@!$()*~[]{}|^`',
  'é/composed',
  '\uFB00/below the surrogates in UTF-8, above them in UTF-16',
  '😀/above',
];

/** What is no key: it could leave the store, or no two stores agree on what it means. */
export const HOSTILE_KEYS: readonly string[] = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  './a',
  '../a',
  'a/./b',
  'a/..',
  'a/../../b',
  'a\\b',
  '..\\a',
  'a\0b',
  'a\nb',
  'a\u007Fb',
  'half a character \uD83D',
  'x'.repeat(1025),
  `${'é'.repeat(512)}x`,
];

/** What no key begins with. */
export const HOSTILE_PREFIXES: readonly string[] = ['/', '../', './', 'a//', 'a/../', 'a/./b', 'a\\', 'a\0'];

/** The beginnings of keys, cut between any two characters. */
export const prefixesOf = (keys: readonly string[]): readonly string[] => [
  ...new Set(keys.flatMap((key) => Array.from(key, (_, index) => Array.from(key).slice(0, index).join('')))),
];

/** Ascending order by bytes of UTF-8. */
export const sortedByBytes = (keys: Iterable<string>): readonly string[] =>
  [...keys].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

/** All of a list. */
export const listed = async (store: StoreUnderTest, prefix: string): Promise<readonly StoredObject[]> => {
  const found: StoredObject[] = [];
  for await (const object of store.list(prefix)) found.push(object);
  return found;
};

/** The keys of a list, in its order. */
export const keysOf = async (store: StoreUnderTest, prefix: string): Promise<readonly string[]> =>
  (await listed(store, prefix)).map(({ key }) => key);

/** Adds a check, which gets a store of its own. */
export type StoreCheck = (title: string, use: (store: StoreUnderTest) => Promise<void>) => void;

/** What a key holds, to compare; `undefined` when there is nothing. */
export const textOf = async (store: StoreUnderTest, key: string): Promise<string | undefined> => {
  const body = await store.get(key);
  return body === undefined ? undefined : Buffer.from(body).toString();
};

/** Whether a key holds exactly these bytes. */
export const holds = async (store: StoreUnderTest, key: string, body: Uint8Array): Promise<boolean> =>
  Buffer.compare((await store.get(key)) ?? Buffer.from('nothing'), body) === 0;

/** Puts a small object under each key, some at a time. */
export const putAll = async (store: StoreUnderTest, keys: readonly string[]): Promise<void> => {
  for (let at = 0; at < keys.length; at += 16)
    await Promise.all(keys.slice(at, at + 16).map((key) => store.put(key, Buffer.from(key))));
};

/** Checks that a store refused, and said that trying again is in vain. */
export const expectRefusal = async (what: string, attempt: Promise<unknown>): Promise<void> => {
  const refusal = await attempt.then(
    () => 'nothing',
    (error: unknown) => error,
  );
  expect(refusal, what).toBeInstanceOf(Error);
  expect(refusal, what).toMatchObject({ permanent: true });
};
