import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './source-tree.ts';

/**
 * Builds the Lambda bundle once before the tests, some of which run it.
 *
 * When that fails the old bundle goes too: a test of the bundle must never pass on one of yesterday's sources. The other
 * tests still run, and those that need the bundle say what is missing.
 */
export const setup = (): void => {
  const script = join(repositoryRoot, 'scripts/build-lambda.ts');
  if (!existsSync(script)) return;
  const run = spawnSync(process.execPath, [script], { cwd: repositoryRoot, encoding: 'utf8', timeout: 120_000 });
  if (run.status === 0) return;
  rmSync(join(repositoryRoot, 'packages/forwarder/dist/lambda'), { recursive: true, force: true });
  console.error(`The Lambda bundle could not be built, tests that need it will fail:\n${run.stdout}${run.stderr}`);
};
