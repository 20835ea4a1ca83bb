import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/**
 * Makes of the API inside the bundle one that calls itself what another copy, if it was there before, calls itself. A copy takes what
 * is registered under its own version or a later one, and registers under its own alone: with a provider that an older copy has registered,
 * ours would see nothing and register nothing.
 */
export const adoptedVersion: Plugin = {
  name: 'adopted-version',
  setup: (build) => {
    build.onLoad({ filter: /[\\/]@opentelemetry[\\/]api[\\/]dist[\\/]version\.mjs$/ }, ({ path }) => {
      const version = /"(\d+\.\d+\.\d+)"/.exec(readFileSync(path, 'utf8'))?.[1];
      if (version === undefined) throw new Error(`no version in ${path}`);
      const symbol = `opentelemetry.js.api.${version.split('.')[0] ?? ''}`;
      return { contents: `export const VERSION = globalThis[Symbol.for("${symbol}")]?.version ?? "${version}";` };
    });
    build.onLoad({ filter: /[\\/]@opentelemetry[\\/]api[\\/]dist[\\/]internal[\\/]global-utils\.mjs$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const changed = text.replace(/api\.version !== "[^"]+"/, 'api.version !== VERSION');
      if (changed === text) throw new Error(`nothing to change in ${path}`);
      return { contents: changed };
    });
  },
};
