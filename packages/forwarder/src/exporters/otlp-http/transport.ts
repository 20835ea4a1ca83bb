import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
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

  const open = (
    url: URL,
    headers: Readonly<Record<string, string>>,
    length: number,
    signal: AbortSignal,
  ): ClientRequest => {
    const common = { method: 'POST', headers: { ...headers, 'content-length': length }, signal };
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...common, agent: (https ??= new HttpsAgent({ ...pool, minVersion: 'TLSv1.2', ...tls })) })
      : httpRequest(url, { ...common, agent: (http ??= new HttpAgent(pool)) });
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
    timeout: AbortSignal,
    retryStale: boolean,
  ): Promise<HttpAnswer> =>
    new Promise((resolve) => {
      const request = open(url, headers, body.length, timeout);
      request.on('response', (response) => {
        const { statusCode: status = 0, headers: received } = response;
        readBody(response, maxResponseBytes).then(
          (content) => resolve({ status, headers: received, body: content }),
          () => resolve({ status, headers: received, body: 'broken' }),
        );
      });
      request.on('error', (error) => {
        if (timeout.aborted) resolve({ failure: 'retryable', message: 'timed out' });
        else if (retryStale && isStale(request, error)) {
          closeIdle();
          resolve(post(url, headers, body, timeout, false));
        } else {
          const code = codeOf(error);
          resolve({
            failure: RETRYABLE_CODES.has(code) ? 'retryable' : 'permanent',
            message: `${code} (${reason(error)})`,
          });
        }
      });
      request.end(body);
    });

  return (url, headers, body, timeoutMs) => post(url, headers, body, AbortSignal.timeout(Math.ceil(timeoutMs)), true);
};

const reason = (error: Error): string => {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : error.message;
};

/** The body, decompressed if it says so (C11); rejects when it breaks off or is corrupt. */
const readBody = async (response: IncomingMessage, maxBytes: number): Promise<Uint8Array | 'too_large'> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) {
      response.destroy();
      return 'too_large';
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (response.headers['content-encoding'] !== 'gzip' || body.length === 0) return body;
  try {
    return gunzipBounded(body, maxBytes);
  } catch (error) {
    if (error instanceof InvalidOtlpError && error.reason === 'too_large') return 'too_large';
    throw error;
  }
};
