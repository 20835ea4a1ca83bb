import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleStdoutExporter } from '../scripts/build-stdout-exporter.ts';
import { cacheFolder } from '../scripts/real/cache.ts';
import { installNpmPart } from '../scripts/real/npm-package.ts';

/** How a module is written, and loaded. */
export type ModuleForm = 'import' | 'require';

/** One exporter in the four ways users load it: files that export `OTLPStdoutSpanExporter`. */
export interface Side {
  readonly unbundled: Readonly<Record<ModuleForm, string>>;
  readonly bundled: Readonly<Record<ModuleForm, string>>;
}

/** What is compared. */
export interface Sides {
  readonly ours: Side;
  readonly published: Side;
  /** Has the SDK in its `node_modules`. */
  readonly sdkFolder: string;
  /** {@link file://./exporter-child.ts} as JavaScript. */
  readonly child: string;
}

const OURS = '@serverless-otlp/stdout-exporter';
const PUBLISHED = '@dev7a/otlp-stdout-span-exporter';
const packageFolder = join(import.meta.dirname, '../packages/stdout-exporter');

/** What a bundle of modules for `require` needs when it is itself a module. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const bundleOf = async (
  name: string,
  from: string,
  outfile: string,
  format: 'esm' | 'cjs',
  banner = '',
): Promise<string> => {
  await build({
    stdin: { contents: `export { OTLPStdoutSpanExporter } from '${name}';`, resolveDir: from },
    outfile,
    bundle: true,
    minify: true,
    format,
    platform: 'node',
    target: 'node22.15',
    banner: { js: banner },
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outfile;
};

const bundlesOf = async (name: string, from: string, to: string, banner?: string): Promise<Side['bundled']> => ({
  import: await bundleOf(name, from, `${to}.mjs`, 'esm', banner),
  require: await bundleOf(name, from, `${to}.cjs`, 'cjs'),
});

/** Our package as it would be installed, from the source as it is now. */
const oursIn = async (folder: string): Promise<Side> => {
  const installed = join(folder, 'node_modules', OURS);
  await bundleStdoutExporter(join(installed, 'dist'));
  cpSync(join(packageFolder, 'package.json'), join(installed, 'package.json'));
  return {
    unbundled: { import: join(installed, 'dist/index.js'), require: join(installed, 'dist/index.cjs') },
    bundled: await bundlesOf(OURS, folder, join(folder, 'ours')),
  };
};

/** It has one form; a module imports that. */
const publishedIn = async (folder: string, from: string): Promise<Side> => {
  const file = createRequire(join(from, 'index.js')).resolve(PUBLISHED);
  return {
    unbundled: { import: file, require: file },
    bundled: await bundlesOf(PUBLISHED, from, join(folder, 'published'), REQUIRE),
  };
};

const childIn = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'exporter-child.mjs');
  const entry = join(import.meta.dirname, 'exporter-child.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node22.15' });
  return outfile;
};

/** Installs the published exporter and its SDK into the cache, builds ours, and removes that when `use` is done. */
export const withSides = async <Result>(use: (sides: Sides) => Promise<Result>): Promise<Result> => {
  const sources = join(import.meta.dirname, 'reference');
  const cache = cacheFolder(process.env);
  const sdkFolder = await installNpmPart(cache, { name: 'published-exporter', sources }, process.env);
  const folder = mkdtempSync(join(tmpdir(), 'serverless-otlp-bench-'));
  try {
    return await use({
      ours: await oursIn(folder),
      published: await publishedIn(folder, sdkFolder),
      sdkFolder,
      child: await childIn(folder),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
