import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** Context of an app that says where the zips are, instead of in this package. */
export const ASSETS_CONTEXT = '@serverless-otlp/cdk:assets';

/** The zips this package carries. */
const CARRIED = join(import.meta.dirname, '../dist/assets');

/**
 * One of the zips that are deployed.
 *
 * @param name `forwarder.zip` or `layer.zip`.
 * @throws {Error} when it is not there, as in a clone that was not built.
 */
export const codeOf = (scope: Construct, name: string): Code => {
  const folder: unknown = scope.node.tryGetContext(ASSETS_CONTEXT);
  const path = join(typeof folder === 'string' ? folder : CARRIED, name);
  if (existsSync(path)) return Code.fromAsset(path);
  throw new Error(`${name} is not in @serverless-otlp/cdk: in a clone, \`npm run build\` makes it; or give \`code\``);
};
