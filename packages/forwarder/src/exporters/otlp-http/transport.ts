import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { gunzipBounded, InvalidOtlpError } from '@serverless-otlp/otlp';

/** Trust and identity of a connection. All values are PEM text. */
export interface TlsOptions {
  /** Certificate authorities to trust instead of the built-in ones. */
  readonly ca?: string;
  /** Client certificate and key, for mutual TLS. */
  readonly cert?: string;
  readonly key?: string;
}

/** What came back: an answer, or why there is none. The body may have been over the limit, or cut off or corrupt. */
export type HttpAnswer =
  | {
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Uint8Array | 'too_large' | 'broken';
    }
  | { readonly failure: 'retryable' | 'permanent'; readonly message: string };

/** Sends one POST and resolves, never rejects. */
export type HttpTransport = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  timeoutMs: number,
) => Promise<HttpAnswer>;

/** How {@link httpTransport} connects. */
export interface HttpTransportOptions {
  readonly concurrency?: number;
  readonly maxResponseBytes?: number;
  readonly tls?: TlsOptions;
}

/** No connection, or one that closed without an answer (C9, C10); everything else at this level is configuration. */
const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
]);

const codeOf = (error: Error): string => {
  // Happy Eyeballs wraps one error per address.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return (first as NodeJS.ErrnoException | undefined)?.code ?? error.name;
};

/** A kept-alive connection that the other side had closed, typically while the environment was frozen. */
const isStale = (request: ClientRequest, error: Error): boolean =>
  request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error));

/** Kept-alive connections to one destination. Redirects are answers like any other: never followed (D15). */
export const httpTransport = (options: HttpTransportOptions): HttpTransport => {
  const { concurrency = 10, maxResponseBytes = 4 * 1024 * 1024, tls = {} } = options;
  const pool = { keepAlive: true, maxSockets: concurrency, maxFreeSockets: concurrency };
  let http: HttpAgent | undefined;
  let https: HttpsAgent | undefined;

  const targets = new WeakMap<URL, RequestOptions>(); // taking a URL apart costs as much as the rest of a request

  const open = (url: URL, headers: Readonly<Record<string, string>>, length: number): ClientRequest => {
    let target = targets.get(url);
    if (target === undefined) targets.set(url, (target = urlToHttpOptions(url)));
    const common = { ...target, method: 'POST', headers: { ...headers, 'content-length': length } };
    return url.protocol === 'https:'
      ? httpsRequest({ ...common, agent: (https ??= new HttpsAgent({ ...pool, minVersion: 'TLSv1.2', ...tls })) })
      : httpRequest({ ...common, agent: (http ??= new HttpAgent(pool)) });
  };

  /** The freeze that outlived one kept-alive connection outlived them all. */
  const closeIdle = (): void => {
    for (const agent of [http, https])
      for (const socket of Object.values(agent?.freeSockets ?? {}).flat()) socket?.destroy();
  };

  const post = (
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    end: number,
    retryStale: boolean,
  ): Promise<HttpAnswer> =>
    new Promise((resolve) => {
      const request = open(url, headers, body.length);
      let timedOut = false;
      // A timer of our own: an AbortSignal per request costs a quarter of the CPU of the request.
      const timer = setTimeout(() => {
        timedOut = true;
        request.destroy();
      }, end - performance.now());
      const settle = (answer: HttpAnswer | Promise<HttpAnswer>): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      request.on('response', (response) => {
        const { statusCode: status = 0, headers: received } = response;
        readBody(response, maxResponseBytes, (content) => settle({ status, headers: received, body: content }));
      });
      request.on('error', (error) => {
        if (timedOut) settle({ failure: 'retryable', message: 'timed out' });
        else if (retryStale && isStale(request, error)) {
          closeIdle();
          settle(post(url, headers, body, end, false));
        } else {
          const code = codeOf(error);
          const failure = RETRYABLE_CODES.has(code) ? 'retryable' : 'permanent';
          settle({ failure, message: `${code} (${reason(error)})` });
        }
      });
      request.end(body);
    });

  return (url, headers, body, timeoutMs) => post(url, headers, body, performance.now() + timeoutMs, true);
};

const reason = (error: Error): string => {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : error.message;
};

/** Gives the body, decompressed if it says so, once: the first call counts (C11). */
const readBody = (
  response: IncomingMessage,
  maxBytes: number,
  done: (body: Uint8Array | 'too_large' | 'broken') => void,
): void => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  response.on('data', (chunk: Uint8Array) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length <= maxBytes) return;
    done('too_large');
    response.destroy();
  });
  response.on('end', () => done(decompressed(Buffer.concat(chunks), response.headers['content-encoding'], maxBytes)));
  response.on('error', () => done('broken'));
};

const decompressed = (
  body: Uint8Array,
  encoding: string | undefined,
  maxBytes: number,
): Uint8Array | 'too_large' | 'broken' => {
  if (encoding !== 'gzip' || body.length === 0) return body;
  try {
    return gunzipBounded(body, maxBytes);
  } catch (error) {
    return error instanceof InvalidOtlpError && error.reason === 'too_large' ? 'too_large' : 'broken';
  }
};
