import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Program, startProgram } from '../process.ts';
import { deferred, within } from '../wait.ts';
import { type Outcome, type ReportedError, type Service, startService } from './service.ts';

const START_TIMEOUT_MS = 60_000;
/** What a function may take; those that are to run into it say less. */
const TIMEOUT_MS = 60_000;
/** Lambda gives it 300 ms; how long is no matter here, that it ends by itself is. */
const SHUTDOWN_MS = 20_000;

/** What an execution environment is made of. */
export interface SandboxOptions {
  readonly node: string;
  /** What Node.js is to run: the runtime client. */
  readonly runtime: string;
  /** The function's folder. */
  readonly task: string;
  readonly handler: string;
  /** `/opt`, whose `otlp-handler` starts the runtime; `undefined`: nothing does. */
  readonly opt?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Many invocations at once, as on Managed Instances. */
  readonly concurrency?: number;
}

/** How one is invoked. */
export interface InvokeOptions {
  readonly timeoutMs?: number;
  readonly xRay?: string;
  /** The service answers the response only then. */
  readonly hold?: Promise<unknown>;
}

/** What became of an invocation. */
export interface Invoked {
  readonly id: string;
  /** `undefined`: the timeout came first, and the sandbox was stopped. */
  readonly outcome: Promise<Outcome | undefined>;
}

/** An execution environment. */
export interface Sandbox {
  readonly service: Service;
  /** Resolves when it is ready for its first event, or to the error that prevented it. */
  readonly started: Promise<ReportedError | undefined>;
  readonly invoke: (event: unknown, options?: InvokeOptions) => Invoked;
  /** Stops it as Lambda does: `SIGTERM`, but only if it has an extension; then, or else at once, `SIGKILL`. Resolves to how it ended. */
  readonly shutDown: () => Promise<number | string>;
  /** Resolves to how it ended when it did by itself. */
  readonly ended: Promise<number | string>;
  /** Whole lines of standard output. */
  readonly lines: () => readonly string[];
  readonly stderr: () => string;
  readonly remove: () => Promise<void>;
}

/** X-Ray's header where it is switched off. */
const UNSAMPLED = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';

const environmentOf = (address: string, options: SandboxOptions): Readonly<Record<string, string>> => ({
  PATH: '/usr/bin:/bin',
  AWS_LAMBDA_RUNTIME_API: address,
  AWS_LAMBDA_FUNCTION_NAME: 'shop',
  AWS_LAMBDA_FUNCTION_VERSION: '7',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/shop',
  AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[7]fedcba9876543210fedcba9876543210',
  AWS_LAMBDA_INITIALIZATION_TYPE: options.concurrency === undefined ? 'on-demand' : 'lambda-managed-instances',
  AWS_REGION: 'eu-north-1',
  LAMBDA_TASK_ROOT: options.task,
  _HANDLER: options.handler,
  ...(options.concurrency === undefined
    ? {}
    : { AWS_LAMBDA_MAX_CONCURRENCY: String(options.concurrency), AWS_LAMBDA_NODEJS_WORKER_COUNT: '1' }),
  ...options.env,
});

const stopAs = async (program: Program, service: Service): Promise<number | string> => {
  const extensions = service.extensions.registrations().filter(({ refused }) => refused === undefined);
  if (extensions.length === 0) program.child.kill('SIGKILL');
  else {
    program.child.kill('SIGTERM');
    const killed = sleep(SHUTDOWN_MS, undefined, { ref: false }).then(() => program.child.kill('SIGKILL'));
    await Promise.race([program.ended, killed]);
  }
  return within('a sandbox to end', START_TIMEOUT_MS, program.ended);
};

/** Starts one, as the managed runtimes start Node.js. */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const service = await startService(options.concurrency !== undefined);
  const flags = ['--no-experimental-require-module', '--no-experimental-detect-module'];
  const command = [options.node, ...flags, options.runtime];
  const wrapped = options.opt === undefined ? command : [join(options.opt, 'otlp-handler'), ...command];
  const [first = '', ...rest] = wrapped;
  const program = startProgram(first, rest, { cwd: options.task, env: environmentOf(service.address, options) });
  const died = program.ended.then((how) => {
    throw new Error(`The function ended with ${how}:\n${program.stdout()}${program.stderr()}`);
  });
  died.catch(() => undefined);
  const started = within(
    'the function to start',
    START_TIMEOUT_MS,
    Promise.race([service.initialized, service.initError, died]),
  );
  started.catch(() => undefined);
  let stopping: Promise<number | string> | undefined;
  const shutDown = async (): Promise<number | string> => (stopping ??= stopAs(program, service));
  let invocations = 0;
  return {
    service,
    started,
    invoke: (event, { hold = Promise.resolve(), timeoutMs = TIMEOUT_MS, xRay = UNSAMPLED } = {}) => {
      const id = `8476a536-e9f4-11e8-9739-${String(++invocations).padStart(12, '0')}`;
      const outcome = deferred<Outcome>();
      const deadlineMs = Date.now() + timeoutMs;
      service.queue({ id, body: JSON.stringify(event), deadlineMs, xRay, hold, outcome });
      let isOver = false;
      void outcome.promise.then(() => (isOver = true));
      const timeout = sleep(timeoutMs, undefined, { ref: false }).then(async () => {
        if (!isOver) await shutDown();
        return undefined;
      });
      const crashed = died.catch(async (error: unknown) => {
        if (stopping === undefined) throw error;
        return timeout;
      });
      const ended = Promise.race([outcome.promise, timeout, crashed]);
      ended.catch(() => undefined);
      return { id, outcome: ended };
    },
    shutDown,
    ended: program.ended,
    lines: () => program.stdout().split('\n').slice(0, -1),
    stderr: program.stderr,
    remove: async () => {
      await program.stop();
      await service.stop();
    },
  };
};
