/**
 * `npm run mutation`: breaks the sources one place at a time and counts the breaks no test notices. A report, not a gate.
 *
 *   npm run mutation
 *   npm run mutation -- --mutate packages/otlp/src/split.ts
 */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'scripts/mutation-vitest.config.ts' },
  mutate: [
    'packages/otlp/src/**/*.ts',
    'packages/forwarder/src/pipeline/**/*.ts',
    '!**/*.test.ts',
    '!**/*.fuzz.ts',
    // Generated from the OTLP descriptors; types alone.
    '!packages/otlp/src/protobuf/schema.ts',
    '!packages/otlp/src/messages/**',
  ],
  ignorePatterns: ['**/dist', 'coverage', 'reports', '.cache', 'tests/real'],
  coverageAnalysis: 'perTest',
  reporters: ['clear-text', 'progress', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false },
  thresholds: { high: 90, low: 80, break: null },
  tempDirName: '.stryker-tmp',
  cleanTempDir: 'always',
  timeoutMS: 10_000,
};
