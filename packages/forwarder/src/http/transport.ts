import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { type AnswerBody, readBody } from './read-body.ts';

/** Trust and identity of a connection. All values are PEM text. */
export interface TlsOptions {
  /** Certificate authorities to trust instead of the built-in ones. */
  readonly ca?: string;
  /** Client certificate and key, for mutual TLS. */
  readonly cert?: string;
  readonly key?: string;
}

/** What came back: an answer, or why there is none. The body may have been over the limit, or cut off or corrupt. */
export type HttpAnswer = (
  | {
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: AnswerBody;
    }
  | {
      readonly failure: 'retryable' | 'permanent';
      readonly message: string;
      /** The answer that this failure stands for: 401 where nobody could say who sends. */
      readonly httpStatus?: number;
    }
) & {
  /** Headers that were sent besides: secrets, which the answer may repeat. */
  readonly added?: Readonly<Record<string, string>>;
};

/** Sends one POST, or a GET where there is no body, and resolves, never rejects. It ends with the timeout, or when `abort` fires. */
export type HttpTransport = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | undefined,
  timeoutMs: number,
  abort?: AbortSignal,
) => Promise<HttpAnswer>;

/** How {@link httpTransport} connects. */
export interface HttpTransportOptions {
  readonly concurrency?: number;
  readonly maxResponseBytes?: number;
  readonly tls?: TlsOptions;
  /** How long a connection is kept that nobody uses, in milliseconds; default five minutes: exporters that are replaced leave theirs. */
  readonly idleMs?: number;
}

/** Node takes a longer delay for none at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const TIMED_OUT: HttpAnswer = { failure: 'retryable', message: 'timed out' };

const YIELD_MS = 2;

/** What an error means is loaded with the first. */
const failed = async (error: Error, identity?: string): Promise<HttpAnswer> => {
  // What has failed is in no hurry: requests to others may be about to be written.
  await new Promise((resolve) => setTimeout(resolve, YIELD_MS));
  return (await import('./failure.ts')).failureOf(error, identity !== undefined);
};

/** A URL taken apart, which costs as much as the rest of a request. */
interface Target {
  readonly options: RequestOptions;
  /** What Node adds by itself only to an object of headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers as they are sent, by the object they were given in. */
  readonly lists: WeakMap<Readonly<Record<string, string>>, readonly string[]>;
}

const targetOf = (url: URL): Target => {
  const { auth, ...options } = urlToHttpOptions(url);
  const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { options, headers: { host: url.host, ...basic }, lists: new WeakMap() };
};

/**
 * Kept-alive connections to one destination. Redirects are answers like any other: never followed (D15).
 *
 * @throws {Error} of OpenSSL on a certificate or key that is none; at creation only.
 */
export const httpTransport = (options: HttpTransportOptions): HttpTransport => {
  const { concurrency = 10, maxResponseBytes = 4 * 1024 * 1024, tls = {}, idleMs = 300_000 } = options;
  // The timeout closes none that is in use.
  const pool = { keepAlive: true, maxSockets: concurrency, maxFreeSockets: concurrency, timeout: idleMs };
  const minVersion = 'TLSv1.2';
  // Read once: a bundle of authorities costs milliseconds to parse, and a broken file is a mistake to report at the start.
  const trust =
    Object.keys(tls).length === 0
      ? ({ minVersion } as const)
      : { secureContext: createSecureContext({ minVersion, ...tls }) };
  let http: HttpAgent | undefined;
  let https: HttpsAgent | undefined;

  const targets = new WeakMap<URL, Target>();

  const open = (url: URL, headers: Readonly<Record<string, string>>, body?: Uint8Array): ClientRequest => {
    let target = targets.get(url);
    if (target === undefined) targets.set(url, (target = targetOf(url)));
    // A flat list: Node takes a fifth of the CPU of a request to turn an object of headers into one.
    let list = target.lists.get(headers);
    if (list === undefined)
      target.lists.set(headers, (list = Object.entries({ ...target.headers, ...headers }).flat()));
    const common =
      body === undefined
        ? { ...target.options, headers: list }
        : { ...target.options, method: 'POST', headers: [...list, 'content-length', String(body.length)] };
    return url.protocol === 'https:'
      ? httpsRequest({ ...common, agent: (https ??= new HttpsAgent({ ...pool, ...trust, rejectUnauthorized: true })) })
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
    body: Uint8Array | undefined,
    endMs: number,
    abort: AbortSignal | undefined,
    retryStale: boolean,
  ): Promise<HttpAnswer> =>
    new Promise((resolve) => {
      const request = open(url, headers, body);
      let answer: IncomingMessage | undefined;
      let bytesBefore = 0;
      let settled = false;
      const settle = (outcome: HttpAnswer | Promise<HttpAnswer>): void => {
        settled = true;
        clearTimeout(timer);
        abort?.removeEventListener('abort', giveUp);
        resolve(outcome);
      };
      /** Once a status is there it counts, however the connection ends (C14). */
      const fail = (failure: () => HttpAnswer | Promise<HttpAnswer>): void => {
        if (answer === undefined && !settled) settle(failure());
      };
      const end = (body: AnswerBody): void => {
        if (answer !== undefined) settle({ status: answer.statusCode ?? 0, headers: answer.headers, body });
      };
      // A timer of our own: an AbortSignal per request costs a quarter of the CPU of the request. It settles by itself: a request
      // that waits for a connection reports its end only when it gets one.
      const timer = setTimeout(
        () => {
          stop(TIMED_OUT);
        },
        Math.max(1, Math.min(endMs - performance.now(), MAX_TIMER_MS)),
      );
      const stop = (why: HttpAnswer): void => {
        fail(() => why);
        end('broken');
        request.destroy();
      };
      const giveUp = (): void => {
        stop({ failure: 'retryable', message: abort?.reason instanceof Error ? abort.reason.message : 'given up' });
      };
      abort?.addEventListener('abort', giveUp);
      /** A used connection that the other side closed while it was idle, typically while the environment was frozen (D9). */
      const isStale = (error: NodeJS.ErrnoException): boolean =>
        bytesBefore > 0 &&
        (error.code === 'ECONNRESET' || error.code === 'EPIPE') &&
        request.socket?.bytesRead === bytesBefore;

      request.on('socket', (socket) => (bytesBefore = socket.bytesRead));
      request.on('response', (response) => readBody((answer = response), maxResponseBytes, end));
      request.on('error', (error) =>
        fail(() => {
          if (!retryStale || !isStale(error)) return failed(error, tls.cert);
          closeIdle();
          return post(url, headers, body, endMs, abort, false);
        }),
      );
      // After a switch of protocols nothing else is heard.
      request.on('close', () => fail(() => ({ failure: 'retryable', message: 'closed without an answer' })));
      request.end(body);
    });

  // What Node throws at once is a request that cannot be made.
  return (url, headers, body, timeoutMs, abort) =>
    post(url, headers, body, performance.now() + timeoutMs, abort, true).catch(failed);
};
