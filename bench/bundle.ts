import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambda, type LambdaBuild } from '../scripts/build-lambda.ts';

/** The deployable, built from the source as it is now, in a directory that is gone when `use` is done. */
export const withBundle = async <Result>(
  use: (index: string, build: LambdaBuild) => Promise<Result>,
): Promise<Result> => {
  const directory = mkdtempSync(join(tmpdir(), 'serverless-otlp-bench-'));
  try {
    const build = await buildLambda(directory);
    return await use(join(directory, 'index.mjs'), build);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
