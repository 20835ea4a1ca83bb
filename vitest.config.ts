import { defineConfig, type ViteUserConfig } from 'vitest/config';

// Without `module`: what packages such as those of the AWS SDK offer under it is for bundlers, Node.js cannot load it.
const conditions = ['@serverless-otlp/source', 'node', 'development|production'];
/** A file the counts of a run go to as well, for `.ci/run`. */
const jsonReport = process.env['VITEST_JSON_REPORT'];

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'tests/{conformance,e2e,instrumentation,migration,security}/**/*.test.ts',
      'scripts/**/*.test.ts',
      'bench/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    setupFiles: ['scripts/vitest-setup.ts'],
    globalSetup: ['scripts/vitest-global-setup.ts'],
    // Vitest would leave a core idle for itself; it hardly needs one.
    maxWorkers: 2,
    // Many tests start processes; on a busy machine of two cores those take their time.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
    reporters: jsonReport === undefined ? ['default'] : ['default', ['json', { outputFile: jsonReport }]],
    coverage: {
      provider: 'v8',
      include: ['packages/otlp/src/**/*.ts', 'packages/forwarder/src/pipeline/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.fuzz.ts'],
      thresholds: { statements: 95, branches: 95, functions: 95, lines: 95 },
    },
  },
});

export default config;
