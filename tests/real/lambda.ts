import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

import { startProgram } from './process.ts';
import { type InvocationError, type InvocationResult, startRuntimeApi } from './runtime-api.ts';
import { within } from './wait.ts';

const INIT_TIMEOUT_MS = 20_000;
const FUNCTION_TIMEOUT_MS = 60_000;

/** What an execution environment is made of. */
export interface LambdaOptions {
  /** The Node.js it runs. */
  readonly node: string;
  /** Entry point of `aws-lambda-ric`. */
  readonly runtimeClient: string;
  /** The deployment package. */
  readonly zip: string;
  /** What Lambda calls; default `index.handler`. */
  readonly handler?: string;
  /** The function's own variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** An execution environment: the deployment package under the real runtime client. */
export interface Lambda {
  /** Resolves to the time from the start of the process to its request for the first event, or to the error that prevented it. */
  readonly started: Promise<{ readonly coldStartMs: number } | { readonly initError: InvocationError }>;
  readonly invoke: (event: unknown) => Promise<InvocationResult>;
  /** What the function and its runtime client printed so far. */
  readonly stdout: () => string;
  /** Resolves to the exit code when the process ended by itself. */
  readonly ended: Promise<number | string>;
  readonly stop: () => Promise<void>;
}

/** Writes the files of a deployment package into a folder. */
export const unpack = async (zip: string, folder: string): Promise<void> => {
  for (const [name, bytes] of Object.entries(unzipSync(await readFile(zip)))) {
    if (name.endsWith('/')) continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
};

/** The variables Lambda itself sets. */
const platform = (address: string, taskRoot: string, handler: string): Readonly<Record<string, string>> => ({
  AWS_LAMBDA_RUNTIME_API: address,
  AWS_LAMBDA_FUNCTION_NAME: 'forwarder',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/forwarder',
  AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]fedcba9876543210fedcba9876543210',
  AWS_REGION: 'eu-north-1',
  LAMBDA_TASK_ROOT: taskRoot,
  _HANDLER: handler,
});

/** Unpacks the deployment package and starts it. */
export const startLambda = async (options: LambdaOptions): Promise<Lambda> => {
  const { node, runtimeClient, zip, handler = 'index.handler', env } = options;
  const taskRoot = await mkdtemp(join(tmpdir(), 'otlp-lambda-'));
  await unpack(zip, taskRoot);
  const api = await startRuntimeApi();
  // The managed runtimes pass these, so that what works here does not fail there.
  const args = ['--no-experimental-require-module', '--no-experimental-detect-module', runtimeClient, handler];
  const startMs = performance.now();
  const variables = { ...env, ...platform(api.address, taskRoot, handler) };
  const program = startProgram(node, args, { cwd: taskRoot, env: variables });
  const died = program.ended.then((how) => {
    throw new Error(`The function ended with ${how}:\n${program.stdout()}${program.stderr()}`);
  });
  died.catch(() => undefined);
  const started = within(
    'the function to start',
    INIT_TIMEOUT_MS,
    Promise.race([
      api.ready.then(() => ({ coldStartMs: performance.now() - startMs })),
      api.initError.then((initError) => ({ initError })),
      died,
    ]),
  );
  started.catch(() => undefined);
  return {
    started,
    invoke: async (event) => Promise.race([api.invoke(event, FUNCTION_TIMEOUT_MS), died]),
    stdout: program.stdout,
    ended: program.ended,
    stop: async () => {
      await program.stop();
      await api.stop();
      await rm(taskRoot, { recursive: true, force: true });
    },
  };
};
