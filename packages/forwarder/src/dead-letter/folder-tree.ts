import { lstat, mkdir, open, readdir, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StoredObject } from '../types.ts';
import { codeOf, isMissing } from './folder-error.ts';
import { compareUtf8, isKey } from './store-key.ts';
import { StoreError } from './store-error.ts';

/** Where objects are written before they get their names; no key leads there. */
export const DRAFTS = '.unfinished';

/** Telemetry may hold personal data: it is for the owner alone. */
const FOLDER_MODE = 0o700;

const entriesOf = async (folder: string, key: string, begins: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .filter(({ name }) => name.startsWith(begins) && isKey(key + name) && key + name !== DRAFTS)
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort(compareUtf8);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/**
 * All objects of a folder whose names begin with `begins`, in order of whole keys: `a-b` comes before `a/b`, because a folder is
 * sorted with the slash behind it. One folder at a time is held, however many there are. Links are no objects.
 */
export async function* objectsIn(folder: string, key: string, begins: string): AsyncGenerator<StoredObject> {
  for (const name of await entriesOf(folder, key, begins)) {
    const path = join(folder, name);
    if (name.endsWith('/')) {
      yield* objectsIn(path, key + name, '');
      continue;
    }
    try {
      const { size, mtimeMs } = await lstat(path);
      yield { key: key + name, bytes: size, modifiedMs: Math.trunc(mtimeMs) };
    } catch (error) {
      // Somebody took it in the meantime; or its name is not UTF-8, and no key leads to it.
      if (!isMissing(error)) throw error;
    }
  }
}

/** Names of the folders in a folder that hold an object, however deep. */
export const foldersIn = async (folder: string, key: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await entriesOf(folder, key, '')) {
    if (!name.endsWith('/')) continue;
    for await (const _ of objectsIn(join(folder, name), key + name, '')) {
      found.push(name.slice(0, -1));
      break;
    }
  }
  return found.sort(compareUtf8);
};

/** A store whose root is a file is not an empty store. */
const refuseFile = async (root: string): Promise<void> => {
  try {
    // With the slash only a folder is found.
    await stat(join(root, '/'));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
};

/** @throws {Error} when the root is no folder, or a link on the way from it to a folder leads elsewhere. */
export const refuseLinks = async (store: string, root: string, segments: readonly string[]): Promise<void> => {
  await refuseFile(root);
  let path = root;
  for (const segment of segments) {
    path = join(path, segment);
    try {
      if ((await lstat(path)).isSymbolicLink())
        throw new StoreError(`${store}: a symbolic link is in the path of this key, and links are not followed`, {
          permanent: true,
        });
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
  }
};

/** Makes a folder and those above it; resolves to the topmost one that was not there. */
export const makeFolder = (path: string): Promise<string | undefined> =>
  mkdir(path, { recursive: true, mode: FOLDER_MODE });

/** Makes the names in a folder, and those of the folders up to `top`, survive a loss of power. */
export const syncFolders = async (from: string, top: string): Promise<void> => {
  for (let path = from; ; path = dirname(path)) {
    await syncFolder(path);
    if (path === top || path === dirname(path)) return;
  }
};

/** Windows opens no folders, some file systems sync none, some folders may only be passed through. */
const NO_SYNC: ReadonlySet<string | undefined> = new Set(['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM']);

const syncFolder = async (path: string): Promise<void> => {
  try {
    const handle = await open(path, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    // A folder that is gone held an object that somebody took.
    if (!isMissing(error) && !NO_SYNC.has(codeOf(error))) throw error;
  }
};

/** Removes a folder that became empty, and those above it that thereby did, but never the root. */
export const pruneFolders = async (root: string, from: string): Promise<void> => {
  for (let path = from; path !== root; path = dirname(path)) {
    try {
      await rmdir(path);
    } catch (error) {
      if (!isMissing(error)) return;
    }
  }
};
