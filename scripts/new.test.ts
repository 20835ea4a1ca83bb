import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { checkImports } from './check-imports.ts';
import { repositoryRoot } from './source-tree.ts';
import { tempTree } from './temp-tree.ts';

const MANIFEST = 'packages/forwarder/package.json';
const COMPONENTS = [
  ['receiver', 'my_queue', 'receivers/my-queue'],
  ['encoding', 'my_lines', 'encodings/my-lines'],
  ['processor', 'redact_names', 'processors/redact-names'],
  ['exporter', 'honeycomb', 'exporters/honeycomb'],
] as const;

interface Run {
  readonly status: number | null;
  readonly out: string;
}

const run = (cwd: string, script: string, ...args: readonly string[]): Run => {
  const done = spawnSync(process.execPath, [join(repositoryRoot, script), ...args], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status: done.status, out: done.stdout + done.stderr };
};

const create = (root: string, ...words: readonly string[]): Run =>
  run(root, 'scripts/new.ts', '--root', root, ...words);

/** As much of the repository as a new component needs. */
const copy = (): Disposable & { readonly root: string } => {
  const tree = tempTree({ '.keep': '' });
  for (const path of ['packages/forwarder/src', MANIFEST, 'tsconfig.base.json', 'package.json']) {
    cpSync(join(repositoryRoot, path), join(tree.root, path), {
      recursive: true,
      filter: (from) => !from.includes('.test.'),
    });
  }
  symlinkSync(join(repositoryRoot, 'node_modules'), join(tree.root, 'node_modules'));
  const sources = COMPONENTS.map(([, , path]) => `packages/forwarder/src/${path}*.ts`);
  const options = { noEmit: true, rootDir: '/' };
  const tsconfig = { extends: './tsconfig.base.json', compilerOptions: options, include: sources };
  writeFileSync(join(tree.root, 'tsconfig.json'), JSON.stringify(tsconfig));
  const conditions = `['@serverless-otlp/source', 'module', 'node', 'development|production']`;
  const config = `export default { resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions} } } };`;
  writeFileSync(join(tree.root, 'vitest.config.mjs'), config);
  return tree;
};

describe('npm run new', () => {
  const tree = copy();
  const created: Run[] = [];
  beforeAll(() => {
    for (const [kind, id] of COMPONENTS) created.push(create(tree.root, kind, id));
  }, 60_000);
  afterAll(() => tree[Symbol.dispose]());

  it('writes a component of each kind and says what to do next', () => {
    for (const [index, [kind, , path]] of COMPONENTS.entries()) {
      expect(created[index]).toEqual({ status: 0, out: expect.stringContaining('Register') as string });
      expect(created[index]?.out).toContain(`npx vitest run packages/forwarder/src/${path}.test.ts`);
      expect(readFileSync(join(tree.root, 'docs/reference', `${path}.md`), 'utf8')).toContain(`A ${kind} of`);
    }
  });

  it('writes code that type-checks', () => {
    expect(run(tree.root, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json')).toEqual({ status: 0, out: '' });
  }, 60_000);

  it('writes tests that run the contract suite and pass', () => {
    const paths = COMPONENTS.map(([, , path]) => `packages/forwarder/src/${path}.test.ts`);
    const { status, out } = run(tree.root, 'node_modules/vitest/vitest.mjs', 'run', '--root', tree.root, ...paths);
    expect(status, out).toBe(0);
    expect(out).toMatch(/Test Files .*4 passed/);
  }, 60_000);

  it('keeps the import directions', () => {
    const own = COMPONENTS.map(([, , path]) => `packages/forwarder/src/${path}`);
    const { findings } = checkImports(tree.root);
    expect(findings.filter(({ file }) => own.some((path) => file.startsWith(path)))).toEqual([]);
  });

  it('adds the subpath behind those of its kind', () => {
    const { exports } = JSON.parse(readFileSync(join(tree.root, MANIFEST), 'utf8')) as {
      exports: Record<string, unknown>;
    };
    for (const [, , path] of COMPONENTS) {
      expect(exports[`./${path}`]).toEqual({
        '@serverless-otlp/source': `./src/${path}.ts`,
        types: `./dist/${path}.d.ts`,
        default: `./dist/${path}.js`,
      });
    }
    const processors = Object.keys(exports).filter((path) => path.startsWith('./processors/'));
    const at = Object.keys(exports).indexOf(processors[0] ?? '');
    expect(Object.keys(exports).slice(at, at + processors.length)).toEqual(processors);
    expect(processors.at(-1)).toBe('./processors/redact-names');
  });

  it.each([
    ['nothing', [], /usage: npm run new/],
    ['a kind without a name', ['processor'], /usage/],
    ['a wrong kind', ['procesor', 'x'], /no kind "procesor"; usage/],
    ['a word of Object', ['constructor', 'x'], /no kind/],
    ['a kebab-case name', ['processor', 'redact-names'], /for example redact_names/],
    ['a camelCase name', ['processor', 'redactNames'], /for example redact_names/],
    ['a path', ['processor', '../../x'], /no snake_case id, for example x/],
    ['a name of signs', ['processor', '__'], /no snake_case id/],
    ['a reserved word', ['processor', 'default'], /word of the language/],
    ['too many words', ['processor', 'a', 'b'], /too many words: b/],
    ['an unknown option', ['processor', 'a', '--force'], /force/],
    ['a name that is taken', ['processor', 'redact_names'], /redact-names\.ts exists already/],
  ])('refuses %s with exit code 2 and a remedy', (_, words, message) => {
    const before = readFileSync(join(tree.root, MANIFEST), 'utf8');
    const { status, out } = create(tree.root, ...words);
    expect(status).toBe(2);
    expect(out).toMatch(message);
    expect(readFileSync(join(tree.root, MANIFEST), 'utf8')).toBe(before);
  });
});
