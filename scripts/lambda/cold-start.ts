import { join } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';

/** The entry point. */
export const HANDLER = 'packages/forwarder/src/handler.ts';

/**
 * Stands for everything that a cold start loads anyway. What is loaded later names it, so that esbuild puts it into one file: by itself it
 * makes a chunk of every set of modules that the same lazy ones share, each with its imports and exports.
 */
export const CORE = 'core:all';

/** Our own files that the handler imports, directly or not, but for itself. */
export const coreOf = ({ outputs }: Metafile): readonly string[] => {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === HANDLER);
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: next } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && next in outputs) load(next);
  };
  if (entry !== undefined) load(entry);
  const inputs = [...loaded].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
  return inputs
    .filter((path) => path.startsWith('packages/') && path !== HANDLER)
    .map((path) => join(repositoryRoot, path))
    .sort();
};

/** Makes that of these files. */
export const oneColdStart = (core: readonly string[]): Plugin => ({
  name: 'one-cold-start',
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^${CORE}$`) }, ({ path }) => ({
      path,
      namespace: 'core',
      sideEffects: true,
    }));
    build.onLoad({ filter: /.*/, namespace: 'core' }, () => ({
      contents: core.map((path) => `import ${JSON.stringify(path)};`).join(''),
      resolveDir: repositoryRoot,
    }));
  },
});
