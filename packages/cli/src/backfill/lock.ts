import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../usage-error.ts';
import { BackfillError } from './backfill-error.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const holderOf = async (path: string): Promise<number | undefined> => {
  try {
    const pid = Number(await readFile(path, 'utf8'));
    // A container gives the next process the number of the one that was killed.
    return Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Keeps a second backfill from the same state. A lock whose process is gone is taken over. Returns what gives it back.
 *
 * @throws {UsageError} while another process holds it.
 */
export const lock = async (path: string): Promise<() => Promise<void>> => {
  for (let tries = 0; ; tries++) {
    if (await take(path, tries > 1)) return () => rm(path, { force: true });
    const holder = await holderOf(path);
    if (holder !== undefined) {
      throw new UsageError(
        `the same backfill is under way in process ${holder}. Wait for it, or give another --state; if that process is something else, remove ${path}.`,
      );
    }
    await rm(path, { force: true });
  }
};

/** @returns whether the lock is ours; `false` when somebody has it, which `lastTry` takes for an error. */
const take = async (path: string, lastTry: boolean): Promise<boolean> => {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && syscall === 'open' && !lastTry) return false;
    throw new BackfillError(
      `cannot write ${path} (${code ?? 'unknown error'}). Give a file in a folder that you may write with --state.`,
      { cause: error },
    );
  }
};
