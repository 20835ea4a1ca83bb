/**
 * Builds what `@serverless-otlp/stdout-exporter` publishes: each entry as one file for `import` and one for `require`, with the
 * serializer of its signals inside, and the types of both. Needs the declarations of `tsc -b tsconfig.build.json` first.
 */
import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { copyDeclarations } from './declarations.ts';
import { withBuiltins } from './lambda/own-sources.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const packageFolder = join(root, 'packages/stdout-exporter');

/** The subpaths of the package. */
const ENTRIES: readonly string[] = ['index', 'traces', 'metrics', 'logs', 'register', 'parts', 'plain-spans'];

/**
 * What is bundled in place of whole packages: the serializers without what reads responses and writes JSON, and of the API and the SDK
 * the enumerations they compare with. The API's own logger would cost more to set up than its one debug message is worth.
 */
const IN_PLACE_OF: Readonly<Record<string, string>> = {
  '@opentelemetry/otlp-transformer': `
    import { serializeTraceExportRequest } from 'otlp-transformer/dist/trace/protobuf/trace-serializer.mjs';
    import { serializeMetricsExportRequest } from 'otlp-transformer/dist/metrics/protobuf/metrics-serializer.mjs';
    import { serializeLogsExportRequest } from 'otlp-transformer/dist/logs/protobuf/logs-serializer.mjs';
    export const ProtobufTraceSerializer = { serializeRequest: serializeTraceExportRequest };
    export const ProtobufMetricsSerializer = { serializeRequest: serializeMetricsExportRequest };
    export const ProtobufLogsSerializer = { serializeRequest: serializeLogsExportRequest };`,
  '@opentelemetry/api': `
    export const diag = { debug: () => undefined };
    export { ValueType } from 'api/dist/metrics/Metric.mjs';
    export { SeverityNumber } from 'api/dist/logs/LogRecord.mjs';`,
  '@opentelemetry/sdk-metrics': `
    export { AggregationTemporality } from 'sdk-metrics/dist/export/AggregationTemporality.mjs';
    export { DataPointType } from 'sdk-metrics/dist/export/MetricData.mjs';`,
};

const inPlaceOf: Plugin = {
  name: 'in-place-of',
  setup: (build) => {
    const openTelemetry = join(root, 'node_modules/@opentelemetry');
    build.onResolve({ filter: /^@opentelemetry\// }, ({ path }) =>
      path in IN_PLACE_OF ? { path, namespace: 'in-place-of', sideEffects: false } : undefined,
    );
    build.onResolve({ filter: /^[a-z-]+\/dist\//, namespace: 'in-place-of' }, ({ path }) => ({
      path: join(openTelemetry, path),
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: 'in-place-of' }, ({ path }) => ({ contents: IN_PLACE_OF[path] ?? '' }));
    // Reading is not for exporters: with the chunk it loads late, everything the two share would be wrapped to be loaded late.
    build.onLoad({ filter: /[\\/]compact[\\/]load\.ts$/ }, () => ({
      contents: 'export const compactInflate = undefined;',
    }));
    // An import of one of Node's modules touches all of its exports.
    build.onLoad({ filter: /[\\/]packages[\\/]otlp[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: withBuiltins(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** Bundles all entries in both forms, each into one file that imports nothing. */
export const bundleStdoutExporter = async (destination: string): Promise<void> => {
  for (const format of ['esm', 'cjs'] as const) {
    await build({
      absWorkingDir: packageFolder,
      entryPoints: Object.fromEntries(ENTRIES.map((name) => [name, `src/${name}.ts`])),
      outdir: destination,
      outExtension: { '.js': format === 'esm' ? '.js' : '.cjs' },
      bundle: true,
      minify: true,
      format,
      platform: 'node',
      target: 'node22.15',
      mainFields: ['module', 'main'],
      conditions: ['@serverless-otlp/source'],
      define: format === 'cjs' ? { 'import.meta.filename': '__filename' } : {},
      legalComments: 'none',
      plugins: [inPlaceOf],
      logLevel: 'warning',
    });
  }
};

/** Builds into `packages/stdout-exporter/dist`, or elsewhere. */
export const buildStdoutExporter = async (destination: string = join(packageFolder, 'dist')): Promise<void> => {
  await bundleStdoutExporter(destination);
  copyDeclarations(ENTRIES, { folder: join(packageFolder, 'dist/declarations') }, destination);
};

if (import.meta.main) {
  await buildStdoutExporter();
  for (const name of ENTRIES.flatMap((entry) => [`${entry}.js`, `${entry}.cjs`])) {
    const file = join(packageFolder, 'dist', name);
    console.log(`${(statSync(file).size / 1024).toFixed(1).padStart(8)} KB  ${relative(root, file)}`);
  }
}
