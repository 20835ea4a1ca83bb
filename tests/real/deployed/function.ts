import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inject } from 'vitest';

import { unpack } from '../lambda.ts';
import { startProgram } from '../process.ts';
import { type InvocationResult, startRuntimeApi } from '../runtime-api.ts';
import { callJson } from './call.ts';
import { REGION } from '../aws-emulator.ts';
import type { Recorder } from './recorder.ts';
import type { Resource } from './stack.ts';

/** What the template says of a function. */
interface FunctionProperties {
  readonly FunctionName: string;
  readonly Handler: string;
  readonly MemorySize: number | string;
  readonly Timeout: number;
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
  readonly LoggingConfig: { readonly LogGroup: string };
}

/** An execution environment of a function of the stack: the deployed zip under the real runtime client. */
export interface DeployedFunction {
  readonly name: string;
  /** The logical id of its role, which is the access key id it signs with. */
  readonly role: string;
  /** Its own variables, as the template gives them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly invoke: (event: unknown) => Promise<InvocationResult>;
  /** Ends it and writes what it printed since the last time into its log group, as Lambda does with the function's role. */
  readonly writeLog: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const STREAM = '2026/11/21/[$LATEST]fedcba9876543210fedcba9876543210';

/** What Lambda itself sets, and of the role's credentials the name of the role; the last one is ours, since nothing is AWS's here. */
const platform = (properties: FunctionProperties, folder: string, api: string, role: string, recorder: Recorder) => ({
  AWS_LAMBDA_RUNTIME_API: api,
  AWS_LAMBDA_FUNCTION_NAME: properties.FunctionName,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
  AWS_LAMBDA_LOG_GROUP_NAME: properties.LoggingConfig.LogGroup,
  AWS_LAMBDA_LOG_STREAM_NAME: STREAM,
  AWS_LAMBDA_LOG_FORMAT: 'JSON',
  AWS_LAMBDA_LOG_LEVEL: 'INFO',
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_ACCESS_KEY_ID: role,
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_SESSION_TOKEN: 'any',
  LAMBDA_TASK_ROOT: folder,
  _HANDLER: properties.Handler,
  AWS_ENDPOINT_URL: recorder.endpoint,
});

/** Starts a function of the stack with exactly the variables of the template. */
export const startFunction = async (
  resource: Resource,
  role: string,
  recorder: Recorder,
): Promise<DeployedFunction> => {
  const properties = resource.properties as unknown as FunctionProperties;
  const { FunctionName: name, Handler, Timeout } = properties;
  const folder = await mkdtemp(join(tmpdir(), 'otlp-deployed-'));
  await unpack(inject('zip'), folder);
  const api = await startRuntimeApi();
  const args = [
    '--no-experimental-require-module',
    '--no-experimental-detect-module',
    inject('parts').runtimeClient,
    Handler,
  ];
  const variables = properties.Environment.Variables;
  const env = { ...variables, ...platform(properties, folder, api.address, role, recorder) };
  const program = startProgram(process.execPath, args, { cwd: folder, env });
  const died = program.ended.then((how) => {
    throw new Error(`${name} ended with ${how}:\n${program.stdout()}${program.stderr()}`);
  });
  died.catch(() => undefined);
  const where = { logGroupName: properties.LoggingConfig.LogGroup, logStreamName: STREAM };
  const log = async (action: string, input: object = {}): Promise<unknown> =>
    callJson(recorder.endpoint, `Logs_20140328.${action}`, { ...where, ...input }, role);
  let written = 0;
  return {
    name,
    role,
    variables,
    invoke: async (event) => Promise.race([api.invoke(event, Timeout * 1000), died]),
    writeLog: async () => {
      const lines = program.stdout().split('\n').slice(written, -1);
      if (lines.length === 0) return;
      if (written === 0) await log('CreateLogStream');
      written += lines.length;
      const timestamp = Date.now();
      await log('PutLogEvents', { logEvents: lines.map((message) => ({ timestamp, message })) });
    },
    stop: async () => {
      await program.stop();
      await api.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
