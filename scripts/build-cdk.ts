/**
 * Puts what the construct deploys into its package: `packages/cdk/dist/assets/` with the zips of the forwarder and of the layer, which
 * `build-lambda.ts` and `build-layer.ts` have made before.
 */
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { repositoryRoot } from './source-tree.ts';

/** The zips, and who makes each. */
const ZIPS = [
  ['packages/forwarder/dist/lambda/forwarder.zip', 'scripts/build-lambda.ts'],
  ['packages/lambda/layer/dist/serverless-otlp-layer.zip', 'scripts/build-layer.ts'],
] as const;

const target = join(repositoryRoot, 'packages/cdk/dist/assets');
mkdirSync(target, { recursive: true });
for (const [zip, maker] of ZIPS) {
  const source = join(repositoryRoot, zip);
  if (!existsSync(source)) throw new Error(`${zip} is missing: ${maker} makes it`);
  const copy = join(target, basename(zip));
  copyFileSync(source, copy);
  console.log(`${(statSync(copy).size / 1024).toFixed(1).padStart(8)} KB  ${relative(repositoryRoot, copy)}`);
}
