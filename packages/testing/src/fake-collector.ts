import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type FakeAnswer, play } from './fake-collector-answer.ts';
import type { TlsIdentity } from './fake-collector-tls.ts';

export type { FakeAnswer, HttpFakeAnswer } from './fake-collector-answer.ts';
export { type TestTls, testTls, type TlsIdentity } from './fake-collector-tls.ts';

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
  /** As sent. */
  readonly rawBody: Buffer;
  /** Decompressed if the request says so; reading it throws if that is not true. */
  readonly body: Buffer;
  /** When it was complete, by `performance.now()`. */
  readonly at: number;
  /** Connections are numbered from 0 in the order they were opened. */
  readonly connection: number;
}

/** How a fake collector behaves. */
export interface FakeCollectorOptions {
  /** Answers in order, 200 after the last; or a function of the request and its number from 0. Default always 200. */
  readonly script?: readonly FakeAnswer[] | ((request: ReceivedRequest, index: number) => FakeAnswer);
  /** Serves TLS with these options of Node's. */
  readonly tls?: TlsServerOptions;
  /** `false` answers as soon as the headers are there and never reads a body. */
  readonly readBodies?: boolean;
  /** Where to listen; default a free port. */
  readonly port?: number;
  /** `false` keeps no requests, for tests that send many. */
  readonly keepRequests?: boolean;
  /** Is told how a request ended: whether its whole answer was handed to the connection. */
  readonly onEnd?: (request: ReceivedRequest, answered: boolean) => void;
  /** Is told when a connection is gone. */
  readonly onDisconnect?: (connection: number) => void;
}

/** A scripted OTLP/HTTP server on a free port of 127.0.0.1. */
export interface FakeCollector {
  /** Without a path. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  /** How many connections were ever opened. */
  readonly connections: number;
  /** The most requests that were in progress at the same time. */
  readonly peakConcurrency: number;
  /** Closes every connection, of those that are meant, that has no request in progress, before this call returns; tells how many. */
  closeIdle(meant?: (connection: number) => boolean): number;
  /** `false` refuses connections and resets those there are, `true` takes them again, on the same port. */
  listen(on: boolean): Promise<void>;
  /** Shows other certificates to connections from now on, and closes those there are. */
  present(identity: TlsIdentity): void;
  close(): Promise<void>;
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/**
 * Starts a fake collector; close it in the end.
 *
 * @example const collector = await startFakeCollector({ script: [{ status: 503 }, { fault: 'reset' }] });
 */
export const startFakeCollector = async (options: FakeCollectorOptions = {}): Promise<FakeCollector> => {
  const { script = [], tls, readBodies = true, keepRequests = true, onEnd, onDisconnect } = options;
  const requests: ReceivedRequest[] = [];
  const numbers = new WeakMap<Socket, number>();
  const open = new Map<Socket, number>();
  let received = 0;
  let connections = 0;
  let inProgress = 0;
  let peakConcurrency = 0;

  const receive = async (message: IncomingMessage): Promise<ReceivedRequest> => {
    const rawBody = readBodies ? await bodyOf(message) : Buffer.alloc(0);
    return {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      rawHeaders: message.rawHeaders,
      httpVersion: message.httpVersion,
      rawBody,
      get body() {
        return message.headers['content-encoding'] === 'gzip' ? gunzipSync(rawBody) : rawBody;
      },
      at: performance.now(),
      connection: numbers.get(message.socket) ?? -1,
    };
  };

  const busy = (socket: Socket, change: number): void => {
    inProgress += change;
    peakConcurrency = Math.max(peakConcurrency, inProgress);
    if (open.has(socket)) open.set(socket, (open.get(socket) ?? 0) + change);
  };

  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket } = message;
    busy(socket, 1);
    response.once('close', () => busy(socket, -1));
    const request = await receive(message);
    const index = received++;
    if (keepRequests) requests.push(request);
    response.once('close', () => onEnd?.(request, response.writableFinished));
    await play(response, typeof script === 'function' ? script(request, index) : (script[index] ?? {}));
  };

  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    // A client that went away in the middle of its request is what some tests are about.
    handle(message, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    const number = connections++;
    numbers.set(socket, number);
    open.set(socket, 0);
    socket
      .on('error', () => undefined)
      .once('close', () => {
        open.delete(socket);
        onDisconnect?.(number);
      });
  });
  const listenOn = (wanted: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject).listen(wanted, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const stop = (how: 'destroy' | 'resetAndDestroy'): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket[how]();
    });
  await listenOn(options.port ?? 0);
  const { port } = server.address() as AddressInfo;

  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    get peakConcurrency() {
      return peakConcurrency;
    },
    closeIdle: (meant = () => true) => {
      const idle = [...open]
        .filter(([socket, active]) => active === 0 && meant(numbers.get(socket) ?? -1))
        .map(([socket]) => socket);
      for (const socket of idle) socket.destroy();
      return idle.length;
    },
    listen: async (on) => {
      if (on === server.listening) return;
      await (on ? listenOn(port) : stop('resetAndDestroy'));
    },
    present: (identity) => {
      if ('setSecureContext' in server) server.setSecureContext(identity);
      for (const socket of sockets) socket.destroy();
    },
    close: () => stop('destroy'),
  };
};
