import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Store, StoredObject } from '../types.ts';
import { codeOf, folderError, isMissing } from './folder-error.ts';
import { DRAFTS, foldersIn, makeFolder, objectsIn, pruneFolders, refuseLinks, syncFolders } from './folder-tree.ts';
import { StoreError } from './store-error.ts';
import { checkFolderPrefix, checkKey, checkPrefix, checkSize } from './store-key.ts';

/** Where {@link folderStore} keeps objects. */
export interface FolderStoreOptions {
  /** Path of the folder, which is made with the first object. */
  readonly path: string;
  /** In epoch milliseconds. */
  readonly now?: () => number;
}

/** Files that a killed process left unfinished are removed when they are older, in milliseconds. */
const ABANDONED_MS = 60 * 60_000;

/** How often a folder that somebody removed is made again for one object. */
const MAX_TRIES = 100;

const FILE_MODE = 0o600;

/** A pipe would block whoever opens it; a link may lead anywhere. (Windows has neither flag, and undefined counts as 0.) */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const writeDurably = async (path: string, body: Uint8Array, abort: AbortSignal | undefined): Promise<void> => {
  const handle = await open(path, 'wx', FILE_MODE);
  try {
    await handle.writeFile(body, abort === undefined ? {} : { signal: abort });
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const readWhole = async (store: string, path: string, abort: AbortSignal | undefined): Promise<Buffer | undefined> => {
  const handle = await open(path, READ_ONLY);
  try {
    const found = await handle.stat();
    if (!found.isFile()) return undefined;
    checkSize(store, found.size);
    const body = Buffer.allocUnsafeSlow(found.size);
    for (let at = 0; at < body.length;) {
      abort?.throwIfAborted();
      const { bytesRead } = await handle.read(body, at, body.length - at, at);
      if (bytesRead === 0) return body.subarray(0, at);
      at += bytesRead;
    }
    return body;
  } finally {
    await handle.close();
  }
};

/**
 * Keeps objects as files of a folder, named by their keys. An object is there whole or not at all, and stays there when the power
 * fails.
 *
 * @example folderStore({ path: './dead-letters' })
 */
export const folderStore = ({ path, now = Date.now }: FolderStoreOptions): Store => {
  const name = `folder ${path}`;
  const root = resolve(path);
  const drafts = join(root, DRAFTS);
  let cleanedMs = -Infinity;

  const failsAs =
    (verb: string) =>
    (cause: unknown): never => {
      throw folderError(name, verb, cause);
    };

  /** The file of a key, and proof that no link leads to it. */
  const fileOf = async (key: string): Promise<string> => {
    checkKey(name, key);
    const segments = key.split('/');
    if (segments[0] === DRAFTS)
      throw new StoreError(`${name}: "${DRAFTS}/" is where unfinished files are, no key begins with it`, {
        permanent: true,
      });
    await refuseLinks(name, root, segments.slice(0, -1));
    return join(root, ...segments);
  };

  /** Nobody waits for a draft that is older than any process lives; failing to remove it harms nobody. */
  const removeAbandoned = async (): Promise<void> => {
    if (now() - cleanedMs < ABANDONED_MS) return;
    cleanedMs = now();
    for (const draft of await readdir(drafts)) {
      const file = join(drafts, draft);
      const { mtimeMs } = await lstat(file).catch(() => ({ mtimeMs: Infinity }));
      if (mtimeMs < now() - ABANDONED_MS) await rm(file).catch(() => undefined);
    }
  };

  /** Gives the draft its name. A remove may take the folder away between the two steps: then once more. */
  const moveInto = async (draft: string, file: string, abort: AbortSignal | undefined): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        abort?.throwIfAborted();
        await makeFolder(dirname(file));
        await rename(draft, file);
        return;
      } catch (error) {
        if (codeOf(error) !== 'ENOENT' || tries >= MAX_TRIES) throw error;
      }
    }
  };

  const put = async (key: string, body: Uint8Array, abort?: AbortSignal): Promise<void> => {
    const file = await fileOf(key);
    abort?.throwIfAborted();
    const made = await makeFolder(drafts);
    await removeAbandoned();
    const draft = join(drafts, randomUUID());
    try {
      await writeDurably(draft, body, abort);
      await moveInto(draft, file, abort);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
    await syncFolders(dirname(file), made !== undefined && root.startsWith(made) ? dirname(made) : root);
  };

  const get = async (key: string, abort?: AbortSignal): Promise<Uint8Array | undefined> => {
    const file = await fileOf(key);
    abort?.throwIfAborted();
    try {
      return await readWhole(name, file, abort);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

  const removeFile = async (file: string): Promise<void> => {
    try {
      if ((await lstat(file)).isFile()) await unlink(file);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  };

  const remove = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) checkKey(name, key);
    const folders = new Set<string>();
    for (const key of keys) {
      const file = await fileOf(key);
      await removeFile(file);
      folders.add(dirname(file));
    }
    for (const folder of folders) await pruneFolders(root, folder);
  };

  const startOf = async (prefix: string): Promise<{ readonly folder: string; readonly key: string }> => {
    const key = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const segments = key.split('/').slice(0, -1);
    await refuseLinks(name, root, segments);
    return { folder: join(root, ...segments), key };
  };

  async function* list(prefix: string): AsyncGenerator<StoredObject> {
    try {
      checkPrefix(name, prefix);
      const { folder, key } = await startOf(prefix);
      yield* objectsIn(folder, key, prefix.slice(key.length));
    } catch (error) {
      throw folderError(name, 'list objects', error);
    }
  }

  const folders = async (prefix: string): Promise<readonly string[]> => {
    checkFolderPrefix(name, prefix);
    const { folder, key } = await startOf(prefix);
    return foldersIn(folder, key);
  };

  return {
    name,
    put: (key, body, abort) => put(key, body, abort).catch(failsAs('write an object')),
    get: (key, abort) => get(key, abort).catch(failsAs('read an object')),
    list,
    folders: (prefix) => folders(prefix).catch(failsAs('list folders')),
    remove: (keys) => remove(keys).catch(failsAs('remove objects')),
  };
};
