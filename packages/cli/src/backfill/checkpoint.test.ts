import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { BackfillError } from './backfill-error.ts';
import { type Checkpoint, type CheckpointOptions, openCheckpoint } from './checkpoint.ts';
import { lock } from './lock.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backfill-state-'));
  path = join(folder, 'deep', 'state.jsonl');
});
const opened: Checkpoint[] = [];
afterEach(async () => {
  for (const checkpoint of opened.splice(0)) await checkpoint.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Not closed before the next: that is a kill. */
const open = async (more: Partial<CheckpointOptions> = {}): Promise<Checkpoint> => {
  const times = { sinceMs: 100, untilMs: 900 };
  const checkpoint = await openCheckpoint({ path, key: 'k', logGroups: ['a', 'b'], ...times, restart: false, ...more });
  opened.push(checkpoint);
  return checkpoint;
};

describe('the checkpoint of a backfill', () => {
  it('D28: goes on with the times, the places and the ids of the run before', async () => {
    const first = await open();
    expect(first).toMatchObject({ resumed: false, sinceMs: 100, untilMs: 900 });
    await first.done('a', 200);
    await Promise.all([first.settled('a', 300, ['1', '2']), first.settled('a', 300, ['3'])]);
    const second = await open({ sinceMs: 500, untilMs: 1_000 });
    expect(second).toMatchObject({ resumed: true, sinceMs: 100, untilMs: 900 });
    expect([second.doneMs('a'), second.doneMs('b')]).toEqual([200, 100]);
    expect(second.settledBefore('a')).toEqual({ toMs: 300, ids: new Set(['1', '2', '3']) });
    expect(second.settledBefore('b')).toBeUndefined();
  });

  it('D28: keeps the ids of a window until all of it is done, through several interruptions', async () => {
    const first = await open();
    await first.settled('a', 300, ['1']);
    const second = await open();
    await second.done('a', 250);
    await second.settled('a', 280, ['2']);
    const third = await open();
    expect(third.settledBefore('a')).toEqual({ toMs: 300, ids: new Set(['1', '2']) });
    await third.done('a', 300);
    expect(third.settledBefore('a')).toBeUndefined();
    expect((await open()).settledBefore('a')).toBeUndefined();
  });

  it('D28: takes half a line at its end for what was not settled, wherever the kill came', async () => {
    const first = await open();
    await first.settled('a', 300, ['1']);
    const before = readFileSync(path).length;
    await first.settled('a', 300, ['2']);
    const after = readFileSync(path);
    for (let length = before; length < after.length; length++) {
      writeFileSync(path, after);
      truncateSync(path, length);
      const again = await open();
      expect(again.settledBefore('a')?.ids).toEqual(new Set(['1']));
      await again.settled('a', 300, ['3']);
      expect((await open()).settledBefore('a')?.ids).toEqual(new Set(['1', '3']));
    }
  });

  it('D28: stays small, whatever was done', async () => {
    const checkpoint = await open({ untilMs: 1e9 });
    const ids = Array.from({ length: 20_000 }, (_, index) => String(index).padStart(56, '0'));
    for (let at = 1; at <= 12; at++) {
      await checkpoint.settled('a', at * 1_000, ids);
      await checkpoint.done('a', at * 1_000);
    }
    expect(statSync(path).size).toBeLessThan(6e6);
    expect((await open({ untilMs: 1e9 })).doneMs('a')).toBe(12_000);
    expect(statSync(path).size).toBeLessThan(500);
  });

  it('D28: folding keeps what an earlier run had settled beyond', async () => {
    await (await open()).settled('a', 9_000, ['beyond']);
    const second = await open();
    const ids = Array.from({ length: 100_000 }, (_, index) => String(index).padStart(56, '0'));
    await second.settled('a', 2_000, ids);
    await second.done('a', 2_000);
    expect(statSync(path).size).toBeLessThan(500);
    expect((await open()).settledBefore('a')).toEqual({ toMs: 9_000, ids: new Set(['beyond']) });
  });

  it('D28: writes everything once', async () => {
    const checkpoint = await open();
    for (const round of ['1', '2', '3'])
      await Promise.all(['a', 'b', 'c'].map((id) => checkpoint.settled('a', 300, [id + round])));
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.filter((line) => line.includes('"ids"'))).toHaveLength(9);
  });

  it('D28: leaves nothing when it is finished, or when nothing was done', async () => {
    const first = await open();
    await first.settled('a', 300, ['1']);
    await first.finish();
    await first.close();
    const second = await open();
    expect(second.resumed).toBe(false);
    await second.close();
    expect(readdirSync(join(folder, 'deep'))).toEqual([]);
  });

  it('D28: begins anew when told to', async () => {
    await (await open()).done('a', 200);
    const again = await open({ restart: true, sinceMs: 150 });
    expect(again).toMatchObject({ resumed: false, sinceMs: 150 });
    expect(again.doneMs('a')).toBe(150);
  });

  it('D28: is not used for another backfill', async () => {
    await (await open()).done('a', 200);
    const refused = open({ key: 'other' });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(/state of another backfill \(a, b\).*--restart/);
  });

  it.each([
    'hello\n',
    '{}\n',
    '[]\n',
    '{"version":2,"key":"k","sinceMs":1,"untilMs":2}\n',
    '{"version":1,"key":"k","sinceMs":1,"untilMs":2}\nx\n',
    '{"version":1,"key":"k","sinceMs":1,"untilMs":2}\n{"group":"a","toMs":1,"ids":[1]}\n',
  ])('D28: does not overwrite a file that is something else: %j', async (text) => {
    path = join(folder, 'mine.txt');
    writeFileSync(path, text);
    await expect(open()).rejects.toThrow(/is not the state of a backfill/);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('D28: is of any bytes either read or refused', async () => {
    path = join(folder, 'state');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), async (text, head) => {
        writeFileSync(path, `${head ? '{"version":1,"key":"k","sinceMs":1,"untilMs":2}\n' : ''}${text}`);
        await open().catch((error: unknown) => expect(error).toBeInstanceOf(UsageError));
      }),
      { numRuns: 50 },
    );
  });

  it('D28: says what to do when it cannot be written', async () => {
    path = join(folder, 'file', 'state');
    appendFileSync(join(folder, 'file'), '');
    await expect(open()).rejects.toThrow(BackfillError);
    await expect(open()).rejects.toThrow(/ENOTDIR.*--state/);
    await expect(lock(`${path}.lock`)).rejects.toThrow(/E(NOTDIR|EXIST).*--state/);
  });

  it('D28: is nobody else’s to read', async () => {
    await (await open()).done('a', 200);
    expect(statSync(path).mode & 0o077).toBe(0);
  });
});

describe('the lock of a backfill', () => {
  it('D28: keeps a second one away while the first is under way, and is taken over from a dead one', async () => {
    const file = join(folder, 'deep', 'state.lock');
    const unlock = await lock(file);
    writeFileSync(file, String(process.ppid));
    await expect(lock(file)).rejects.toThrow(`the same backfill is under way in process ${process.ppid}`);
    await unlock();
    expect(existsSync(file)).toBe(false);
    for (const stale of ['', 'x', '-1', '999999999', String(process.pid)]) {
      writeFileSync(file, stale);
      await (
        await lock(file)
      )();
    }
    expect(existsSync(file)).toBe(false);
  });
});
