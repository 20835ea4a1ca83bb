/**
 * Builds the deployable: `packages/forwarder/dist/lambda/index.mjs` with its chunks, and `forwarder.zip` of the same.
 * The same source always gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
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

const HANDLER = 'packages/forwarder/src/handler.ts';

/**
 * Stands for everything that a cold start loads anyway. What is loaded later names it, so that esbuild puts it into one file: by itself it
 * makes a chunk of every set of modules that the same lazy ones share, each with its imports and exports.
 */
const CORE = 'core:all';

/** Our own files that the handler imports, directly or not, but for itself. */
const coreOf = ({ outputs }: Metafile): readonly string[] => {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === HANDLER);
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: next } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && next in outputs) load(next);
  };
  if (entry !== undefined) load(entry);
  const inputs = [...loaded].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
  return inputs
    .filter((path) => path.startsWith('packages/') && path !== HANDLER)
    .map((path) => join(root, path))
    .sort();
};

/**
 * Takes Node's modules by `process.getBuiltinModule` instead of `import`. An import touches every export, and some of them load
 * more: `WebSocket` of `node:http` all of undici, `promises` of `node:fs` readline. Together they are half of a cold start.
 */
const lazyBuiltins = (core: readonly string[] = []): Plugin => ({
  name: 'lazy-builtins',
  setup: (build) => {
    const early = new Set([join(root, HANDLER), ...core]);
    // Our own files say it themselves: as a module, each builtin would be a chunk of its own as soon as two chunks need it.
    build.onLoad({ filter: /[\\/]packages[\\/](?:forwarder|otlp)[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents:
        (core.length === 0 || early.has(path) ? '' : `import '${CORE}';`) +
        withoutBarrel(withBuiltins(readFileSync(path, 'utf8'))),
      loader: 'ts',
    }));
    build.onResolve({ filter: new RegExp(`^${CORE}$`) }, ({ path }) => ({
      path,
      namespace: 'core',
      sideEffects: true,
    }));
    build.onLoad({ filter: /.*/, namespace: 'core' }, () => ({
      contents: core.map((path) => `import ${JSON.stringify(path)};`).join(''),
      resolveDir: root,
    }));
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }));
  },
});

const IMPORT = /^import \{([^}]*)\} from '(node:[^']+)';$/gm;

/** The same source with its imports of Node's modules replaced. Prettier has written them all alike. */
export const withBuiltins = (source: string): string =>
  source.replace(IMPORT, (_, list: string, name: string) => {
    const names = list
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const types = names.filter((one) => one.startsWith('type ')).map((one) => one.slice('type '.length));
    const values = names.filter((one) => !one.startsWith('type ')).map((one) => one.replace(/ as /, ': '));
    const typed = types.length === 0 ? '' : `import type { ${types.join(', ')} } from '${name}'; `;
    // A class is a type as well, which esbuild does not look at.
    return `${typed}const { ${values.join(', ')} } = /* @__PURE__ */ process.getBuiltinModule('${name}');`;
  });

const BARREL = 'packages/otlp/src/index.ts';
const FROM_BARREL = /^import \{([^}]*)\} from '@serverless-otlp\/otlp';$/gm;
const RE_EXPORT = /^export \{([^}]*)\} from '\.\/([^']+)';$/gm;

/** The names in such a list that are no types. */
const valuesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('type '));

/**
 * The same source with what it imports of the package `otlp` taken from the files it is in. Through the index, esbuild counts every file
 * of the package among those that a cold start loads.
 */
const withoutBarrel = (source: string): string =>
  source.replace(FROM_BARREL, (_, list: string) => {
    const files = new Map<string, string>();
    for (const [, names = '', file = ''] of readFileSync(join(root, BARREL), 'utf8').matchAll(RE_EXPORT))
      for (const name of valuesIn(names)) files.set(name, join(root, 'packages/otlp/src', file));
    return valuesIn(list)
      .map((name) => `import { ${name} } from ${JSON.stringify(files.get(name) ?? '@serverless-otlp/otlp')};`)
      .join(' ');
  });

/**
 * What is used of the AWS SDK is a bundle of its own beside the chunks: bundled together, the two would share pieces that every cold
 * start loads.
 */
const SDKS = [
  { name: '@aws-sdk/client-s3', entry: 'aws-sdk-s3', user: 'dead-letter/s3-store.ts' },
  { name: '@aws-sdk/credential-provider-node', entry: 'aws-sdk-credentials', user: 'auth/aws-credentials.ts' },
] as const;

/** Where the signer's helpers are. Their index makes classes of its own, which esbuild cannot leave out. */
const SERDE: Readonly<Record<string, string>> = {
  'serde/util-hex-encoding/hex-encoding': 'fromHex, toHex',
  'serde/util-utf8/fromUtf8': 'fromUtf8',
  'serde/util-utf8/toUint8Array': 'toUint8Array',
  'serde/is-array-buffer/is-array-buffer': 'isArrayBuffer',
  'serde/writeKey': 'writeKey',
  'transport/hasOwn': 'hasOwn',
};
const SUBMODULES = 'node_modules/@smithy/core/dist-es/submodules';

const smallSigner: Plugin = {
  name: 'small-signer',
  setup: (build) => {
    build.onResolve({ filter: /^@smithy\/core\/serde$/ }, ({ importer, path }) =>
      importer.includes('signature-v4') ? { path, namespace: 'serde', sideEffects: false } : undefined,
    );
    // It writes headers of event streams, and what is signed here are requests.
    build.onLoad({ filter: /signature-v4\/dist-es\/HeaderFormatter\.js$/ }, () => ({
      contents: 'export class HeaderFormatter {}',
    }));
    build.onLoad({ filter: /.*/, namespace: 'serde' }, () => ({
      contents: Object.entries(SERDE)
        .map(([file, names]) => `export { ${names} } from '${join(root, SUBMODULES, `${file}.js`)}';`)
        .join(''),
      resolveDir: root,
    }));
  },
};

const sdkApart: Plugin = {
  name: 'sdk-apart',
  setup: (build) => {
    for (const { name, entry } of SDKS)
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: `./${entry}.mjs`, external: true }));
  },
};

/** What every bundle here has in common. */
const COMMON = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.15',
  mainFields: ['module', 'main'],
  // Without `module`, the signer would bring the CommonJS build of its library, ten times the size.
  conditions: ['@serverless-otlp/source', 'module'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Each package of the SDK, with what its user takes of it. */
const sdkEntries: Plugin = {
  name: 'sdk-entries',
  setup: (build) => {
    build.onResolve({ filter: /^sdk:/ }, ({ path }) => ({ path: path.slice('sdk:'.length), namespace: 'sdk' }));
    build.onLoad({ filter: /.*/, namespace: 'sdk' }, ({ path }) => {
      const sdk = SDKS.find(({ entry }) => entry === path);
      const source = readFileSync(join(root, 'packages/forwarder/src', sdk?.user ?? ''), 'utf8');
      const names = new Set([...source.matchAll(/\bsdk\.(\w+)/g)].map(([, name]) => name));
      return {
        contents: `export { ${[...names].join(', ')} } from '${sdk?.name}';`,
        resolveDir: join(root, 'packages/forwarder'),
      };
    });
  },
};

const buildSdk = async (directory: string): Promise<void> => {
  await build({
    ...COMMON,
    entryPoints: SDKS.map(({ entry }) => ({ in: `sdk:${entry}`, out: entry })),
    outdir: join(directory, 'chunks'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'aws/[name]-[hash]',
    plugins: [sdkEntries, lazyBuiltins()],
  });
};

/** Bundles the handler and zips it. What only a configuration file or YAML needs lies in chunks of its own. */
export const buildLambda = async (
  directory: string = join(root, 'packages/forwarder/dist/lambda'),
): Promise<LambdaBuild> => {
  // Beside its place and then moved there: whoever runs the last build meanwhile never sees half of this one.
  const draft = `${directory}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const options = {
    ...COMMON,
    entryPoints: { index: HANDLER },
    outdir: draft,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    // The build of yaml for Node is CommonJS, which an ES module can neither require from nor import names of.
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
  } as const satisfies BuildOptions;
  const parts = await build({ ...options, write: false, plugins: [sdkApart, smallSigner, lazyBuiltins()] });
  const { metafile } = await build({
    ...options,
    // They have no effects, indeed; that they are named puts them together.
    logOverride: { 'ignored-bare-import': 'silent' },
    plugins: [sdkApart, smallSigner, lazyBuiltins(coreOf(parts.metafile))],
  });
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
    console.log(`${(statSync(path).size / 1024).toFixed(1).padStart(8)} KB  ${relative(root, path)}`);
  }
  console.log(`zip sha256 ${zipSha256}`);
}
