import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BackfillError } from './backfill-error.ts';

/** A text file that survives a kill at any moment: what was written stays, half a write at its end is found out by whoever reads. */
export interface StateFile {
  /** `undefined` when there is none. */
  read(): Promise<string | undefined>;
  /** Replaces the whole, or nothing of it. Durable when it resolves. */
  replace(text: string): Promise<void>;
  /** Adds to the end. Durable when it resolves; what comes while one write is under way goes with the next. */
  append(text: string): Promise<void>;
  remove(): Promise<void>;
  close(): Promise<void>;
}

const unusable = (path: string, error: unknown): BackfillError =>
  new BackfillError(
    `cannot keep the state in ${path} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}). Give a file on a disk with room, that you may write, with --state.`,
    { cause: error },
  );

/** The same, with errors that say what to do. */
const told = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw unusable(path, error);
  }
};

const syncFolder = async (path: string): Promise<void> => {
  // Windows cannot open a folder; there the rename has to do.
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** A state file at this path; the folder is made when it is needed. Others on the machine may not read it. */
export const stateFile = (path: string): StateFile => {
  const draft = `${path}.tmp`;
  let handle: FileHandle | undefined;
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let writing: Promise<void> = Promise.resolve();

  const close = async (): Promise<void> => {
    await writing;
    const open = handle;
    handle = undefined;
    await open?.close();
  };

  const flush = async (): Promise<void> => {
    const text = waiting.join('');
    waiting = [];
    next = undefined;
    await told(path, async () => {
      handle ??= await open(path, 'a', 0o600);
      await handle.appendFile(text);
      await handle.datasync();
    });
  };

  return {
    read: () =>
      told(path, async () => {
        try {
          return await readFile(path, 'utf8');
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
          throw error;
        }
      }),
    replace: (text) =>
      told(path, async () => {
        await close();
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const file = await open(draft, 'w', 0o600);
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
        await syncFolder(path);
      }),
    append: (text) => {
      waiting.push(text);
      if (next === undefined) {
        next = writing.then(flush);
        writing = next.catch(() => undefined);
      }
      return next;
    },
    remove: async () => {
      await close();
      await rm(path, { force: true });
      await rm(draft, { force: true });
    },
    close,
  };
};
