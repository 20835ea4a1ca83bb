import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputFrom } from './fuzz/mutate.ts';
import { randomOf } from './fuzz/random.ts';
import { repositoryRoot } from './source-tree.ts';
import { tempTree } from './temp-tree.ts';

const SEEDS = `export const seeds = [new TextEncoder().encode('{"a":"bcdefgh"}')];`;
/** Fails on any input with a byte that no seed has. */
const BUG = `${SEEDS}
export const fuzz = (bytes: Uint8Array): void => {
  if (bytes.includes(0xff)) throw new Error('planted bug');
};`;

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

const fuzz = (root: string, ...args: readonly string[]): Run => {
  const script = join(repositoryRoot, 'scripts/fuzz.ts');
  const run = spawnSync(process.execPath, [script, '--root', root, ...args], { encoding: 'utf8', timeout: 30_000 });
  return { status: run.status, out: run.stdout, err: run.stderr };
};

const fileOf = (err: string): string => /--replay (\S+)/.exec(err)?.[1] ?? '';

describe('fuzz', () => {
  it('finds a planted bug, keeps its input and replays it', () => {
    using tree = tempTree({ 'packages/a/src/a.fuzz.ts': BUG });
    const found = fuzz(tree.root, '--seconds', '5', '--seed', '1');
    expect(found.status).toBe(1);
    expect(found.err).toContain('planted bug');
    const file = fileOf(found.err);
    expect(readFileSync(file).includes(0xff)).toBe(true);
    const replayed = fuzz(tree.root, '--replay', file);
    expect(replayed.status).toBe(1);
    expect(replayed.err).toContain('planted bug');
    rmSync(dirname(file), { recursive: true });
  });

  it('finds the same input again from the same seed', () => {
    using tree = tempTree({ 'packages/a/src/a.fuzz.ts': BUG });
    const inputs = ['7', '7', '8'].map((seed) => {
      const file = fileOf(fuzz(tree.root, '--seed', seed).err);
      const bytes = readFileSync(file).toString('hex');
      rmSync(dirname(file), { recursive: true });
      return bytes;
    });
    expect(inputs[0]).toBe(inputs[1]);
    expect(inputs[0]).not.toBe(inputs[2]);
  });

  it('takes an endless loop for a finding', () => {
    const loop = `${SEEDS}\nexport const fuzz = (bytes: Uint8Array): void => { while (bytes.length % 2 === 0); };`;
    using tree = tempTree({ 'packages/a/src/a.fuzz.ts': loop });
    const found = fuzz(tree.root, '--seconds', '30', '--hang-seconds', '1');
    expect(found.status).toBe(1);
    expect(found.err).toContain('no answer within 1 s');
    rmSync(dirname(fileOf(found.err)), { recursive: true });
  });

  it('waits for targets that answer later', () => {
    const later = `export const fuzz = async (bytes: Uint8Array): Promise<void> => { await null; if (bytes.length > 9) throw new Error('late'); };`;
    using tree = tempTree({ 'packages/a/src/a.fuzz.ts': later });
    const found = fuzz(tree.root);
    expect(found.err).toContain('late');
    rmSync(dirname(fileOf(found.err)), { recursive: true });
  });

  it('is content with a target that never throws, and says how much it tried', () => {
    using tree = tempTree({ 'packages/a/src/a.fuzz.ts': `export const fuzz = (): void => {};` });
    const run = fuzz(tree.root, '--seconds', '0.2');
    expect(run.status).toBe(0);
    expect(run.out).toMatch(/a\.fuzz\.ts: \d+ inputs, nothing found/);
  });

  it.each([
    ['no target at all', { 'packages/a/src/a.ts': '' }, /no packages/],
    ['a target without fuzz()', { 'packages/a/src/a.fuzz.ts': 'export const x = 1;' }, /exports no function fuzz/],
    ['a target that does not load', { 'packages/a/src/a.fuzz.ts': `import './missing.ts';` }, /missing/],
  ])('does not look green with %s', (_, files, message) => {
    using tree = tempTree(files);
    const run = fuzz(tree.root, '--seconds', '0.2');
    expect(run.status).not.toBe(0);
    expect(run.err).toMatch(message);
  });

  it('mutates without touching the seeds', () => {
    const seeds = [Uint8Array.of(1, 2, 3), new Uint8Array()];
    const inputs = Array.from({ length: 500 }, (_, index) => {
      const input = inputFrom(randomOf(index), seeds);
      input.fill(9);
      return input.length;
    });
    expect(seeds).toEqual([Uint8Array.of(1, 2, 3), new Uint8Array()]);
    expect(new Set(inputs).size).toBeGreaterThan(10);
  });
});
