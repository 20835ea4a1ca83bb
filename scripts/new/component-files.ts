import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The four extension points, and the folder each lives in. */
export const FOLDERS = {
  receiver: 'receivers',
  encoding: 'encodings',
  processor: 'processors',
  exporter: 'exporters',
} as const;

/** A kind of component. */
export type Kind = keyof typeof FOLDERS;

/** A component to be written: `redact_names` lives in `redact-names.ts` as `redactNames`. */
export interface Component {
  readonly kind: Kind;
  readonly id: string;
  readonly kebab: string;
  readonly camel: string;
}

const RESERVED: ReadonlySet<string> = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await'.split(
    ' ',
  ),
);

/** Reads `processor redact_names`; the error says what is wrong and how to write it. */
export const componentOf = (kind: string | undefined, id: string | undefined): Component => {
  const usage = 'usage: npm run new -- receiver|encoding|processor|exporter my_component';
  if (kind === undefined || id === undefined) throw new Error(usage);
  if (!Object.hasOwn(FOLDERS, kind)) throw new Error(`there is no kind "${kind}"; ${usage}`);
  const suggestion = id
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  if (!/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/.test(id)) {
    const hint = suggestion === '' ? '' : `, for example ${suggestion}`;
    throw new Error(`"${id}" is no snake_case id${hint}: it is what stands in a configuration file`);
  }
  if (RESERVED.has(id)) throw new Error(`"${id}" is a word of the language and cannot name a function`);
  const kebab = id.replaceAll('_', '-');
  const camel = id.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return { kind: kind as Kind, id, kebab, camel };
};

const template = (name: string): string => readFileSync(join(import.meta.dirname, 'templates', `${name}.txt`), 'utf8');

/** Path → text of what a new component consists of. */
export const componentFiles = ({ kind, id, kebab, camel }: Component): Readonly<Record<string, string>> => {
  const words: Readonly<Record<string, string>> = {
    kind,
    id,
    kebab,
    camel,
    Pascal: camel.replace(/^./, (letter) => letter.toUpperCase()),
    folder: FOLDERS[kind],
  };
  const fill = (text: string): string => text.replace(/__([A-Za-z]+)__/g, (all, word: string) => words[word] ?? all);
  const base = `packages/forwarder/src/${FOLDERS[kind]}/${kebab}`;
  return {
    [`${base}.ts`]: fill(template(`${kind}.ts`)),
    [`${base}.test.ts`]: fill(template(`${kind}.test.ts`)),
    [`docs/reference/${FOLDERS[kind]}/${kebab}.md`]: fill(template('docs.md')),
  };
};
