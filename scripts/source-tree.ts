import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage', 'reports', '.git', '.cache']);

const walk = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(root, path);
    return [path];
  });

/**
 * The files of the project below `root`, relative, with forward slashes, sorted.
 *
 * In a git work tree: what is tracked or would be; elsewhere (an unpacked archive, a test's folder) everything but build output.
 */
export const sourceFiles = (root: string): readonly string[] => {
  if (!existsSync(join(root, '.git'))) return walk(root, '').sort();
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = new Set(listed.split('\0').filter((path) => path !== ''));
  return [...paths].filter((path) => existsSync(join(root, path))).sort();
};

/** The root of this repository. */
export const repositoryRoot: string = join(import.meta.dirname, '..');

/** `--root DIR` of a check, so that its tests can point it at a small tree. */
export const rootOf = (args: readonly string[]): string => {
  const at = args.indexOf('--root');
  return at < 0 ? repositoryRoot : (args[at + 1] ?? repositoryRoot);
};
