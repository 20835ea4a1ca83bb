import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** As `config/` knows it. */
export type Found = { readonly value: string } | { readonly problem: string; readonly permanent: boolean };

/** As `config/` knows it. */
export interface ValueSource {
  read(names: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, Found>>;
}

/** As `config/` knows it. */
export interface SourceOptions {
  readonly credentials: () => Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Listing = { readonly secrets: readonly { readonly name: string; readonly found: Found }[] } | Found;

/** What is tested. It is no part of the package's surface, so it is loaded by its path. */
export interface Modules {
  readonly secretsManager: (options: SourceOptions) => ValueSource;
  readonly parameterStore: (options: SourceOptions) => ValueSource;
  readonly s3Object: (options: SourceOptions) => ValueSource;
  readonly listSecrets: (options: SourceOptions, prefix: string, timeoutMs: number) => Promise<Listing>;
}

const CONFIG = join(import.meta.dirname, '../../../packages/forwarder/src/config');

/** Loads the sources of values from the source tree. */
export const loadModules = async (): Promise<Modules> => {
  const files = ['values/secrets-manager', 'values/parameter-store', 'values/s3-object', 'secrets-prefix-list'];
  const loaded = await Promise.all(
    files.map(async (file) => (await import(pathToFileURL(join(CONFIG, `${file}.ts`)).href)) as object),
  );
  return Object.assign({}, ...loaded) as Modules;
};
