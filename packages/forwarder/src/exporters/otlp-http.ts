import { gzipSync } from 'node:zlib';
import {
  decodeExportResponse,
  isRetryableStatus,
  type OtlpRequest,
  parseRetryAfter,
  requestToJson,
  type Signal,
  statusMessageOf,
} from '@serverless-otlp/otlp';
import type { Exporter, Metadata, Outcome } from '../types.ts';
import { VERSION } from '../version.ts';
import { type HttpAnswer, httpTransport, type TlsOptions } from './otlp-http/transport.ts';
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

const USER_AGENT = `serverless-otlp-forwarder/${VERSION} OTel-OTLP-Exporter-JavaScript/${VERSION}`;

/** What a message from the other side may fill of our report, in characters. */
const MAX_MESSAGE = 200;

/** Faults of the telemetry itself (D5a). */
const TELEMETRY_FAULTS: ReadonlySet<number> = new Set([400, 413, 422]);

/** Headers that allow-listed envelope headers can never set: ours, the connection's, and credentials. */
const RESERVED =
  /^(?:content-|host$|connection$|transfer-encoding$|te$|trailer$|upgrade$|keep-alive$|expect$|proxy-|authorization$|cookie$|user-agent$|accept)/;

const printable = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- this is where control characters are taken out
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, MAX_MESSAGE);

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
  const urls = new Map(Object.entries(endpoints).map(([signal, url]) => [signal, new URL(url)]));
  const redact = redactor(headers, [...urls.values()]);
  const fixed: Readonly<Record<string, string>> = {
    ...lowerCased(headers),
    'user-agent': userAgent(headers),
    'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
  };

  const bodyOf = (request: OtlpRequest): Uint8Array => {
    const plain = encoding === 'json' ? Buffer.from(requestToJson(request)) : request.bytes;
    return compression === 'gzip' ? gzipSync(plain, { level: gzipLevel }) : plain;
  };

  const rejected = (fault: 'telemetry' | 'destination', message: string, httpStatus?: number): Outcome => ({
    status: 'rejected',
    fault,
    error: new Error(redact(message)),
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });

  const judge = (answer: HttpAnswer, signal: Signal, host: string): Outcome => {
    if ('failure' in answer) {
      const message = printable(`${host}: ${answer.message}`);
      if (answer.failure === 'retryable') return { status: 'retryable', error: new Error(redact(message)) };
      return rejected('destination', message);
    }
    const { status, headers: received, body } = answer;
    const contentType = received['content-type'];
    if (status >= 200 && status < 300) return accepted(signal, body, contentType, redact);
    if (body === 'too_large')
      return rejected('destination', `${host} answered ${status} with a body over the limit`, status);
    const detail = body === 'broken' ? undefined : statusMessageOf(body, contentType);
    const message = `${host} answered ${status}${detail === undefined ? '' : `: ${printable(detail)}`}`;
    if (isRetryableStatus(status)) {
      const retryAfterMs = parseRetryAfter(received['retry-after'], now());
      return {
        status: 'retryable',
        error: new Error(redact(message)),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      };
    }
    return rejected(TELEMETRY_FAULTS.has(status) ? 'telemetry' : 'destination', message, status);
  };

  const send = async (request: OtlpRequest, metadata: Metadata, deadline: number): Promise<Outcome> => {
    const url = urls.get(request.signal);
    if (url === undefined) return rejected('destination', `no endpoint for ${request.signal} is configured`);
    if (request.bytes.length > maxRequestBytes) {
      return rejected(
        'telemetry',
        `a request of ${request.bytes.length} bytes is over the limit of ${maxRequestBytes}; not sent`,
      );
    }
    const timeLeftMs = Math.min(timeoutMs, deadline - now());
    if (timeLeftMs <= 0) return { status: 'retryable', error: new Error('no time left in this invocation') };
    const answer = await transport(url, { ...routingHeaders(metadata), ...fixed }, bodyOf(request), timeLeftMs);
    return judge(answer, request.signal, url.host);
  };

  return {
    name,
    export: async (telemetry, deadline) => [
      { destination: name, telemetry, outcome: await send(telemetry.request, telemetry.metadata, deadline) },
    ],
  };
};

const accepted = (
  signal: Signal,
  body: Uint8Array | 'too_large' | 'broken',
  contentType: string | undefined,
  redact: (text: string) => string,
): Outcome => {
  if (typeof body === 'string') return unconfirmed;
  try {
    const partial = decodeExportResponse(signal, body, contentType);
    if (partial === undefined) return { status: 'delivered' };
    return { status: 'delivered', rejectedItems: partial.rejectedItems, message: redact(printable(partial.message)) };
  } catch {
    return unconfirmed; // the data was taken; sending it again would double it
  }
};

const unconfirmed: Outcome = {
  status: 'delivered',
  unconfirmed: true,
  message: 'accepted with an answer that cannot be read',
};

const lowerCased = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The OTLP exporter's own product stays; a configured one is put before it (R10). */
const userAgent = (headers: Readonly<Record<string, string>>): string => {
  const own = lowerCased(headers)['user-agent'];
  return own === undefined ? USER_AGENT : `${own} ${USER_AGENT}`;
};

/** Allow-listed envelope headers travel as metadata `header.<name>`. They never replace a configured header. */
const routingHeaders = (metadata: Metadata): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) => {
      const name = key.startsWith('header.') ? key.slice('header.'.length) : '';
      return name === '' || RESERVED.test(name) ? [] : [[name, value] as const];
    }),
  );
