import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { installPassing } from './passing.ts';
import { installNames, shimmedFiles, shimmedTimers } from './shims.ts';

const SHIMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'shim:files': shimmedFiles,
  'shim:timers': shimmedTimers,
};

/** Which modules of Node's are replaced for which sources of ours. */
const shimFor = (specifier: string, parent = ''): string | undefined => {
  if (specifier === 'node:fs/promises' && parent.includes('/dead-letter/folder-')) return 'shim:files';
  if (specifier === 'node:timers/promises' && parent.endsWith('/dead-letter/redrive.ts')) return 'shim:timers';
  return undefined;
};

const sourceOf = (url: string): string =>
  Object.keys(SHIMS[url] ?? {})
    .filter((name) => name !== 'default')
    .map((name) => `export const ${name} = globalThis.shims[${JSON.stringify(url)}].${name};`)
    .join('\n');

/**
 * Loads instrumented sources instead of those on disk, and what may fail instead of what does not.
 *
 * @param sourcesFile JSON: text by URL.
 */
export const installHooks = (sourcesFile: string): void => {
  const sources = JSON.parse(readFileSync(sourcesFile, 'utf8')) as Readonly<Record<string, string>>;
  Object.assign(globalThis, { shims: SHIMS });
  installPassing();
  installNames();
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = shimFor(specifier, context.parentURL);
      return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true };
    },
    load: (url, context, next) => {
      if (url in SHIMS) return { format: 'module', source: sourceOf(url), shortCircuit: true };
      const source = sources[url];
      return source === undefined ? next(url, context) : { format: 'module-typescript', source, shortCircuit: true };
    },
  });
};
