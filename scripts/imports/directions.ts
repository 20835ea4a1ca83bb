/** Which of our packages each package may import: the picture of docs/architecture.md, arrows pointing up. */
export const ALLOWED_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  otlp: [],
  'stdout-exporter': ['otlp'],
  forwarder: ['otlp'],
  'dev-server': ['otlp'],
  testing: ['otlp'],
  lambda: ['stdout-exporter', 'otlp'],
  cli: ['otlp', 'forwarder', 'dev-server'],
  cdk: [],
};

/** Folders of packages/forwarder/src that hold components: files that never import each other. */
export const COMPONENT_FOLDERS: readonly string[] = [
  'receivers',
  'encodings',
  'processors',
  'exporters',
  'auth',
  'dead-letter',
];

/** What the conductor and its parts may import inside packages/forwarder/src, by path prefix. */
export const FORWARDER_ZONES: readonly { readonly zone: RegExp; readonly may: RegExp; readonly says: string }[] = [
  { zone: /^types\.ts$/, may: /^$/, says: 'types.ts imports nothing of the forwarder' },
  { zone: /^pipeline\//, may: /^(types\.ts$|pipeline\/)/, says: 'pipeline/ imports only types.ts and pipeline/' },
  {
    zone: /^forwarder\.ts$/,
    may: /^(types\.ts$|pipeline\/)/,
    says: 'forwarder.ts imports only pipeline/ and types.ts',
  },
  {
    zone: /^index\.ts$/,
    may: /^(types\.ts$|forwarder\.ts$|pipeline\/)/,
    says: 'index.ts exports the conductor and the types; components have subpaths of their own',
  },
];

/** npm name of one of our packages → its folder, with the subpath dropped; `undefined` for anybody else's. */
export const packageOf = (specifier: string): string | undefined => {
  if (specifier === 'serverless-otlp' || specifier.startsWith('serverless-otlp/')) return 'cli';
  return /^@serverless-otlp\/([^/]+)/.exec(specifier)?.[1];
};

/** Tests and what only tests run: they may use `packages/testing`. */
export const isTest = (path: string): boolean =>
  /\.(test|fuzz|bench)\.ts$/.test(path) || path.startsWith('tests/') || path.startsWith('bench/');
