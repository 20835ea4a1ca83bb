import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';
import { BUNDLE_OPTIONS } from './bundle-options.ts';
import { lazyBuiltins } from './own-sources.ts';

/**
 * What is used of the AWS SDK is a bundle of its own beside the chunks: bundled together, the two would share pieces that every cold
 * start loads.
 */
const SDKS = [
  { name: '@aws-sdk/client-s3', entry: 'aws-sdk-s3', user: 'dead-letter/s3-store.ts' },
  { name: '@aws-sdk/credential-provider-node', entry: 'aws-sdk-credentials', user: 'auth/aws-credentials.ts' },
] as const;

/** Leaves it where {@link buildSdk} puts it. */
export const sdkApart: Plugin = {
  name: 'sdk-apart',
  setup: (build) => {
    for (const { name, entry } of SDKS)
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: `./${entry}.mjs`, external: true }));
  },
};

/** Each package of the SDK, with what its user takes of it. */
const sdkEntries: Plugin = {
  name: 'sdk-entries',
  setup: (build) => {
    build.onResolve({ filter: /^sdk:/ }, ({ path }) => ({ path: path.slice('sdk:'.length), namespace: 'sdk' }));
    build.onLoad({ filter: /.*/, namespace: 'sdk' }, ({ path }) => {
      const sdk = SDKS.find(({ entry }) => entry === path);
      const source = readFileSync(join(repositoryRoot, 'packages/forwarder/src', sdk?.user ?? ''), 'utf8');
      const names = new Set([...source.matchAll(/\bsdk\.(\w+)/g)].map(([, name]) => name));
      return {
        contents: `export { ${[...names].join(', ')} } from '${sdk?.name}';`,
        resolveDir: join(repositoryRoot, 'packages/forwarder'),
      };
    });
  },
};

/** Builds it into the chunks of this directory. */
export const buildSdk = async (directory: string): Promise<void> => {
  await build({
    ...BUNDLE_OPTIONS,
    entryPoints: SDKS.map(({ entry }) => ({ in: `sdk:${entry}`, out: entry })),
    outdir: join(directory, 'chunks'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'aws/[name]-[hash]',
    plugins: [sdkEntries, lazyBuiltins()],
  });
};
