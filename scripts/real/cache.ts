import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const ABANDONED_AFTER_MS = 6 * 60 * 60_000;

/** Where the parts that `npm run test:real` needs are kept: `SERVERLESS_OTLP_CACHE`, or a folder of the user's cache. */
export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  env['SERVERLESS_OTLP_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'serverless-otlp-forwarder');

/** Twelve hex digits that change with any of the given files and words, so that a part is built again when its recipe changes. */
export const cacheKey = async (files: readonly string[], words: readonly string[]): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file)).update('\0');
  for (const word of words) hash.update(word).update('\0');
  return hash.digest('hex').slice(0, 12);
};

/** What `installOnce` installs: a name for the folder, a key, and how to fill an empty folder. */
export interface CachedPart {
  readonly name: string;
  readonly key: string;
  readonly install: (folder: string) => Promise<void>;
}

const removeAbandoned = async (cache: string, prefix: string): Promise<void> => {
  for (const entry of await readdir(cache)) {
    if (!entry.startsWith(prefix)) continue;
    const folder = join(cache, entry);
    const found = await stat(folder).catch(() => undefined); // whoever worked in it may be done by now
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true });
  }
};

/**
 * Resolves to the folder of a part, filled by `install` if it is not there yet.
 *
 * The folder appears under its final name only when complete: a run that was interrupted is done again,
 * and of two runs at the same time one wins.
 */
export const installOnce = async (cache: string, { name, key, install }: CachedPart): Promise<string> => {
  const folder = join(cache, `${name}-${key}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const unfinished = `.unfinished-${name}-`;
  await removeAbandoned(cache, unfinished);
  const temporary = await mkdtemp(join(cache, unfinished));
  try {
    await install(temporary);
    await rename(temporary, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
};
