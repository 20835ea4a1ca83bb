/**
 * Checks the types of the TypeScript that pages show. A block with an import is a whole file, called what its first line says
 * (`// handler.ts`; from the root of the repository if it begins with `packages/`); others of its page may import it, and JavaScript that the
 * page shows. Blocks without an import are pieces of code, which nobody can check.
 *
 *   npm run check:docs
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { report, type Finding } from './finding.ts';
import { repositoryRoot, rootOf, sourceFiles } from './source-tree.ts';

/** A file that a page shows. */
interface Shown {
  readonly page: string;
  /** Of its first line in the page. */
  readonly line: number;
  readonly text: string;
}

const BLOCK = /^```([tj]s)\n([^]*?)^```$/gm;
const IMPORT = /^(?:import|export) [^;]*? from '/m;
const NAME = /^\/\/ ([\w./-]+\.m?[tj]s)\n/;

/** The files of a page, by the paths they would have; the page's own folder is one that does not exist. */
const filesOf = (root: string, page: string): readonly (readonly [path: string, shown: Shown])[] => {
  const markdown = readFileSync(join(root, page), 'utf8');
  const folder = join(root, 'shown', page);
  return [...markdown.matchAll(BLOCK)]
    .filter(([, , text = '']) => IMPORT.test(text))
    .map(({ 1: language = '', 2: text = '', index }) => {
      const line = markdown.slice(0, index).split('\n').length + 1;
      const name = NAME.exec(text)?.[1] ?? `${basename(page, '.md')}-${line}.${language}`;
      return [name.startsWith('packages/') ? join(root, name) : join(folder, name), { page, line, text }] as const;
    });
};

const optionsOf = (): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(join(repositoryRoot, 'tsconfig.base.json'), (path) => ts.sys.readFile(path)) as {
    readonly config: unknown;
  };
  return {
    ...ts.parseJsonConfigFileContent(config, ts.sys, repositoryRoot).options,
    noEmit: true,
    allowJs: true,
    declaration: false,
    isolatedDeclarations: false,
    // What a page shows may be used elsewhere.
    noUnusedLocals: false,
  };
};

/** Files that are not there, over those that are. */
const hostWith = (shown: ReadonlyMap<string, Shown>, options: ts.CompilerOptions): ts.CompilerHost => {
  const host = ts.createCompilerHost(options);
  const folders = [...shown.keys()].map((path) => join(path, '..'));
  return {
    ...host,
    fileExists: (path) => shown.has(path) || host.fileExists(path),
    readFile: (path) => shown.get(path)?.text ?? host.readFile(path),
    directoryExists: (path) => folders.some((one) => one.startsWith(path)) || (host.directoryExists?.(path) ?? false),
    getSourceFile: (path, version, ...rest) => {
      const text = shown.get(path)?.text;
      return text === undefined ? host.getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version);
    },
  };
};

/** All that is wrong with the TypeScript of the pages below `root`. */
export const checkDocs = (root: string): { readonly findings: readonly Finding[]; readonly files: number } => {
  const pages = sourceFiles(root).filter((path) => path.endsWith('.md'));
  const shown = new Map(pages.flatMap((page) => filesOf(root, page)));
  const options = optionsOf();
  const program = ts.createProgram([...shown.keys()], options, hostWith(shown, options));
  const findings = [...shown].flatMap(([path, { page, line }]) => {
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }): Finding => {
      const at = source?.getLineAndCharacterOfPosition(start).line ?? 0;
      return { file: page, line: line + at, message: ts.flattenDiagnosticMessageText(messageText, ' ') };
    });
  });
  return { findings, files: shown.size };
};

if (import.meta.main) {
  const { findings, files } = checkDocs(rootOf(process.argv));
  report('docs', findings, `${files} files that pages show`);
}
