import { defineConfig } from 'vitest/config';

const conditions = ['@serverless-otlp/source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tests/{conformance,e2e}/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts', 'examples/**/*.test.ts'],
    coverage: {
      provider: 'v8',
      include: ['packages/otlp/src/**/*.ts', 'packages/forwarder/src/pipeline/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.fuzz.ts'],
      thresholds: { statements: 95, branches: 95, functions: 95, lines: 95 },
    },
  },
});
