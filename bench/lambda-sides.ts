import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { bundleLambda } from '../scripts/build-lambda-package.ts';
import { buildLayer } from '../scripts/build-layer.ts';
import { cacheFolder } from '../scripts/real/cache.ts';
import { installNpmPart } from '../scripts/real/npm-package.ts';
import { repositoryRoot } from '../scripts/source-tree.ts';
import type { ModuleForm } from './exporter-sides.ts';

/** A function in the four ways users deploy it: files that export `start`, which sets everything up. `api` loads the API alone. */
export type Deployed = Readonly<Record<'unbundled' | 'bundled' | 'api', Readonly<Record<ModuleForm, string>>>>;

/** What is compared. */
export interface LambdaSides {
  readonly ours: Deployed;
  /** The published exporter with its SDK, set up by hand. */
  readonly reference: Deployed;
  /** A function that was not changed, behind our layer, in a file that exports `start` as well. */
  readonly layer: string;
  /** What a bundler makes of ours when it may make several files. */
  readonly bundle: Metafile;
  /** {@link file://./lambda-child.ts} as JavaScript. */
  readonly child: string;
}

const packageFolder = join(repositoryRoot, 'packages/lambda');

const OURS = `
  import { traced } from '@serverless-otlp/lambda';
  export const start = () => traced(async () => ({ statusCode: 200 }));
`;

const REFERENCE = `
  import { trace } from '@opentelemetry/api';
  import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
  import { OTLPStdoutSpanExporter } from '@dev7a/otlp-stdout-span-exporter';
  export const start = () => {
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPStdoutSpanExporter())] }),
    );
    return trace.getTracer('start');
  };
`;

/** What a bundle of modules for `require` needs when it is itself a module. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const OPTIONS = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node22.15',
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** A source in a folder with `node_modules`, as it is and bundled into one file, which is what most tools do. */
const deploy = async (folder: string, source: string, banner: string): Promise<Deployed> => {
  const written = (form: ModuleForm, kind: string): string =>
    join(folder, `${kind}.${form === 'import' ? 'mjs' : 'cjs'}`);
  for (const form of ['import', 'require'] as const) {
    const format = form === 'import' ? 'esm' : 'cjs';
    const options = { ...OPTIONS, stdin: { contents: source, resolveDir: folder }, format } as const;
    const loose = { minify: false, packages: 'external' } as const;
    await build({ ...options, ...loose, outfile: written(form, 'unbundled') });
    const api = { contents: "export { trace } from '@opentelemetry/api';", resolveDir: folder };
    await build({ ...options, ...loose, stdin: api, outfile: written(form, 'api') });
    await build({ ...options, outfile: written(form, 'bundled'), banner: { js: format === 'esm' ? banner : '' } });
  }
  const files = (kind: string) => ({ import: written('import', kind), require: written('require', kind) });
  return { unbundled: files('unbundled'), bundled: files('bundled'), api: files('api') };
};

/** Our package as it would be installed, from the source as it is now, with the API beside it. */
const installOurs = async (folder: string): Promise<void> => {
  const installed = join(folder, 'node_modules/@serverless-otlp/lambda');
  await bundleLambda(join(installed, 'dist'));
  cpSync(join(packageFolder, 'package.json'), join(installed, 'package.json'));
  const api = '@opentelemetry/api';
  cpSync(join(repositoryRoot, 'node_modules', api), join(folder, 'node_modules', api), { recursive: true });
};

/** What Lambda does with the layer: it loads our module, which loads the function. */
const deployLayer = async (folder: string): Promise<string> => {
  const { opt } = await buildLayer(join(folder, 'layer'));
  const file = join(folder, 'behind-the-layer.mjs');
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => ({ statusCode: 200 });');
  const environment = { OTLP_LAMBDA_HANDLER: 'index.handler', LAMBDA_TASK_ROOT: folder };
  const loader = JSON.stringify(join(opt, 'serverless-otlp/loader.mjs'));
  const lines = [
    `Object.assign(process.env, ${JSON.stringify(environment)});`,
    `const { handler } = await import(${loader});`,
    'export const start = () => handler;',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
};

const splitBundle = async (folder: string): Promise<Metafile> => {
  const stdin = { contents: OURS, resolveDir: folder };
  const options = { ...OPTIONS, stdin, splitting: true, format: 'esm', outdir: join(folder, 'split') } as const;
  return (await build({ ...options, metafile: true, absWorkingDir: folder })).metafile;
};

const childIn = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'lambda-child.mjs');
  await build({
    ...OPTIONS,
    entryPoints: [join(import.meta.dirname, 'lambda-child.ts')],
    outfile,
    format: 'esm',
    conditions: ['@serverless-otlp/source'],
    // Ours as it is published; the API, which both have, once.
    alias: {
      '@serverless-otlp/lambda': join(folder, 'node_modules/@serverless-otlp/lambda/dist/index.js'),
      '@opentelemetry/api': join(repositoryRoot, 'node_modules/@opentelemetry/api/dist/index.mjs'),
    },
  });
  return outfile;
};

/** Installs the published exporter and its SDK into the cache, builds ours, and removes that when `use` is done. */
export const withLambdaSides = async <Result>(use: (sides: LambdaSides) => Promise<Result>): Promise<Result> => {
  const sources = join(import.meta.dirname, 'reference');
  const sdk = await installNpmPart(cacheFolder(process.env), { name: 'published-exporter', sources }, process.env);
  const folder = mkdtempSync(join(tmpdir(), 'serverless-otlp-bench-'));
  try {
    const [ours, reference] = [join(folder, 'ours'), join(folder, 'reference')];
    mkdirSync(reference, { recursive: true });
    symlinkSync(join(sdk, 'node_modules'), join(reference, 'node_modules'));
    await installOurs(ours);
    writeFileSync(join(ours, 'package.json'), '{}');
    return await use({
      ours: await deploy(ours, OURS, ''),
      reference: await deploy(reference, REFERENCE, REQUIRE),
      layer: await deployLayer(folder),
      bundle: await splitBundle(ours),
      child: await childIn(ours),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
