/**
 * Builds the layer that traces functions without a change to them: `packages/lambda/layer/dist/opt/` as it lies in a sandbox, and
 * `serverless-otlp-layer.zip` of the same. The same source always gives the same bytes.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';
import { BUNDLE_OPTIONS, OWN_CONDITIONS } from './lambda/bundle-options.ts';
import { change } from './lambda-package/change.ts';
import { directImports } from './lambda-package/direct-imports.ts';
import { oneStart } from './lambda-package/one-start.ts';
import { withoutUnused } from './lambda-package/without.ts';
import { adoptedVersion } from './layer/adopted-version.ts';
import { repositoryRoot } from './source-tree.ts';

const layerFolder = join(repositoryRoot, 'packages/lambda/layer');

/** The wrapper of `AWS_LAMBDA_EXEC_WRAPPER`. */
const WRAPPER = 'otlp-handler';

/** What {@link buildLayer} made. */
export interface LayerBuild {
  /** What lies in `/opt`. */
  readonly opt: string;
  readonly zip: string;
  readonly zipBytes: number;
  readonly zipSha256: string;
  readonly metafile: Metafile;
}

const bundle = async (destination: string): Promise<Metafile> => {
  const { metafile } = await build({
    ...BUNDLE_OPTIONS,
    absWorkingDir: layerFolder,
    entryPoints: ['loader.ts'],
    outdir: destination,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    conditions: OWN_CONDITIONS,
    // They have no effects, indeed; that they are named puts them together.
    logOverride: { 'ignored-bare-import': 'silent' },
    plugins: [adoptedVersion, withoutUnused(), oneStart(change), directImports(change)],
  });
  return metafile;
};

/** Zip entries carry a date; 1980-01-01 is the earliest the format knows, in every time zone. */
const FIXED_DATE = new Date(1980, 0, 1, 0, 0, 0);

const zipped = (opt: string): Uint8Array => {
  const names = readdirSync(opt, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(opt, name)).isFile(),
  );
  const files: Zippable = {};
  for (const name of names.sort()) {
    const mode = name === WRAPPER ? 0o100755 : 0o100644;
    files[name] = [readFileSync(join(opt, name)), { mtime: FIXED_DATE, attrs: mode * 0x10000, os: 3 }];
  }
  return zipSync(files, { level: 9 });
};

/** Builds into `packages/lambda/layer/dist`, or elsewhere. */
export const buildLayer = async (directory: string = join(layerFolder, 'dist')): Promise<LayerBuild> => {
  // Beside its place and then moved there: whoever runs the last build meanwhile never sees half of this one.
  const draft = `${directory}.${process.pid}`;
  const opt = join(draft, 'opt');
  mkdirSync(opt, { recursive: true });
  const metafile = await bundle(join(opt, 'serverless-otlp'));
  copyFileSync(join(layerFolder, WRAPPER), join(opt, WRAPPER));
  chmodSync(join(opt, WRAPPER), 0o755);
  const zip = zipped(opt);
  writeFileSync(join(draft, 'serverless-otlp-layer.zip'), zip);
  rmSync(directory, { recursive: true, force: true });
  renameSync(draft, directory);
  return {
    opt: join(directory, 'opt'),
    zip: join(directory, 'serverless-otlp-layer.zip'),
    zipBytes: zip.byteLength,
    zipSha256: createHash('sha256').update(zip).digest('hex'),
    metafile,
  };
};

if (import.meta.main) {
  const { opt, zip, zipBytes, zipSha256 } = await buildLayer();
  for (const name of readdirSync(opt, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(opt, name);
    if (statSync(path).isFile()) console.log(`${(statSync(path).size / 1024).toFixed(1).padStart(8)} KB  ${name}`);
  }
  console.log(`${String(zipBytes).padStart(8)} B   ${relative(repositoryRoot, zip)}, sha256 ${zipSha256}`);
}
