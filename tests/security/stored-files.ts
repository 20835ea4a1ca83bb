import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One file of a dead-letter folder. */
export interface StoredFile {
  readonly key: string;
  readonly bytes: Buffer;
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

/** Everything in a dead-letter folder, whatever it is, in order of keys. */
export const storedFiles = (folder: string): readonly StoredFile[] => {
  let paths: readonly string[];
  try {
    paths = filesBelow(folder);
  } catch {
    return []; // nothing was ever stored
  }
  return paths.map((path) => ({ key: relative(folder, path), bytes: readFileSync(path) })).sort(byKey);
};

const byKey = (a: StoredFile, b: StoredFile): number => (a.key < b.key ? -1 : 1);

/** The first line of a letter, parsed, and its content, unpacked: as somebody reads it who only has the format's description. */
export const opened = ({
  bytes,
}: StoredFile): { readonly header: Record<string, unknown>; readonly content: Buffer } => {
  const end = bytes.indexOf(0x0a);
  const header = JSON.parse(bytes.toString('utf8', 0, end)) as Record<string, unknown>;
  const content = bytes.subarray(end + 1);
  return { header, content: header['encoding'] === 'gzip' ? gunzipSync(content) : content };
};
