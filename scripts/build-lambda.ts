/**
 * Builds the deployable: `packages/forwarder/dist/lambda/index.mjs` with its chunks, and `forwarder.zip` of the same.
 * The same source always gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';

const root = fileURLToPath(new URL('../', import.meta.url));

/** What {@link buildLambda} made. */
export interface LambdaBuild {
  readonly directory: string;
  readonly zip: string;
  readonly zipSha256: string;
  readonly metafile: Metafile;
}

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .sort();

/** Zip entries carry a date; 1980-01-01 is the earliest the format knows, in every time zone. */
const FIXED_DATE = new Date(1980, 0, 1, 0, 0, 0);

/**
 * Takes Node's modules by `process.getBuiltinModule` instead of `import`. An import touches every export, and some of them load
 * more: `WebSocket` of `node:http` all of undici, `promises` of `node:fs` readline. Together they are half of a cold start.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup: (build) => {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }));
  },
};

/** Bundles the handler and zips it. What only a configuration file or YAML needs lies in chunks of its own. */
export const buildLambda = async (
  directory: string = join(root, 'packages/forwarder/dist/lambda'),
): Promise<LambdaBuild> => {
  // Beside its place and then moved there: whoever runs the last build meanwhile never sees half of this one.
  const draft = `${directory}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { index: 'packages/forwarder/src/handler.ts' },
    outdir: draft,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.15',
    mainFields: ['module', 'main'],
    conditions: ['@serverless-otlp/source'],
    // The build of yaml for Node is CommonJS, which an ES module can neither require from nor import names of.
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
    legalComments: 'none',
    plugins: [lazyBuiltins],
    metafile: true,
    logLevel: 'warning',
  });
  const files: Zippable = {};
  for (const path of filesBelow(draft)) {
    files[relative(draft, path)] = [readFileSync(path), { mtime: FIXED_DATE, attrs: 0o644 << 16, os: 3 }];
  }
  const zipped = zipSync(files, { level: 9 });
  writeFileSync(join(draft, 'forwarder.zip'), zipped);
  rmSync(directory, { recursive: true, force: true });
  renameSync(draft, directory);
  return {
    directory,
    zip: join(directory, 'forwarder.zip'),
    zipSha256: createHash('sha256').update(zipped).digest('hex'),
    metafile,
  };
};

if (import.meta.main) {
  const { directory, zipSha256 } = await buildLambda();
  for (const path of filesBelow(directory)) {
    console.log(`${(statSync(path).size / 1024).toFixed(1).padStart(8)} KB  ${relative(root, path)}`);
  }
  console.log(`zip sha256 ${zipSha256}`);
}
