import type { Signal } from '@serverless-otlp/otlp';
import type { Authenticator } from '../http/authenticator.ts';
import type { Exporter, Outcome, Telemetry } from '../types.ts';
import { bodyOf } from './otlp-http/body.ts';
import { configuredHeaders, NO_HEADERS, routingHeaders } from './otlp-http/headers.ts';
import { httpUrl } from '../http/http-url.ts';
import type { Judge } from './otlp-http/judge.ts';
import { type HttpTransport, httpTransport, type TlsOptions } from '../http/transport.ts';
import { limiter } from './otlp-http/limiter.ts';
import { MIN_TRY_MS } from '../min-try.ts';

/** Where and how {@link otlpHttp} sends. */
export interface OtlpHttpOptions {
  /** Default `otlp_http`. */
  readonly name?: string;
  /** The full URL per signal, used as it is (U2). */
  readonly endpoints: Readonly<Partial<Record<Signal, string>>>;
  /** The encoding on the wire; default `proto`. */
  readonly encoding?: 'proto' | 'json';
  /** Default `gzip`. Always one member: some receivers read only the first. */
  readonly compression?: 'gzip' | 'none';
  /** 1 (fastest, the default) to 9. */
  readonly gzipLevel?: number;
  /** Sent with every request. Values are secrets: they never reach an output. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of one try, in milliseconds; default 10 000 (R11). */
  readonly timeoutMs?: number;
  /** Connections at once, per execution environment; default 10 (R8). */
  readonly concurrency?: number;
  /** Uncompressed size over which a request is refused without being sent; default 64 MiB (R6). */
  readonly maxRequestBytes?: number;
  /** Size over which an answer is not read, also after decompression; default 4 MiB (C11). */
  readonly maxResponseBytes?: number;
  readonly tls?: TlsOptions;
  /** Says who sends, request by request; its headers win over those above. */
  readonly authenticator?: Authenticator;
  readonly now?: () => number;
}

/** The error of `new URL` carries the URL, which may carry a password. */
const urlOf = (signal: string, text: string): URL => {
  const url = httpUrl(text);
  if (url === undefined) throw new TypeError(`the endpoint for ${signal} is not an http or https URL`);
  return url;
};

const rejected = (fault: 'telemetry' | 'destination', message: string): Outcome => ({
  status: 'rejected',
  fault,
  error: new Error(message),
});

/**
 * Sends each telemetry as one OTLP/HTTP request and tells what became of it; one try, no memory. Combine with `withRetry` and
 * `withSplit`.
 *
 * - 2xx: delivered, with what a partial success rejected. An unreadable answer is still a delivery, `unconfirmed` (D15).
 * - 429, 502, 503, 504, a timeout, no connection or no answer: retryable (D5, C5, C9, C10).
 * - 400, 413, 422: rejected by fault of the telemetry. Everything else, redirects and TLS failures included: by fault of the
 *   destination (D5a).
 *
 * @throws {TypeError} on a header or URL that cannot be sent; at creation only.
 * @example otlpHttp({ endpoints: { traces: 'https://collector.example/v1/traces' }, headers: { 'x-api-key': key } })
 */
export const otlpHttp = (options: OtlpHttpOptions): Exporter => {
  const {
    name = 'otlp_http',
    endpoints,
    encoding = 'proto',
    compression = 'gzip',
    gzipLevel = 1,
    headers = {},
    authenticator,
  } = options;
  const { timeoutMs = 10_000, maxRequestBytes = 64 * 1024 * 1024, now = Date.now } = options;
  const transport = httpTransport(options);
  // Before a request is made, not in the pool of connections: a body and its timeout exist only once there is room to send it.
  const limit = limiter(options.concurrency ?? 10);
  const urls = new Map(Object.entries(endpoints).map(([signal, url]) => [signal, urlOf(signal, url)]));
  const fixed: Readonly<Record<string, string>> = {
    ...configuredHeaders(headers),
    'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
  };

  /** Only who has credentials that change loads what asks for them. */
  let authenticating: Promise<HttpTransport> | undefined;
  const post: HttpTransport =
    authenticator === undefined
      ? transport
      : (...request) =>
          (authenticating ??= import('./otlp-http/authenticated.ts').then(({ authenticated }) =>
            authenticated(transport, authenticator),
          )).then((authenticatedPost) => authenticatedPost(...request));

  /** What judges answers, and hides secrets in them, is loaded with the first that says more than yes. */
  let judge: Promise<Judge> | undefined;
  const judging = (): Promise<Judge> =>
    (judge ??= import('./otlp-http/judge.ts').then(({ judgeOf }) =>
      judgeOf({ headers, urls: [...urls.values()], now }),
    ));

  const send = async (
    { request, metadata }: Telemetry,
    deadline: number,
    abort: AbortSignal | undefined,
    leastMs: number,
  ): Promise<Outcome> => {
    const url = urls.get(request.signal);
    if (url === undefined) return rejected('destination', `no endpoint for ${request.signal} is configured`);
    const timeLeftMs = (): number => deadline - now();
    if (timeLeftMs() <= leastMs || abort?.aborted === true)
      return { status: 'retryable', error: new Error('no time left in this invocation') };
    const body = bodyOf(request, { encoding, compression, gzipLevel }, maxRequestBytes);
    if ('tooLarge' in body) {
      const message = `a request of ${body.tooLarge} bytes is over the limit of ${maxRequestBytes}; not sent`;
      return rejected('telemetry', message);
    }
    // The same object for nearly every request: the transport keeps what it makes of it.
    const routing = routingHeaders(metadata);
    const sent = routing === NO_HEADERS ? fixed : { ...routing, ...fixed };
    const answer = await post(url, sent, body.bytes, Math.min(timeoutMs, timeLeftMs()), abort);
    if ('status' in answer && answer.status >= 200 && answer.status < 300 && answer.body.length === 0)
      return { status: 'delivered' };
    return (await judging())(answer, request.signal, url.host);
  };

  return {
    name,
    export: async (telemetry, deadline, abort) => {
      // Who waited for its turn until nearly all of its time was over is not sent.
      const leastMs = Math.min(MIN_TRY_MS, Math.max(0, deadline - now()) / 10);
      return [{ destination: name, telemetry, outcome: await limit(() => send(telemetry, deadline, abort, leastMs)) }];
    },
  };
};
