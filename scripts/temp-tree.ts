import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder with the given files outside the repository, for the tests of the checks; removed on dispose. */
export const tempTree = (files: Readonly<Record<string, string>>): Disposable & { readonly root: string } => {
  const root = mkdtempSync(join(tmpdir(), 'otlp-check-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
};
