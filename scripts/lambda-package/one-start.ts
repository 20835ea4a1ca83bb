import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';

const sources = join(repositoryRoot, 'packages/lambda/src');
/** What has to be in one file: the start, and what writes the first line beside it. */
const WHOLE: Readonly<Record<string, string>> = { start: 'index.ts', line: 'telemetry/line-writer.ts' };

/** What is loaded beside or after them. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  'testing.ts': ['start'],
  'telemetry/line-writer.ts': ['start'],
  'telemetry/full-exporter.ts': ['start', 'line'],
  'telemetry/metrics-sdk.ts': ['start', 'line'],
  'telemetry/logs-sdk.ts': ['start', 'line'],
};

/**
 * Keeps everything that is loaded at the start in one file, and so what writes the first line. esbuild makes a chunk for each set of
 * files that have something in common; when all that is loaded later also names them, there is one such set for each.
 *
 * @param change what is done to our own sources besides.
 */
export const oneStart = (change: (source: string) => string): Plugin => ({
  name: 'one-start',
  setup: (build) => {
    const later = new Map(Object.entries(LATER).map(([name, whole]) => [join(sources, name), whole]));
    build.onResolve({ filter: /^(?:start|line)$/ }, ({ path }) => ({
      path: join(sources, WHOLE[path] ?? ''),
      sideEffects: true,
    }));
    // Whoever names a file first decides whether it has effects, and who is first differs from build to build.
    const wholes = new Set(Object.values(WHOLE).map((name) => join(sources, name)));
    build.onResolve({ filter: /(?:^|[\\/])(?:index|line-writer)\.ts$/ }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      return wholes.has(file) ? { path: file, sideEffects: true } : undefined;
    });
    build.onLoad({ filter: /[\\/]packages[\\/]lambda[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const names = later.get(path)?.map((whole) => `import '${whole}';\n`);
      if (names === undefined) return undefined;
      return { contents: `${names.join('')}${change(readFileSync(path, 'utf8'))}`, loader: 'ts' };
    });
  },
});
