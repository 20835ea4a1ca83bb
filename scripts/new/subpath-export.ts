import { FOLDERS, type Component } from './component-files.ts';

/** `manifest` (the text of packages/forwarder/package.json) with the component's subpath, behind the others of its kind. */
export const withSubpathExport = (manifest: string, { kind, kebab }: Component): string => {
  const parsed = JSON.parse(manifest) as { readonly exports: Readonly<Record<string, unknown>> };
  const folder = FOLDERS[kind];
  const subpath = `./${folder}/${kebab}`;
  const entry = {
    '@serverless-otlp/source': `./src/${folder}/${kebab}.ts`,
    types: `./dist/${folder}/${kebab}.d.ts`,
    default: `./dist/${folder}/${kebab}.js`,
  };
  const entries = Object.entries(parsed.exports).filter(([path]) => path !== subpath);
  const last = entries.findLastIndex(([path]) => path.startsWith(`./${folder}/`));
  const at = last < 0 ? entries.length : last + 1;
  const exports = Object.fromEntries(entries.toSpliced(at, 0, [subpath, entry]));
  return `${JSON.stringify({ ...parsed, exports }, undefined, 2)}\n`;
};
