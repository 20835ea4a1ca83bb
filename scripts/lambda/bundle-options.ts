import type { BuildOptions } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';

/** Our own packages are bundled from their sources. */
export const OWN_CONDITIONS: string[] = ['@serverless-otlp/source'];

/** What every bundle here has in common. */
export const BUNDLE_OPTIONS: BuildOptions & { readonly metafile: true } = {
  absWorkingDir: repositoryRoot,
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.15',
  mainFields: ['module', 'main'],
  // Without `module`, the signer would bring the CommonJS build of its library, ten times the size.
  conditions: [...OWN_CONDITIONS, 'module'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
