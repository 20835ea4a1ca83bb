/**
 * Proves the import directions of docs/architecture.md: between packages, and inside the forwarder.
 *
 *   npm run check:imports
 */
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { report, type Finding } from './finding.ts';
import { ALLOWED_PACKAGES, isTest, packageOf } from './imports/directions.ts';
import { componentsOf, foreignObjection, forwarderObjection } from './imports/forwarder-rules.ts';
import { environmentReads, referencesOf, type Reference } from './imports/references.ts';
import { rootOf, sourceFiles } from './source-tree.ts';

const FORWARDER = 'packages/forwarder/src/';
const folderOf = (path: string): string | undefined => /^packages\/([^/]+)\//.exec(path)?.[1];

/** Only config/ (and the command line's main) reads the environment; the private test package is not shipped. */
const mayReadEnvironment = (path: string): boolean =>
  !/^packages\/[^/]+\/src\//.test(path) ||
  isTest(path) ||
  path.startsWith('packages/testing/') ||
  /^packages\/[^/]+\/src\/config(\/|\.ts$)/.test(path) ||
  path === 'packages/cli/src/main.ts';

const relativeObjection = (from: string, specifier: string, components: ReadonlySet<string>): string | undefined => {
  const to = posix.normalize(posix.join(posix.dirname(from), specifier));
  const [home, target] = [folderOf(from), folderOf(to)];
  if (home !== target) {
    if (target === undefined) return `a package imports nothing outside itself; this is ${to}`;
    return to.includes('/dist/') && home === undefined
      ? undefined
      : `import packages by name, not by path; this is ${to}`;
  }
  if (!from.startsWith(FORWARDER) || !to.startsWith(FORWARDER) || isTest(from)) return undefined;
  return forwarderObjection(from.slice(FORWARDER.length), to.slice(FORWARDER.length), components);
};

const packageObjection = (from: string, specifier: string): string | undefined => {
  const home = folderOf(from);
  const target = packageOf(specifier);
  if (target === 'testing' && !isTest(from) && home !== 'testing') {
    return 'only tests import @serverless-otlp/testing';
  }
  if (target === undefined || home === undefined) return undefined;
  const allowed = ALLOWED_PACKAGES[home];
  if (allowed === undefined) return `packages/${home} has no place in scripts/imports/directions.ts yet`;
  if (allowed.includes(target) || (isTest(from) && (target === 'testing' || target === home))) return undefined;
  if (target === home) return 'inside its own package a file is imported by its path';
  const may = allowed.length === 0 ? 'none of our packages' : `only ${allowed.join(', ')}`;
  return `packages/${home} imports ${may}, not ${target}`;
};

const objection = (from: string, reference: Reference, components: ReadonlySet<string>): string | undefined => {
  const { specifier, typeOnly } = reference;
  if (specifier === undefined) {
    return /^packages\/[^/]+\/src\//.test(from) && !isTest(from) && !from.includes('/src/config/')
      ? 'a computed import cannot be checked (only config/ may load what a user names)'
      : undefined;
  }
  if (from === 'bench/floor.ts' && !isBuiltin(specifier) && !(typeOnly && specifier.startsWith('.'))) {
    return `bench/floor.ts stands alone on node: modules, or it is no floor; this is ${specifier}`;
  }
  if (specifier.startsWith('.')) return relativeObjection(from, specifier, components);
  if (isBuiltin(specifier) && !specifier.startsWith('node:')) return `write node:${specifier}`;
  if (packageOf(specifier) !== undefined) return packageObjection(from, specifier);
  if (!from.startsWith(FORWARDER) || isTest(from)) return undefined;
  return foreignObjection(from.slice(FORWARDER.length), specifier, reference);
};

/** All imports of the tree at `root` that point the wrong way, and reads of the environment outside config/. */
export const checkImports = (root: string): { readonly findings: readonly Finding[]; readonly imports: number } => {
  const manifest = join(root, 'packages/forwarder/package.json');
  const components = existsSync(manifest)
    ? componentsOf(JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: Record<string, unknown> })
    : new Set<string>();
  const findings: Finding[] = [];
  let imports = 0;
  for (const path of sourceFiles(root).filter((file) => /\.(ts|mts|js|mjs)$/.test(file))) {
    const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
    for (const reference of referencesOf(source)) {
      imports += 1;
      const message = objection(path, reference, components);
      if (message !== undefined) findings.push({ file: path, line: reference.line, message });
    }
    if (mayReadEnvironment(path)) continue;
    const message = 'only config/ reads process.env; take the value as an option';
    findings.push(...environmentReads(source).map((line) => ({ file: path, line, message })));
  }
  return { findings, imports };
};

if (import.meta.main) {
  const { findings, imports } = checkImports(rootOf(process.argv));
  report('imports', findings, `${imports} imports`);
}
