import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { storeContract } from '@serverless-otlp/testing/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../types.ts';
import { folderStore } from './folder-store.ts';
import { StoreError } from './store-error.ts';

storeContract(
  'folder',
  () => {
    const path = mkdtempSync(join(tmpdir(), 'folder-store-'));
    return { store: folderStore({ path }), close: () => rmSync(path, { recursive: true }) };
  },
  { manyObjects: 300 },
);

const HOUR_MS = 3_600_000;
const bytes = (text: string): Uint8Array => Buffer.from(text);

let outside = '';
let path = '';
let store: Store;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'folder-store-'));
  path = join(outside, 'not/there/yet');
  store = folderStore({ path });
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

const keysOf = async (prefix = ''): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
};
const failureOf = async (attempt: () => Promise<unknown>): Promise<StoreError> => {
  const error = await attempt().catch((cause: unknown) => cause);
  if (!(error instanceof StoreError)) throw new Error('it did not fail with a StoreError', { cause: error });
  return error;
};

describe('folderStore', () => {
  it('says which folder it is', () => {
    expect(folderStore({ path: './letters' }).name).toBe('folder ./letters');
  });

  it('is empty while its folder is missing, and makes nothing to find that out', async () => {
    expect(await keysOf()).toEqual([]);
    expect(await store.folders('pending/')).toEqual([]);
    expect(await store.get('a')).toBeUndefined();
    await store.remove(['a/b']);
    expect(readdirSync(outside)).toEqual([]);
  });

  it('keeps an object in the file its key names, for its owner alone', async () => {
    await store.put('pending/a%2Fb/1', bytes('x'));
    const file = join(path, 'pending/a%2Fb/1');
    expect(readFileSync(file, 'utf8')).toBe('x');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('leaves no draft behind and no empty folder', async () => {
    await store.put('a/b/c', bytes('x'));
    await store.put('a/d', bytes('x'));
    await store.remove(['a/b/c']);
    expect(readdirSync(path, { recursive: true }).sort()).toEqual(['.unfinished', 'a', 'a/d']);
    await store.remove(['a/d']);
    expect(readdirSync(path)).toEqual(['.unfinished']);
  });

  it('removes drafts of killed processes after an hour, and hides them before', async () => {
    await store.put('a', bytes('x'));
    const [old, young] = ['old', 'young'].map((name) => join(path, '.unfinished', name));
    const nowMs = Date.now();
    for (const [file = '', ageMs] of [
      [old, HOUR_MS + 1000],
      [young, HOUR_MS - 60_000],
    ] as const) {
      writeFileSync(file, 'half');
      utimesSync(file, nowMs / 1000, (nowMs - ageMs) / 1000);
    }
    expect(await keysOf()).toEqual(['a']);
    expect(await keysOf('.')).toEqual([]);
    expect(await store.folders('')).toEqual([]);
    store = folderStore({ path, now: () => nowMs });
    await store.put('b', bytes('x'));
    expect(readdirSync(join(path, '.unfinished'))).toEqual(['young']);
    for (const attempt of [
      () => store.get('.unfinished/young'),
      () => store.put('.unfinished/x', bytes('')),
      () => store.remove(['.unfinished']),
    ])
      expect((await failureOf(attempt)).message).toMatch(/no key begins with it/);
    expect(existsSync(young ?? '')).toBe(true);
  });

  it('has only whole objects after its process was killed, and goes on with them', async () => {
    const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'folder-store.ts')).href);
    const code = `
      const { folderStore } = await import(${module});
      const store = folderStore({ path: process.argv[1] });
      const body = Buffer.alloc(300_000, 'x');
      await store.put('a/0', body);
      console.log('ready');
      for (let round = 0; ; round++) await Promise.all([0, 1, 2, 3].map((n) => store.put('a/' + n, body)));
    `;
    for (let round = 0; round < 3; round += 1) {
      const args = ['--conditions=@serverless-otlp/source', '--input-type=module', '-e', code, path];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await sleep(50 + 20 * round);
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    const found = await keysOf();
    expect(found.length).toBeGreaterThan(0);
    for (const key of found) expect((await store.get(key))?.length).toBe(300_000);
    await store.put('a/0', bytes('next'));
    expect(Buffer.from((await store.get('a/0')) ?? []).toString()).toBe('next');
  });

  it('loses no put while others remove its folders', async () => {
    const folders = JSON.stringify([join(path, 'a/b'), join(path, 'a')]);
    const code = `
      const { rmdirSync } = process.getBuiltinModule('node:fs');
      process.stdout.write('ready');
      const nobody = new Int32Array(new SharedArrayBuffer(4));
      for (;; Atomics.wait(nobody, 0, 0, 0.3)) for (const folder of ${folders}) try { rmdirSync(folder); } catch {}
    `;
    const remover = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(remover.stdout, 'data');
      for (let n = 0; n < 200; n += 1) {
        await store.put('a/b/c', bytes(String(n)));
        expect(Buffer.from((await store.get('a/b/c')) ?? []).toString()).toBe(String(n));
        await store.remove(['a/b/c']);
      }
    } finally {
      remover.kill('SIGKILL');
      await once(remover, 'close');
    }
  });

  it('follows no link, neither out of the folder nor inside', async () => {
    await store.put('a/x', bytes('inside'));
    const secret = join(outside, 'secret');
    mkdirSync(secret);
    writeFileSync(join(secret, 'x'), 'outside');
    symlinkSync(secret, join(path, 'link'));
    symlinkSync(join(secret, 'x'), join(path, 'a/file'));
    expect(await keysOf()).toEqual(['a/x']);
    expect(await keysOf('a/f')).toEqual([]);
    expect(await store.folders('')).toEqual(['a']);
    for (const attempt of [
      () => store.get('link/x'),
      () => store.get('a/file'),
      () => store.put('link/y', bytes('y')),
      () => store.put('link/deep/er/y', bytes('y')),
      () => store.remove(['link/x']),
      () => keysOf('link/'),
      () => store.folders('link/'),
    ]) {
      const { permanent, message } = await failureOf(attempt);
      expect(permanent).toBe(true);
      expect(message).toMatch(/symbolic link/);
    }
    await store.remove(['a/file']);
    await store.put('a/file', bytes('replaces the link itself'));
    expect(readdirSync(secret)).toEqual(['x']);
    expect(readFileSync(join(secret, 'x'), 'utf8')).toBe('outside');
    expect(await keysOf()).toEqual(['a/file', 'a/x']);
  });

  it('may itself be reached by a link', async () => {
    mkdirSync(join(outside, 'real'));
    symlinkSync(join(outside, 'real'), join(outside, 'link'));
    store = folderStore({ path: join(outside, 'link') });
    await store.put('a/b', bytes('x'));
    expect(await keysOf()).toEqual(['a/b']);
    expect(existsSync(join(outside, 'real/a/b'))).toBe(true);
  });

  it('neither shows nor waits for what is no file', async () => {
    await store.put('a/x', bytes('x'));
    mkdirSync(join(path, 'empty/er'), { recursive: true });
    mkdirSync(join(path, 'back\\slash'));
    writeFileSync(join(path, 'back\\slash/x'), 'x');
    writeFileSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.of(0xff, 0xfe)]), 'a name that is not UTF-8');
    const pipe = spawn('env', ['mkfifo', join(path, 'a/pipe')]);
    await once(pipe, 'close');
    expect(await keysOf()).toEqual(['a/x']);
    expect(await store.folders('')).toEqual(['a']);
    expect(await store.get('a/pipe')).toBeUndefined();
    expect(await store.get('a')).toBeUndefined();
    expect(await store.get('a/x/below a file')).toBeUndefined();
    await store.remove(['a', 'a/x/below a file', 'empty']);
    expect(await keysOf()).toEqual(['a/x']);
  });

  it('reads nothing that is larger than any letter', async () => {
    await store.put('a', bytes('x'));
    truncateSync(join(path, 'a'), 64 * 1024 * 1024 + 1);
    const error = await failureOf(() => store.get('a'));
    expect(error.permanent).toBe(true);
    expect(error.message).toMatch(/67108865 bytes is not read/);
  });

  it('says for good that a file is where a folder should be', async () => {
    await store.put('a', bytes('x'));
    await store.put('b/c', bytes('x'));
    for (const attempt of [() => store.put('a/b', bytes('y')), () => store.put('b', bytes('y'))]) {
      const error = await failureOf(attempt);
      expect(error.permanent).toBe(true);
      expect(error.message).toMatch(/^folder .*: cannot write an object: a file stands where a folder is needed/);
    }
    expect(await keysOf()).toEqual(['a', 'b/c']);
    expect(readdirSync(join(path, '.unfinished'))).toEqual([]);
  });

  it('is not empty, but out of order, when a file is in its own place', async () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'in the way');
    const attempts = [
      () => keysOf(),
      () => store.folders(''),
      () => store.get('a'),
      () => store.put('a', bytes('x')),
      () => store.remove(['a']),
    ];
    for (const attempt of attempts) {
      const error = await failureOf(attempt);
      expect(error.permanent).toBe(true);
      expect(error.message).toContain('a file stands where a folder is needed');
    }
  });

  it('says for good that a name is too long', async () => {
    const error = await failureOf(() => store.put(`a/${'x'.repeat(300)}`, bytes('y')));
    expect(error.permanent).toBe(true);
    expect(error.message).toMatch(/longer than this file system takes \(ENAMETOOLONG\)/);
  });

  it('names neither key nor body in an error', async () => {
    await store.put('a', bytes('x'));
    for (const attempt of [
      () => store.put('a/secret key', bytes('secret body')),
      () => store.get('secret\\key'),
      () => keysOf('../secret'),
    ]) {
      const { message } = await failureOf(attempt);
      expect(message).not.toContain('secret');
    }
  });

  it('gives up in the middle when it is told to, and keeps what was there', async () => {
    await store.put('a', bytes('before'));
    const abort = new AbortController();
    const attempt = failureOf(() => store.put('a', Buffer.alloc(64 * 1024 * 1024), abort.signal));
    await sleep(5);
    abort.abort();
    const error = await attempt;
    expect(error.permanent).toBe(false);
    expect(error.message).toMatch(/given up/);
    expect(Buffer.from((await store.get('a')) ?? []).toString()).toBe('before');
    expect(readdirSync(join(path, '.unfinished'))).toEqual([]);
  });
});
