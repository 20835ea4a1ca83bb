import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from './source-tree.ts';

const readIfAny = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // as good as out of date
  }
};

/**
 * Writes a generated file; with `--check` on the command line writes nothing, and fails when it is not up to date.
 *
 * @param file its path from the root of the repository.
 * @param command writes it.
 */
export const writeOrCheck = (file: string, text: string, command: string): void => {
  const path = join(repositoryRoot, file);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } else if (readIfAny(path) !== text) {
    console.error(`${file} is not up to date: run \`${command}\`.`);
    process.exitCode = 1;
  }
};
