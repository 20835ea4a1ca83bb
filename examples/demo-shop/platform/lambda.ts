import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';

/** What the process of a function is told. */
export interface Invocation {
  /** The request id. */
  readonly id: string;
  readonly event: unknown;
}

/** What it tells: how an invocation ended; with an empty id, that it is ready. */
export interface Ended {
  readonly id: string;
  readonly result?: unknown;
  readonly error?: string;
}

/** A function, running in a process of its own. */
export interface LambdaFunction {
  /** Request ids of all invocations. */
  readonly invocations: ReadonlySet<string>;
  /** Resolves to what the handler returned; rejects with the message of what it threw. */
  invoke(event: unknown): Promise<unknown>;
  /** Ends the process after what it printed has been read. */
  stop(): Promise<void>;
}

const RUNTIME = fileURLToPath(new URL('./lambda-runtime.ts', import.meta.url));

/** Starts a module's `handler` with these variables and no other of this process. Resolves when it is ready for invocations. */
export const startLambda = async (
  name: string,
  path: string,
  variables: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): Promise<LambdaFunction> => {
  const child = startChild(RUNTIME, path, onLine, {
    PATH: process.env['PATH'],
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    ...variables,
  });
  const invocations = new Set<string>();
  const waiting = new Map<string, (ended: Ended) => void>();
  const answer = (id: string): Promise<Ended> => new Promise((resolve) => waiting.set(id, resolve));
  const end = (ended: Ended): void => {
    waiting.get(ended.id)?.(ended);
    waiting.delete(ended.id);
  };
  child.process.on('message', (message) => end(message as Ended));
  child.process.on('exit', () => {
    for (const id of waiting.keys()) end({ id, error: `the process of ${name} ended` });
  });
  const { error: failure } = await answer('');
  if (failure !== undefined) throw new Error(failure);
  return {
    invocations,
    invoke: async (event) => {
      const invocation: Invocation = { id: randomUUID(), event };
      invocations.add(invocation.id);
      const ended = answer(invocation.id);
      if (!child.send(invocation)) end({ id: invocation.id, error: `the process of ${name} ended` });
      const { error, result } = await ended;
      if (error !== undefined) throw new Error(error);
      return result;
    },
    stop: () => child.stop(),
  };
};
