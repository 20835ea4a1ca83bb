import { StoreError } from './store-error.ts';

/** The longest key S3 takes, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/** What a path, a terminal or XML would read as something else; half a character has no UTF-8. */
const FORBIDDEN = /[\\\p{Cc}\p{Cs}]/u;

/** No object is read that is larger, in bytes: more than any letter, less than a function has. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

/** Whether a key is a relative path that stays where it is put, in every store. */
export const isKey = (key: string): boolean =>
  !FORBIDDEN.test(key) &&
  Buffer.byteLength(key) <= MAX_KEY_BYTES &&
  key.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');

/** @throws {StoreError} for what is no key. Its text is not repeated: it may be anything. */
export const checkKey = (store: string, key: string): void => {
  if (isKey(key)) return;
  const rule = `a relative path of at most ${MAX_KEY_BYTES} bytes, without empty, "." or ".." segments, backslashes and control characters`;
  throw new StoreError(`${store}: this is not a key; a key is ${rule}`, { permanent: true });
};

/** @throws {StoreError} for what no key could begin with. */
export const checkPrefix = (store: string, prefix: string): void => {
  if (!isKey(`${prefix}x`)) throw new StoreError(`${store}: no key begins with this prefix`, { permanent: true });
};

/** @throws {StoreError} unless the prefix is empty or ends where a segment ends. */
export const checkFolderPrefix = (store: string, prefix: string): void => {
  checkPrefix(store, prefix);
  if (prefix === '' || prefix.endsWith('/')) return;
  throw new StoreError(`${store}: a prefix of folders ends in "/"`, { permanent: true });
};

/** @throws {StoreError} for an object too large to read. */
export const checkSize = (store: string, bytes: number): void => {
  if (bytes <= MAX_OBJECT_BYTES) return;
  throw new StoreError(`${store}: an object of ${bytes} bytes is not read; at most ${MAX_OBJECT_BYTES} are`, {
    permanent: true,
  });
};

/** Ascending order by bytes of UTF-8, which is that of S3. Strings themselves compare by UTF-16, which is another. */
export const compareUtf8 = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
