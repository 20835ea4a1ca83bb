import { createReadStream, statSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';

/** Something to read lines from. */
export interface Input {
  /** The file name; empty for standard input. */
  readonly name: string;
  open(): AsyncIterable<Uint8Array> & { destroy(): unknown };
}

const standardInput: Input = { name: '', open: () => process.stdin };

/** What to tell somebody who started a command at a terminal without giving it anything to read; empty when there is no need. */
export const typingHint = (inputs: readonly Input[]): string =>
  process.stdin.isTTY && inputs.includes(standardInput)
    ? 'Reading what you type; Ctrl-D ends. Name a file, or pipe a program into this.\n'
    : '';

const problemOf = (file: string): string | undefined => {
  try {
    return statSync(file).isDirectory() ? 'it is a directory; name the files in it' : undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${String(code)})`;
  }
};

/**
 * The files named on the command line, or standard input when there are none or one is `-`. All are looked at before anything is
 * read, so that a typing mistake in the last does not leave the work half done. @throws {UsageError}
 */
export const inputsOf = (files: readonly string[]): readonly Input[] => {
  if (files.length === 0) return [standardInput];
  for (const file of files) {
    const problem = file === '-' ? undefined : problemOf(file);
    if (problem !== undefined) throw new UsageError(`cannot read "${file}": ${problem}.`);
  }
  return files.map((file) => (file === '-' ? standardInput : { name: file, open: () => createReadStream(file) }));
};
