/**
 * Builds the deployable: `packages/forwarder/dist/lambda/index.mjs` with its chunks, and `forwarder.zip` of the same.
 * The same source always gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';
import { coreOf, HANDLER, oneColdStart } from './lambda/cold-start.ts';
import { BUNDLE_OPTIONS } from './lambda/bundle-options.ts';
import { lazyBuiltins } from './lambda/own-sources.ts';
import { buildSdk, sdkApart } from './lambda/sdk.ts';
import { smallSigner } from './lambda/signer.ts';
import { repositoryRoot } from './source-tree.ts';

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

/** Removes what nothing loads: esbuild writes a chunk for an `import()` also where it has left out the function around it. */
const removeOrphans = ({ outputs }: Metafile): void => {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next } of outputs[path]?.imports ?? []) if (next in outputs) load(next);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (entryPoint === HANDLER) load(path);
  for (const path of Object.keys(outputs)) if (!loaded.has(path)) rmSync(join(repositoryRoot, path));
};

/** Bundles the handler and zips it. What only a configuration file or YAML needs lies in chunks of its own. */
export const buildLambda = async (
  directory: string = join(repositoryRoot, 'packages/forwarder/dist/lambda'),
): Promise<LambdaBuild> => {
  // Beside its place and then moved there: whoever runs the last build meanwhile never sees half of this one.
  const draft = `${directory}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const options: BuildOptions & { readonly metafile: true } = {
    ...BUNDLE_OPTIONS,
    entryPoints: { index: HANDLER },
    outdir: draft,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    // The build of yaml for Node is CommonJS, which an ES module can neither require from nor import names of.
    alias: { yaml: join(repositoryRoot, 'node_modules/yaml/browser/index.js') },
  };
  const parts = await build({ ...options, write: false, plugins: [sdkApart, smallSigner, lazyBuiltins()] });
  const core = coreOf(parts.metafile);
  const { metafile } = await build({
    ...options,
    // They have no effects, indeed; that they are named puts them together.
    logOverride: { 'ignored-bare-import': 'silent' },
    plugins: [sdkApart, smallSigner, oneColdStart(core), lazyBuiltins(core)],
  });
  removeOrphans(metafile);
  await buildSdk(draft);
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
    console.log(`${(statSync(path).size / 1024).toFixed(1).padStart(8)} KB  ${relative(repositoryRoot, path)}`);
  }
  console.log(`zip sha256 ${zipSha256}`);
}
