import { defineConfig, type ViteUserConfig } from 'vitest/config';

const conditions = ['@serverless-otlp/source', 'node', 'development|production'];

const config: ViteUserConfig = defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['**/*.test.ts'],
    globalSetup: ['./global-setup.ts'],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});

export { config as default };
