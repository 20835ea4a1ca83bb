import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeToPipe } from './named-pipe.ts';

const MKFIFO = 'mkfifo';
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'otlp-pipe-'));
  path = join(folder, 'pipe');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs while somebody has the pipe open for reading, and tells what was written meanwhile; `end` is whether the writer closed it. */
const whileRead = (run: () => void): { readonly text: string; readonly end: boolean } => {
  execFileSync(MKFIFO, [path]);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    run();
    const buffer = Buffer.alloc(1 << 20);
    let text = '';
    for (;;) {
      const bytes = readSync(fd, buffer);
      if (bytes === 0) return { text, end: true };
      text += buffer.toString('utf8', 0, bytes);
    }
  } finally {
    closeSync(fd);
  }
};

describe('E5: a named pipe', () => {
  it('is opened, written and closed, so that its reader sees the end of each export', () => {
    expect(whileRead(() => expect(writeToPipe(path, ['{"a":1}', '{"b":2}'], 10)).toBe(2))).toEqual({
      text: '{"a":1}\n{"b":2}\n',
      end: true,
    });
  });

  it('is opened and closed for an empty batch', () => {
    expect(whileRead(() => expect(writeToPipe(path, [], 10)).toBe(0))).toEqual({ text: '', end: true });
  });

  it('that nobody reads is not waited for', () => {
    execFileSync(MKFIFO, [path]);
    expect(writeToPipe(path, ['{}'], 60_000)).toBe(0);
  });

  it('that is missing is not created', () => {
    expect(writeToPipe(path, ['{}'], 10)).toBe(0);
    expect(writeToPipe(path, [], 10)).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it('that is a file is left as it is', () => {
    writeFileSync(path, 'mine');
    expect(writeToPipe(path, ['{}'], 10)).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('that fills up has got the lines before, and only complete ones count', () => {
    const line = `"${'x'.repeat(30_000)}"`;
    let written = 0;
    whileRead(() => {
      written = writeToPipe(path, [line, line, line, line], 5);
    });
    expect(written).toBe(2);
  });
});
