import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../docs/guides/backends/', import.meta.url);

/** A row of a guide's table of troubles: what the report says, and what to do. */
export interface Trouble {
  /** The text in the report, after the host. */
  readonly says: string;
  readonly todo: string;
}

/** A guide as its reader sees it. */
export interface Guide {
  readonly name: string;
  /** The whole page. */
  readonly text: string;
  /** The configuration it prints. */
  readonly yaml: string;
  readonly troubles: readonly Trouble[];
}

/** Names of all guides. */
export const GUIDES: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => file.replace(/\.md$/, ''))
  .sort();

const fences = (text: string): readonly string[] =>
  [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, code = '']) => code);

/** Cells of a row; the code in the first, without its backticks. */
const troubleOf = (row: string): Trouble | undefined => {
  const [, first = '', , todo = ''] = row.split('|').map((cell) => cell.trim());
  const [, , says] = /^(`+) ?(.*?) ?\1$/.exec(first) ?? [];
  return says === undefined ? undefined : { says, todo };
};

/** The table below the heading `Troubleshooting`, or the one of README.md. */
export const troublesIn = (name: string): readonly Trouble[] => {
  const text = readFileSync(new URL(`${name}.md`, folder), 'utf8');
  const [, section = ''] = /^## Troubleshooting$(.*?)(?=^## |$(?![\s\S]))/ms.exec(text) ?? [];
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(troubleOf)
    .filter((trouble) => trouble !== undefined);
};

/** Reads a guide; it prints exactly one configuration. */
export const guideNamed = (name: string): Guide => {
  const text = readFileSync(new URL(`${name}.md`, folder), 'utf8');
  const found = fences(text);
  const [yaml] = found;
  if (yaml === undefined || found.length > 1) throw new Error(`${name}.md prints ${found.length} configurations`);
  return { name, text, yaml, troubles: troublesIn(name) };
};
