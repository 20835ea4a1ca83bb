import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { close, listen } from '../relay.ts';
import { deferred, type Deferred } from '../wait.ts';
import { type Extensions, extensionsApi } from './extensions.ts';

const RUNTIME = '/2018-06-01/runtime';
const EXTENSION = '/2020-01-01/extension';

/** What the function's side said of an invocation, or of its initialisation. */
export interface ReportedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}
/** How an invocation ended for its caller. */
export type Outcome = { readonly body: string } | { readonly error: ReportedError };

/** An event to be handed to the function. */
export interface Invocation {
  readonly id: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  /** `Lambda-Runtime-Trace-Id`. */
  readonly xRay: string;
  /** The service answers the response of the function only then. */
  readonly hold: Promise<unknown>;
  /** Resolves when the response, or the error, has arrived. */
  readonly outcome: Deferred<Outcome>;
}

/** Lambda's side of both APIs. */
export interface Service {
  /** `host:port`, for `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Resolves when the runtime and every extension have asked for their first event. */
  readonly initialized: Promise<undefined>;
  readonly initError: Promise<ReportedError>;
  readonly extensions: Extensions;
  /** Hands an event out as soon as the runtime and every extension that wants to be told have asked for it. */
  readonly queue: (invocation: Invocation) => void;
  /** Resolves when nothing is queued and everybody waits for the next event: the sandbox would be frozen now. */
  readonly idle: () => Promise<undefined>;
  readonly stop: () => Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

/** An error in the middle of a stream comes after its body, in a trailer. */
const outcomeOf = (kind: string, body: string, { trailers }: IncomingMessage): Outcome => {
  const late = trailers['lambda-runtime-function-error-body'];
  if (late !== undefined) return { error: JSON.parse(Buffer.from(late, 'base64').toString('utf8')) as ReportedError };
  return kind === 'error' ? { error: JSON.parse(body) as ReportedError } : { body };
};

const hand = (response: ServerResponse, { body, deadlineMs, id, xRay }: Invocation): void => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': id,
    'lambda-runtime-deadline-ms': String(deadlineMs),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-north-1:123456789012:function:shop:live',
    'lambda-runtime-trace-id': xRay,
  });
  response.end(body);
};

/**
 * Starts both APIs for one execution environment, with the order of events of AWS's own emulator
 * (https://github.com/aws/aws-lambda-runtime-interface-emulator, `internal/lambda/rapid/handlers.go`, read 2026-11-21): whoever registers after
 * the runtime has asked for its first event is refused; an event goes to the runtime and the extensions at once, and the next when all of them
 * have asked for it. `concurrent`: the runtime gets what it asks for, however much it is working on.
 */
export const startService = async (concurrent = false): Promise<Service> => {
  const queued: Invocation[] = [];
  const given = new Map<string, Invocation>();
  const waiting: ServerResponse[] = [];
  const initialized = deferred<undefined>();
  const initError = deferred<ReportedError>();
  let idle: Deferred<undefined>[] = [];
  let isInitialized = false;

  const turn = (): void => {
    if (waiting.length === 0 || !extensions.allWait(isInitialized)) return;
    isInitialized = true;
    initialized.resolve(undefined);
    const next = queued[0];
    if (next === undefined) {
      if (given.size > 0) return;
      for (const one of idle) one.resolve(undefined);
      idle = [];
      return;
    }
    const response = waiting.shift();
    if (response === undefined) return;
    queued.shift();
    given.set(next.id, next);
    extensions.tell(next);
    hand(response, next);
    if (concurrent) turn();
  };
  const extensions = extensionsApi(concurrent ? [] : ['INVOKE'], turn);

  const end = async (id: string, kind: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const invocation = given.get(id);
    const body = await bodyOf(request);
    invocation?.outcome.resolve(outcomeOf(kind, body, request));
    await invocation?.hold;
    given.delete(id);
    response.writeHead(invocation === undefined ? 400 : 202).end('{"status":"OK"}');
    turn();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (path.startsWith(EXTENSION)) {
      const body = await bodyOf(request);
      extensions.answer(path.slice(EXTENSION.length), request.headers, body, response);
    } else if (path === `${RUNTIME}/invocation/next`) {
      extensions.closeRegistration();
      waiting.push(response);
    } else if (path === `${RUNTIME}/init/error`) {
      initError.resolve(JSON.parse(await bodyOf(request)) as ReportedError);
      response.writeHead(202).end('{"status":"OK"}');
    } else {
      const [, id = '', kind = ''] = /\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
      await end(id, kind, request, response);
    }
    turn();
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // Whoever asks may wait for as long as there is no event.
  server.requestTimeout = 0;
  return {
    address: await listen(server),
    initialized: initialized.promise,
    initError: initError.promise,
    extensions,
    queue: (invocation) => {
      queued.push(invocation);
      turn();
    },
    idle: async () => {
      const one = deferred<undefined>();
      idle.push(one);
      turn();
      return one.promise;
    },
    stop: async () => close(server),
  };
};
