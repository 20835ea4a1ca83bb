import { gzipSync } from 'node:zlib';
import {
  decodeExportResponse,
  isRetryableStatus,
  parseRetryAfter,
  requestToJson,
  type Signal,
  statusMessageOf,
} from '@serverless-otlp/otlp';
import type { Exporter, Outcome, Telemetry } from '../types.ts';
import { configuredHeaders, NO_HEADERS, routingHeaders } from './otlp-http/headers.ts';
import { httpUrl } from './otlp-http/http-url.ts';
import type { AnswerBody } from './otlp-http/read-body.ts';
import { type HttpAnswer, httpTransport, type TlsOptions } from './otlp-http/transport.ts';
import { limiter } from './otlp-http/limiter.ts';
import { redactor } from './otlp-http/redact.ts';

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
  readonly now?: () => number;
}

/** What a message from the other side may fill of our report, in characters. */
const MAX_MESSAGE = 200;

/** Faults of the telemetry itself (D5a). */
const TELEMETRY_FAULTS: ReadonlySet<number> = new Set([400, 413, 422]);

const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');

/** What there is to say instead of a message that could not be read. */
const NO_DETAIL = { too_large: 'its body is over the limit', broken: undefined } as const;

/** The error of `new URL` carries the URL, which may carry a password. */
const urlOf = (signal: string, text: string): URL => {
  const url = httpUrl(text);
  if (url === undefined) throw new TypeError(`the endpoint for ${signal} is not an http or https URL`);
  return url;
};

const rejected = (fault: 'telemetry' | 'destination', message: string, httpStatus?: number): Outcome => ({
  status: 'rejected',
  fault,
  error: new Error(message),
  ...(httpStatus === undefined ? {} : { httpStatus }),
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
  const redact = redactor(headers, [...urls.values()]);
  // Redacted before it is cut: half a secret is a secret nobody would recognise.
  const quote = (text: string): string => printable(redact(text)).slice(0, MAX_MESSAGE);

  const judge = (answer: HttpAnswer, signal: Signal, host: string): Outcome => {
    if ('failure' in answer) {
      const message = `${host}: ${quote(answer.message)}`;
      return answer.failure === 'retryable'
        ? { status: 'retryable', error: new Error(message) }
        : rejected('destination', message);
    }
    const { status, headers: received, body } = answer;
    const contentType = received['content-type'];
    if (status >= 200 && status < 300) return accepted(signal, body, contentType, quote);
    const detail = typeof body === 'string' ? NO_DETAIL[body] : statusMessageOf(body, contentType);
    const message = `${host} answered ${status}${detail === undefined ? '' : `: ${quote(detail)}`}`;
    // Whatever the status, what answers beyond the limit is not asked again (C11).
    if (isRetryableStatus(status) && body !== 'too_large') {
      const retryAfterMs = parseRetryAfter(received['retry-after'], now());
      return {
        status: 'retryable',
        error: new Error(message),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      };
    }
    return rejected(TELEMETRY_FAULTS.has(status) ? 'telemetry' : 'destination', message, status);
  };

  const send = async ({ request, metadata }: Telemetry, deadline: number): Promise<Outcome> => {
    const url = urls.get(request.signal);
    if (url === undefined) return rejected('destination', `no endpoint for ${request.signal} is configured`);
    const timeLeftMs = (): number => Math.min(timeoutMs, deadline - now());
    if (timeLeftMs() <= 0) return { status: 'retryable', error: new Error('no time left in this invocation') };
    const plain = encoding === 'json' ? Buffer.from(requestToJson(request)) : request.bytes;
    if (plain.length > maxRequestBytes) {
      const message = `a request of ${plain.length} bytes is over the limit of ${maxRequestBytes}; not sent`;
      return rejected('telemetry', message);
    }
    const body = compression === 'gzip' ? gzipOf(plain, gzipLevel) : plain;
    // The same object for nearly every request: the transport keeps what it makes of it.
    const routing = routingHeaders(metadata);
    const sent = routing === NO_HEADERS ? fixed : { ...routing, ...fixed };
    return judge(await transport(url, sent, body, timeLeftMs()), request.signal, url.host);
  };

  return {
    name,
    export: async (telemetry, deadline) => [
      { destination: name, telemetry, outcome: await limit(() => send(telemetry, deadline)) },
    ],
  };
};

/** One member. The window is no larger than what it looks at: zlib sets up 32 KiB at the price of compressing a small request. */
const gzipOf = (plain: Uint8Array, level: number): Uint8Array => {
  const windowBits = Math.min(15, Math.max(9, Math.ceil(Math.log2(plain.length + 1))));
  return gzipSync(plain, { level, windowBits, chunkSize: Math.max(64, plain.length) });
};

const accepted = (
  signal: Signal,
  body: AnswerBody,
  contentType: string | undefined,
  quote: (text: string) => string,
): Outcome => {
  if (typeof body === 'string') return unconfirmed;
  try {
    const partial = decodeExportResponse(signal, body, contentType);
    if (partial === undefined) return { status: 'delivered' };
    return { status: 'delivered', rejectedItems: partial.rejectedItems, message: quote(partial.message) };
  } catch {
    return unconfirmed; // the data was taken; sending it again would double it
  }
};

const unconfirmed: Outcome = {
  status: 'delivered',
  unconfirmed: true,
  message: 'accepted with an answer that cannot be read',
};
