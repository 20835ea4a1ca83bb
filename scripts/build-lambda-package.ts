/**
 * Builds what `@serverless-otlp/lambda` publishes: its entries for `import` and for `require`, with the SDK inside and the API outside,
 * and the types of both. Needs the declarations of `tsc -b tsconfig.build.json` first.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { build, type BuildOptions, type Metafile, transform } from 'esbuild';
import { copyDeclarations } from './declarations.ts';
import { BUNDLE_OPTIONS, OWN_CONDITIONS } from './lambda/bundle-options.ts';
import { change } from './lambda-package/change.ts';
import { directImports } from './lambda-package/direct-imports.ts';
import { apiOutside } from './lambda-package/one-import.ts';
import { oneStart } from './lambda-package/one-start.ts';
import { withoutUnused } from './lambda-package/without.ts';
import { repositoryRoot } from './source-tree.ts';

const packageFolder = join(repositoryRoot, 'packages/lambda');

/** The subpaths of the package. */
const ENTRIES: readonly string[] = ['index', 'testing'];

const OPTIONS: BuildOptions & { readonly metafile: true } = {
  ...BUNDLE_OPTIONS,
  absWorkingDir: packageFolder,
  entryPoints: Object.fromEntries(ENTRIES.map((name) => [name, `src/${name}.ts`])),
  chunkNames: 'chunks/[name]-[hash]',
  conditions: OWN_CONDITIONS,
  // Names that only the SDK and its serializer use among themselves. What another copy of the API has keeps its name.
  mangleProps:
    /^_[a-zA-Z]|^(?:startLengthDelimited|finishLengthDelimited|write(?:Tag|Varint|String|Bytes|Double|S?Fixed(?:32|64)))$/,
  reserveProps: /^_(?:getDelegate|delegate)/,
  mangleQuoted: true,
  // They have no effects, indeed; that they are named puts them together.
  logOverride: { 'ignored-bare-import': 'silent' },
};

/** Imports of nothing are for effects, which no chunk has. Bundlers of users would warn of each. */
const withoutBareImports = (file: string): void =>
  writeFileSync(file, readFileSync(file, 'utf8').replace(/import"\.[^"]*";/g, ''));

/** A module of the bundle, for `require`. What was loaded late by `import()` still is, by `require`. */
const toRequire = async (file: string): Promise<void> => {
  const text = readFileSync(file, 'utf8').replace(/(["'])(\.{1,2}\/[^"']+)\.js\1/g, '$1$2.cjs$1');
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node22.15',
    minify: true,
    supported: { 'dynamic-import': false },
    legalComments: 'none',
  });
  writeFileSync(file.replace(/\.js$/, '.cjs'), code);
};

/** Bundles all entries into a folder, as `<entry>.js` and `<entry>.cjs`, with what is loaded late below `chunks/`. */
export const bundleLambda = async (destination: string): Promise<Metafile> => {
  const plugins = [withoutUnused(), oneStart(change), directImports(change), apiOutside()];
  const { metafile } = await build({ ...OPTIONS, outdir: destination, plugins });
  for (const path of Object.keys(metafile.outputs)) {
    withoutBareImports(join(packageFolder, path));
    await toRequire(join(packageFolder, path));
  }
  return metafile;
};

/** Builds into `packages/lambda/dist`, or elsewhere. */
export const buildLambdaPackage = async (destination: string = join(packageFolder, 'dist')): Promise<void> => {
  const { outputs } = await bundleLambda(destination);
  // Those of earlier builds: their names change with what is in them.
  const written = new Set(Object.keys(outputs).map((path) => basename(path, '.js')));
  for (const name of readdirSync(join(destination, 'chunks')))
    if (!written.has(name.replace(/\.c?js$/, ''))) rmSync(join(destination, 'chunks', name));
  const folder = join(packageFolder, 'dist/declarations');
  const exporter = join(repositoryRoot, 'packages/stdout-exporter/dist/declarations');
  const inside = { '@serverless-otlp/stdout-exporter': exporter };
  copyDeclarations(ENTRIES, { folder, peers: ['@opentelemetry/api'], inside }, destination);
};

if (import.meta.main) {
  await buildLambdaPackage();
  const folder = join(packageFolder, 'dist');
  const code = (name: string): boolean => /\.c?js$/.test(name) && !name.startsWith('declarations');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(code).sort()) {
    const file = join(folder, name);
    console.log(`${(statSync(file).size / 1024).toFixed(1).padStart(8)} KB  ${relative(repositoryRoot, file)}`);
  }
}
