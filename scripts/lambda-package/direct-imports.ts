import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';
import { withNumbers } from './constants.ts';
import { withoutDrawing } from './without.ts';

const openTelemetry = join(repositoryRoot, 'node_modules/@opentelemetry');

/** Packages whose index is imported by name; each file of theirs is one purpose. */
const BARRELS: readonly string[] = ['core', 'otlp-transformer', 'resources', 'sdk-logs', 'sdk-metrics', 'sdk-trace'];

/** What `#platform` stands for in them. */
const PLATFORM: Readonly<Record<string, string>> = {
  core: 'dist/platform/node/index.mjs',
  resources: 'dist/detectors/platform/node/index.mjs',
  'sdk-trace': 'dist/platform/node/index.mjs',
  'sdk-logs': 'dist/platform/node/index.mjs',
};

const IMPORT = /^import \{([^}]*)\} from ["']([^"']+)["'];$/gm;
const EXPORT = /^export \{([^}]*)\};$/gm;

/** What a name in a list stands for, and what it is called here. Types are nothing. */
const namesIn = (list: string): readonly (readonly [name: string, local: string])[] =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('type '))
    .map((one) => one.split(' as '))
    .map(([name = '', local = name]) => [name, local]);

const fileOf = (from: string, specifier: string, home: string): string =>
  specifier === '#platform' ? join(openTelemetry, home, PLATFORM[home] ?? '') : join(dirname(from), specifier);

/** The file that has a name which an index exports, and what it is called there. */
const sourceOf = (index: string, name: string, home: string): readonly [file: string, name: string] => {
  const text = readFileSync(index, 'utf8');
  const exported = [...text.matchAll(EXPORT)].flatMap(([, list = '']) => namesIn(list));
  const local = exported.find(([, outside]) => outside === name)?.[0] ?? name;
  for (const [, list = '', specifier = ''] of text.matchAll(IMPORT)) {
    const found = namesIn(list).find(([, inside]) => inside === local);
    if (found !== undefined) return sourceOf(fileOf(index, specifier, home), found[0], home);
  }
  return [index, name];
};

/** The same source with what it imports of the SDK taken from the files it is in. @param at the package whose `#platform` is meant. */
export const direct = (text: string, at = ''): string =>
  text.replace(IMPORT, (whole, list: string, specifier: string) => {
    const home = specifier === '#platform' ? at : specifier.replace('@opentelemetry/', '');
    if (!BARRELS.includes(home)) return whole;
    const index = specifier === '#platform' ? fileOf('', specifier, home) : join(openTelemetry, home, 'dist/index.mjs');
    return namesIn(list)
      .map(([name, local]) => {
        const [file, inside] = sourceOf(index, name, home);
        return `import { ${inside} as ${local} } from ${JSON.stringify(file)};`;
      })
      .join(' ');
  });

/**
 * Takes what is imported of the SDK from the files it is in. Through an index, esbuild counts every file behind it among those
 * that are loaded at the start, and a part that is to be loaded late is not late.
 *
 * @param change what is done to our own sources besides.
 */
export const directImports = (change: (source: string) => string): Plugin => ({
  name: 'direct-imports',
  setup: (build) => {
    build.onLoad({ filter: /[\\/]@opentelemetry[\\/][^\\/]+[\\/]dist[\\/].*\.mjs$/ }, ({ path }) => {
      const home = /@opentelemetry[\\/]([^\\/]+)/.exec(path)?.[1] ?? '';
      return { contents: direct(withNumbers(withoutDrawing(readFileSync(path, 'utf8'))), home), loader: 'js' };
    });
    build.onLoad({ filter: /[\\/]packages[\\/](?:lambda|otlp|stdout-exporter)[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: change(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
});
