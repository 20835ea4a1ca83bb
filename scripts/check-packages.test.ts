import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './source-tree.ts';
import { tempTree } from './temp-tree.ts';

const check = (
  manifest: object,
  files: Readonly<Record<string, string>>,
): { readonly status: number | null; readonly err: string } => {
  const text = JSON.stringify({
    name: 'pack-me',
    version: '1.0.0',
    license: 'Apache-2.0',
    type: 'module',
    ...manifest,
  });
  const inPackage = Object.entries(files).map(([path, content]): [string, string] => [`packages/a/${path}`, content]);
  using tree = tempTree({ 'packages/a/package.json': text, ...Object.fromEntries(inPackage) });
  const script = join(repositoryRoot, 'scripts/check-packages.ts');
  const run = spawnSync(process.execPath, [script, '--root', tree.root], { encoding: 'utf8', timeout: 60_000 });
  return { status: run.status, err: run.stderr };
};

const dot = { '@serverless-otlp/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' };
const good = { exports: { '.': dot }, files: ['dist'], sideEffects: false };
const built = { 'dist/index.js': 'export const x = 1;\n', 'dist/index.d.ts': 'export declare const x: number;\n' };

const dual = {
  engines: { node: '>=22.15.0' },
  exports: {
    '.': {
      import: { types: './dist/index.d.ts', default: './dist/index.js' },
      require: { types: './dist/index.d.cts', default: './dist/index.cjs' },
    },
  },
  files: ['dist'],
  sideEffects: false,
};
const builtDual = { ...built, 'dist/index.cjs': 'exports.x = 1;\n', 'dist/index.d.cts': built['dist/index.d.ts'] };

describe('check-packages', () => {
  it('is content with a package that is right', () => {
    expect(check(good, built)).toEqual({ status: 0, err: '' });
  }, 30_000);

  it('is content with a package that is right for import and require', () => {
    expect(check(dual, builtDual)).toEqual({ status: 0, err: '' });
  }, 30_000);

  it.each([
    ['was not built', good, {}, /packs no dist/],
    [
      'has an export that leads nowhere',
      good,
      { 'dist/index.d.ts': built['dist/index.d.ts'] },
      /publint: .*dist\/index\.js/,
    ],
    ['has no types', good, { 'dist/index.js': built['dist/index.js'] }, /publint: .*index\.d\.ts/],
    ['packs its tests', good, { ...built, 'dist/a.test.js': '' }, /packs dist\/a\.test\.js/],
    [
      'packs its sources',
      { ...good, files: ['dist', 'src'] },
      { ...built, 'src/index.ts': '' },
      /packs src\/index\.ts/,
    ],
    [
      'has types that are not what is run',
      good,
      { ...built, 'dist/index.d.ts': 'import "./no.js";\nexport = 1;\n' },
      /attw: /,
    ],
    [
      'gives those who require it the types of those who import it',
      {
        ...dual,
        exports: { '.': { types: './dist/index.d.ts', import: './dist/index.js', require: './dist/index.cjs' } },
      },
      builtDual,
      /attw: /,
    ],
  ])(
    'objects to a package that %s',
    (_, manifest, files, message) => {
      const { status, err } = check(manifest, files);
      expect(status).toBe(1);
      expect(err).toMatch(message);
    },
    30_000,
  );
});
