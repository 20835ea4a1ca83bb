import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { close, listen } from './relay.ts';
import { deferred, within } from './wait.ts';

const API = '/2018-06-01/runtime';
const FUNCTION_ARN = 'arn:aws:lambda:eu-north-1:123456789012:function:forwarder';

/** How an invocation ended: the function's response, or the error its runtime client reported. */
export type InvocationResult = { readonly response: unknown } | { readonly error: InvocationError };
/** What the runtime client says about an error. */
export interface InvocationError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** The side of the Lambda Runtime API that the service plays. */
export interface RuntimeApi {
  /** `host:port`, for `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Resolves when the function asks for its first event: the end of its cold start. */
  readonly ready: Promise<undefined>;
  /** Resolves to the error that ended the initialisation. */
  readonly initError: Promise<InvocationError>;
  /** Hands an event to the function and resolves to what became of it; rejects when nothing did before the function's timeout. */
  readonly invoke: (event: unknown, timeoutMs: number) => Promise<InvocationResult>;
  readonly stop: () => Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly body: string;
  readonly timeoutMs: number;
  readonly settle: (result: InvocationResult) => void;
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
};

const hand = (response: ServerResponse, { id, body, timeoutMs }: Invocation): void => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': id,
    'lambda-runtime-deadline-ms': String(Date.now() + timeoutMs),
    'lambda-runtime-invoked-function-arn': FUNCTION_ARN,
    'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
  });
  response.end(body);
};

/** Starts the Runtime API for one execution environment: one event at a time, as the service does. */
export const startRuntimeApi = async (): Promise<RuntimeApi> => {
  const queue: Invocation[] = [];
  const given = new Map<string, Invocation>();
  const waiting: ServerResponse[] = [];
  const ready = deferred<undefined>();
  const initError = deferred<InvocationError>();

  const match = (): void => {
    const response = waiting[0];
    const invocation = queue[0];
    if (response === undefined || invocation === undefined) return;
    waiting.shift();
    queue.shift();
    given.set(invocation.id, invocation);
    hand(response, invocation);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === `${API}/invocation/next`) {
      ready.resolve(undefined);
      waiting.push(response);
      match();
      return;
    }
    const body = await bodyOf(request);
    const [, id = '', kind] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path.slice(API.length)) ?? [];
    if (path === `${API}/init/error`) initError.resolve(body as InvocationError);
    else if (kind === 'response') given.get(id)?.settle({ response: body });
    else if (kind === 'error') given.get(id)?.settle({ error: body as InvocationError });
    else response.statusCode = 404;
    given.delete(id);
    response.statusCode = response.statusCode === 404 ? 404 : 202;
    response.end('{"status":"OK"}');
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // The function may keep `next` open for as long as there is no event.
  server.requestTimeout = 0;

  let invocations = 0;
  const invoke = async (event: unknown, timeoutMs: number): Promise<InvocationResult> => {
    const id = `8476a536-e9f4-11e8-9739-${String(++invocations).padStart(12, '0')}`;
    const result = deferred<InvocationResult>();
    queue.push({ id, body: JSON.stringify(event), timeoutMs, settle: result.resolve });
    match();
    return within(`an answer to invocation ${id}`, timeoutMs, result.promise);
  };
  return {
    address: await listen(server),
    ready: ready.promise,
    initError: initError.promise,
    invoke,
    stop: async () => close(server),
  };
};
