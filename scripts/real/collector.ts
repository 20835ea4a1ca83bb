import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheKey, installOnce } from './cache.ts';
import { findCommand, runCommand } from './run-command.ts';

const SOURCES = join(import.meta.dirname, '../../tests/real/collector');
const FILES = ['go.mod', 'go.sum', 'main.go'];
const BUILD_TIMEOUT_MS = 40 * 60_000;

/** Path of the OpenTelemetry Collector of `tests/real/collector`, built from its Go modules unless the cache has it. */
export const installCollector = async (cache: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const key = await cacheKey(
    FILES.map((file) => join(SOURCES, file)),
    [process.platform, process.arch],
  );
  const folder = await installOnce(cache, { name: 'collector', key, install: async (folder) => build(folder, env) });
  return join(folder, 'collector');
};

const build = async (folder: string, env: NodeJS.ProcessEnv): Promise<void> => {
  // Where the official installer puts it, which not every shell has in PATH.
  const go = findCommand('go', env, ['/usr/local/go/bin']);
  if (go === undefined) {
    throw new Error(
      'The OpenTelemetry Collector is built from its Go modules, but `go` is not in PATH. Install Go 1.26 or later from https://go.dev/dl/.',
    );
  }
  const sources = join(folder, 'src');
  await cp(SOURCES, sources, { recursive: true });
  await runCommand(
    go,
    [
      'build',
      '-mod=readonly',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags',
      '-s -w',
      '-o',
      join(folder, 'collector'),
      '.',
    ],
    {
      cwd: sources,
      env: { ...env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
      timeoutMs: BUILD_TIMEOUT_MS,
    },
  );
};
