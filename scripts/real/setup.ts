import { join } from 'node:path';

import { installAwsEmulator } from './aws-emulator.ts';
import { ensureBuildTools } from './build-tools.ts';
import { cacheFolder } from './cache.ts';
import { installCollector } from './collector.ts';
import { installNpmPart } from './npm-package.ts';

const SOURCES = join(import.meta.dirname, '../../tests/real');

/** The real things the tests run against, as absolute paths. */
export interface RealParts {
  /** The OpenTelemetry Collector. */
  readonly collector: string;
  /** Entry point of the Lambda runtime interface client, to be run by Node.js. */
  readonly runtimeClient: string;
  /** The executable of Node.js 22, the oldest version the forwarder supports. */
  readonly node22: string;
  /** A Python that has moto, the emulator of AWS. */
  readonly awsEmulator: string;
}

/** Installs whatever the cache lacks, minutes when it is empty, and resolves to the paths; a part that cannot be installed is an error. */
export const installRealParts = async (
  env: NodeJS.ProcessEnv,
  onProgress: (line: string) => void,
): Promise<RealParts> => {
  const cache = cacheFolder(env);
  const timed = async <T>(name: string, install: () => Promise<T>): Promise<T> => {
    const startMs = performance.now();
    try {
      return await install();
    } catch (cause) {
      throw new Error(`${name} could not be installed into ${cache}`, { cause });
    } finally {
      const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
      onProgress(`${name}: ${seconds} s`);
    }
  };
  const collector = await timed('OpenTelemetry Collector', async () => installCollector(cache, env));
  const runtimeClient = await timed('Lambda runtime client', async () =>
    installNpmPart(
      cache,
      { name: 'lambda-runtime', sources: join(SOURCES, 'lambda-runtime'), prepare: async () => ensureBuildTools(env) },
      env,
    ),
  );
  const node22 = await timed('Node.js 22', async () =>
    installNpmPart(cache, { name: 'node-22', sources: join(SOURCES, 'node-22') }, env),
  );
  const awsEmulator = await timed('AWS emulator', async () => installAwsEmulator(cache, env));
  return {
    collector,
    runtimeClient: join(runtimeClient, 'node_modules/aws-lambda-ric/index.mjs'),
    node22: join(node22, 'node_modules/node/bin/node'),
    awsEmulator,
  };
};

if (import.meta.main) {
  const parts = await installRealParts(process.env, (line) => console.error(line));
  console.log(JSON.stringify(parts, undefined, 2));
}
