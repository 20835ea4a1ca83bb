import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';
import { CORE, HANDLER } from './cold-start.ts';

/**
 * Takes Node's modules by `process.getBuiltinModule` instead of `import`. An import touches every export, and some of them load
 * more: `WebSocket` of `node:http` all of undici, `promises` of `node:fs` readline. Together they are half of a cold start.
 */
export const lazyBuiltins = (core: readonly string[] = []): Plugin => ({
  name: 'lazy-builtins',
  setup: (build) => {
    const early = new Set([join(repositoryRoot, HANDLER), ...core]);
    // Our own files say it themselves: as a module, each builtin would be a chunk of its own as soon as two chunks need it.
    build.onLoad({ filter: /[\\/]packages[\\/](?:forwarder|otlp)[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents:
        (core.length === 0 || early.has(path) ? '' : `import '${CORE}';`) +
        withoutBarrel(withBuiltins(readFileSync(path, 'utf8'))),
      loader: 'ts',
    }));
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }));
  },
});

const IMPORT = /^import \{([^}]*)\} from '(node:[^']+)';$/gm;

/** The same source with its imports of Node's modules replaced. Prettier has written them all alike. */
export const withBuiltins = (source: string): string =>
  source.replace(IMPORT, (_, list: string, name: string) => {
    const names = list
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const types = names.filter((one) => one.startsWith('type ')).map((one) => one.slice('type '.length));
    const values = names.filter((one) => !one.startsWith('type ')).map((one) => one.replace(/ as /, ': '));
    const typed = types.length === 0 ? '' : `import type { ${types.join(', ')} } from '${name}'; `;
    // A class is a type as well, which esbuild does not look at.
    return `${typed}const { ${values.join(', ')} } = /* @__PURE__ */ process.getBuiltinModule('${name}');`;
  });

const BARREL = 'packages/otlp/src/index.ts';
const FROM_BARREL = /^import \{([^}]*)\} from '@serverless-otlp\/otlp';$/gm;
const RE_EXPORT = /^export \{([^}]*)\} from '\.\/([^']+)';$/gm;

/** The names in such a list that are no types. */
const valuesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('type '));

/**
 * The same source with what it imports of the package `otlp` taken from the files it is in. Through the index, esbuild counts every file
 * of the package among those that a cold start loads.
 */
export const withoutBarrel = (source: string): string =>
  source.replace(FROM_BARREL, (_, list: string) => {
    const files = new Map<string, string>();
    for (const [, names = '', file = ''] of readFileSync(join(repositoryRoot, BARREL), 'utf8').matchAll(RE_EXPORT))
      for (const name of valuesIn(names)) files.set(name, join(repositoryRoot, 'packages/otlp/src', file));
    return valuesIn(list)
      .map((name) => `import { ${name} } from ${JSON.stringify(files.get(name) ?? '@serverless-otlp/otlp')};`)
      .join(' ');
  });
