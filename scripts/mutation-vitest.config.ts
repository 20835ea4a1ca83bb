import { join } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const packages = join(import.meta.dirname, '../packages');

/**
 * The vitest configuration of `npm run mutation`. Stryker works on a copy of the tree whose `node_modules` are the real ones:
 * a package found by its name would be the unbroken original, so names lead to the sources of the copy.
 */
const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: [
      { find: /^@serverless-otlp\/testing\/contracts$/, replacement: `${packages}/testing/src/contracts/index.ts` },
      { find: /^@serverless-otlp\/([a-z-]+)\/config$/, replacement: `${packages}/$1/src/config/index.ts` },
      { find: /^@serverless-otlp\/([a-z-]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@serverless-otlp\/([a-z-]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` },
    ],
  },
  test: {
    root: join(import.meta.dirname, '..'),
    include: [
      'packages/otlp/src/**/*.test.ts',
      'packages/forwarder/src/{forwarder,pipeline/**/*,encodings/**/*}.test.ts',
      'tests/conformance/**/*.test.ts',
    ],
  },
});

export default config;
