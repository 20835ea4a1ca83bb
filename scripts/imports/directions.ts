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

/** Those whose components talk HTTP: they may import `http/`. */
export const CONNECTED: readonly string[] = ['exporters', 'auth'];

/**
 * Files of packages/forwarder/src that every part may import besides types.ts, because they import nothing of the
 * forwarder but types.ts themselves: what a fault is, what a glob matches, what an origin matches (by globs), how long
 * to wait, what version this is.
 */
export const LEAVES: readonly string[] = [
  'types.ts',
  'fault.ts',
  'glob.ts',
  'match.ts',
  'min-try.ts',
  'until.ts',
  'version.ts',
];

/** A part of packages/forwarder/src, what it may import there besides the leaves, and how to say so. */
export interface Zone {
  readonly zone: RegExp;
  readonly may: RegExp;
  readonly says: string;
}

/** The parts of packages/forwarder/src that are neither components nor free to know everything (config/, handler.ts). */
export const FORWARDER_ZONES: readonly Zone[] = [
  { zone: /^types\.ts$/, may: /^$/, says: 'types.ts imports nothing of the forwarder' },
  { zone: /^match\.ts$/, may: /^(types|glob)\.ts$/, says: 'match.ts, which everybody imports, imports only glob.ts' },
  {
    zone: new RegExp(`^(${LEAVES.join('|').replaceAll('.', '\\.')})$`),
    may: /^types\.ts$/,
    says: 'a file that everybody imports imports only types.ts',
  },
  { zone: /^http\//, may: /^http\//, says: 'http/ imports only http/' },
  { zone: /^pipeline\//, may: /^pipeline\//, says: 'pipeline/ imports only types.ts and pipeline/' },
  { zone: /^forwarder\.ts$/, may: /^pipeline\//, says: 'forwarder.ts imports only pipeline/ and types.ts' },
  { zone: /^index\.ts$/, may: /^(?!config\/|handler\.ts$)/, says: 'index.ts knows neither config/ nor handler.ts' },
];

/** npm name of one of our packages → its folder, with the subpath dropped; `undefined` for anybody else's. */
export const packageOf = (specifier: string): string | undefined => {
  if (specifier === 'serverless-otlp' || specifier.startsWith('serverless-otlp/')) return 'cli';
  return /^@serverless-otlp\/([^/]+)/.exec(specifier)?.[1];
};

/** Tests and what only tests run: they may use `packages/testing`. */
export const isTest = (path: string): boolean =>
  /\.(test|fuzz|bench)\.ts$/.test(path) || path.startsWith('tests/') || path.startsWith('bench/');
