import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { cacheFolder, cacheKey, installOnce } from './cache.ts';

let cache = '';
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'cache-test-'));
});
afterEach(async () => rm(cache, { recursive: true, force: true }));

const part = (content: string, key = '1'): Parameters<typeof installOnce>[1] => ({
  name: 'part',
  key,
  install: async (folder) => writeFile(join(folder, 'file'), content),
});

describe('installOnce', () => {
  it('installs once and finds it again', async () => {
    const folder = await installOnce(cache, part('first'));
    expect(await installOnce(cache, part('second'))).toBe(folder);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('first');
  });

  it('installs again under another key', async () => {
    await installOnce(cache, part('first'));
    const folder = await installOnce(cache, part('second', '2'));
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('second');
  });

  it('leaves nothing of an installation that failed, and does it again', async () => {
    const broken = {
      ...part(''),
      install: async (folder: string): Promise<void> => {
        await writeFile(join(folder, 'file'), 'half');
        throw new Error('no network');
      },
    };
    await expect(installOnce(cache, broken)).rejects.toThrow('no network');
    expect(await readdir(cache)).toEqual([]);
    expect(await readFile(join(await installOnce(cache, part('whole')), 'file'), 'utf8')).toBe('whole');
  });

  it('of two at the same time one wins and both get it whole', async () => {
    const [one, two] = await Promise.all([installOnce(cache, part('same')), installOnce(cache, part('same'))]);
    expect(one).toBe(two);
    expect(await readdir(cache)).toEqual(['part-1']);
  });
});

describe('cacheKey', () => {
  it('changes with the content of a file and with a word', async () => {
    const file = join(cache, 'go.mod');
    await writeFile(file, 'a');
    const key = await cacheKey([file], ['linux']);
    expect(await cacheKey([file], ['linux'])).toBe(key);
    expect(await cacheKey([file], ['darwin'])).not.toBe(key);
    await writeFile(file, 'b');
    expect(await cacheKey([file], ['linux'])).not.toBe(key);
  });
});

describe('cacheFolder', () => {
  it('is what the variable says, else a folder of the user cache', () => {
    expect(cacheFolder({ SERVERLESS_OTLP_CACHE: '/c', XDG_CACHE_HOME: '/x' })).toBe('/c');
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe(join('/x', 'serverless-otlp-forwarder'));
  });
});
