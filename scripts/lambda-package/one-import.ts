import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';

const API = '@opentelemetry/api';
const EXPORT = /^export \{([^}]*)\};$/m;

/** What the index of the API exports, by name. */
const apiNames = (): string => {
  const index = readFileSync(join(repositoryRoot, 'node_modules', API, 'dist/index.mjs'), 'utf8');
  const list = EXPORT.exec(index)?.[1] ?? '';
  return list
    .split(',')
    .map((one) => one.trim().replace(/^.* as /, ''))
    .filter((one) => one !== 'default')
    .join(', ');
};

/** Leaves the API outside. esbuild repeats an import for every file that has it; through one file of its own it is there once. */
export const apiOutside = (): Plugin => ({
  name: 'api-outside',
  setup: (build) => {
    build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ namespace }) =>
      namespace === 'api'
        ? { path: API, external: true, sideEffects: false }
        : { path: API, namespace: 'api', sideEffects: false },
    );
    build.onLoad({ filter: /.*/, namespace: 'api' }, () => ({ contents: `export { ${apiNames()} } from '${API}';` }));
  },
});
