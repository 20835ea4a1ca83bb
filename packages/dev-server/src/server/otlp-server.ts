import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handle, type Answer, type HandleOptions, type Received } from './handle.ts';

/** Options of {@link startOtlpServer}. */
export interface OtlpServerOptions {
  /** The port to listen on; 0, the default, takes a free one. */
  readonly port?: number;
  /** The address to listen on; `127.0.0.1` unless told. */
  readonly host?: string;
  /** Is handed everything that was accepted, whole or in part. */
  readonly onRequest: (received: Received) => void;
  /** Answers with a partial success or an error instead of full success. Telemetry answered with an error is not handed on. */
  readonly respond?: (received: Received) => Answer | undefined;
  /** The largest body, before and after decompression; 20 MiB unless told, as the OpenTelemetry Collector. */
  readonly maxBodyBytes?: number;
  /** How long a client may take to send one request; 30 000 unless told. */
  readonly requestTimeoutMs?: number;
}

/** A running OTLP/HTTP receiver. */
export interface OtlpServer {
  /** The base URL, for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly port: number;
  /** Stops listening, lets running requests finish for `graceMs` (500 unless told), then ends every connection. */
  close(graceMs?: number): Promise<void>;
}

const MAX_CONNECTIONS = 256;
/** How long the rest of a refused body is read and thrown away, so that the client gets to see the answer. */
const DRAIN_MS = 1000;

const onBug = (error: unknown): void => {
  process.emitWarning(error instanceof Error ? error : new Error('the OTLP receiver failed', { cause: error }));
};

const serve = async (request: IncomingMessage, response: ServerResponse, options: HandleOptions): Promise<void> => {
  const { status, headers, body } = await handle(request, options, onBug);
  if (response.destroyed) return;
  if (request.complete) {
    response.writeHead(status, headers).end(body);
    return;
  }
  response.writeHead(status, { ...headers, connection: 'close' }).end(body);
  request.resume();
  setTimeout(() => request.destroy(), DRAIN_MS).unref();
};

const listen = (server: Server, port: number, host: string): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });

const close = async (server: Server, graceMs: number): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
};

/**
 * Starts an OTLP/HTTP receiver: `POST /v1/traces`, `/v1/metrics` and `/v1/logs`, protobuf and JSON, gzip or not.
 *
 * Meant for a developer's machine and for tests: it listens on loopback, has no authentication, and prints nothing.
 * Rejects with the system's error when the port cannot be taken.
 *
 * @example
 * const server = await startOtlpServer({ onRequest: ({ signal, request }) => console.log(signal, request.items) });
 * console.log(server.url);
 */
export const startOtlpServer = async (options: OtlpServerOptions): Promise<OtlpServer> => {
  const { port = 0, host = '127.0.0.1', maxBodyBytes = 20 * 1024 * 1024, requestTimeoutMs = 30_000 } = options;
  const handling: HandleOptions = { maxBodyBytes, onRequest: options.onRequest, respond: options.respond };
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(10_000, requestTimeoutMs),
      connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
    },
    (request, response) => void serve(request, response, handling),
  );
  server.maxConnections = MAX_CONNECTIONS;
  const address = await listen(server, port, host);
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    close: (graceMs = 500) => close(server, graceMs),
  };
};
