import { defineConfig, type ViteUserConfig } from 'vitest/config';

const conditions = ['@serverless-otlp/source', 'node', 'development|production'];

const config: ViteUserConfig = defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['**/*.test.ts'],
    // A world waits for timeouts most of its time: two at once keep two cores busy.
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 600_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
  },
});

export { config as default };
