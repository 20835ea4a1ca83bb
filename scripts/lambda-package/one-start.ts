import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';

const sources = join(repositoryRoot, 'packages/lambda/src');
const START = join(sources, 'index.ts');

/** What is loaded beside or after the start. */
const LATER: readonly string[] = [
  'testing.ts',
  'telemetry/metrics-sdk.ts',
  'telemetry/logs-sdk.ts',
  'telemetry/line-writer.ts',
  'telemetry/full-exporter.ts',
];

/**
 * Keeps everything that is loaded at the start in one file. esbuild makes a chunk for each set of files that have something in common;
 * when all that is loaded later also names the start, there is one such set.
 *
 * @param change what is done to our own sources besides.
 */
export const oneStart = (change: (source: string) => string): Plugin => ({
  name: 'one-start',
  setup: (build) => {
    const later = new Set(LATER.map((name) => join(sources, name)));
    build.onResolve({ filter: /^start$/ }, () => ({ path: START, sideEffects: true }));
    build.onLoad({ filter: /[\\/]packages[\\/]lambda[\\/]src[\\/].*\.ts$/ }, ({ path }) =>
      later.has(path)
        ? { contents: `import 'start';\n${change(readFileSync(path, 'utf8'))}`, loader: 'ts' }
        : undefined,
    );
  },
});
