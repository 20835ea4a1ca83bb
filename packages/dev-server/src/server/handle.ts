import {
  contentKindOf,
  encodeExportResponse,
  SIGNALS,
  SIGNAL_PATHS,
  signalOfPath,
  type OtlpRequest,
  type Signal,
} from '@serverless-otlp/otlp';
import type { IncomingMessage } from 'node:http';
import { isGzipped, MEDIA_TYPES, type BodyFormat } from './content.ts';
import { parseBody } from './parse-body.ts';
import { inflateBody, readRawBody } from './read-body.ts';
import { Refusal, RPC_CODES } from './refusal.ts';
import { encodeRpcStatus } from './rpc-status.ts';

/** One export that arrived and was understood. */
export interface Received {
  readonly signal: Signal;
  readonly request: OtlpRequest;
  /** The body as it was sent, uncompressed, for whoever wants to decode it independently. */
  readonly body: Uint8Array;
  /** `application/x-protobuf` or `application/json`. */
  readonly contentType: string;
}

/** A success that names what was not taken, as OTLP's partial success. */
export interface PartialAnswer {
  readonly rejectedItems: number;
  readonly message: string;
}

/** An answer that is not a success. */
export interface ErrorAnswer {
  /** The HTTP status, 400 to 599. */
  readonly status: number;
  readonly message: string;
  /** Sent as `Retry-After`, in seconds. */
  readonly retryAfterSeconds?: number;
}

/** What to answer instead of full success. */
export type Answer = PartialAnswer | ErrorAnswer;

/** An HTTP response, ready to write. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the handling of one request needs. */
export interface HandleOptions {
  readonly maxBodyBytes: number;
  readonly onRequest: (received: Received) => void;
  readonly respond?: ((received: Received) => Answer | undefined) | undefined;
}

const answerOf = (
  status: number,
  format: BodyFormat,
  body: Uint8Array,
  headers: HttpAnswer['headers'] = {},
): HttpAnswer => ({
  status,
  headers: { ...headers, 'content-type': MEDIA_TYPES[format], 'content-length': String(body.length) },
  body,
});

const signalOf = (request: IncomingMessage): Signal => {
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  const signal = signalOfPath(path);
  const paths = SIGNALS.map((each) => SIGNAL_PATHS[each]).join(', ');
  if (signal === undefined) throw new Refusal(404, RPC_CODES.notFound, `nothing is here; OTLP goes to ${paths}`);
  if (request.method === 'POST') return signal;
  throw new Refusal(405, RPC_CODES.unimplemented, 'OTLP is sent by POST', { allow: 'POST' });
};

const receive = async (request: IncomingMessage, maxBodyBytes: number): Promise<Received & { format: BodyFormat }> => {
  const signal = signalOf(request);
  const format = contentKindOf(request.headers['content-type']);
  if (format === undefined) {
    const types = Object.values(MEDIA_TYPES).join(' or ');
    throw new Refusal(415, RPC_CODES.invalidArgument, `the content type must be ${types}`);
  }
  const gzipped = isGzipped(request.headers['content-encoding']);
  if (gzipped === undefined) {
    // RFC 7694: a 415 because of the coding says which codings would do.
    throw new Refusal(415, RPC_CODES.invalidArgument, 'the content encoding must be gzip or none', {
      'accept-encoding': 'gzip',
    });
  }
  const raw = await readRawBody(request, maxBodyBytes);
  const body = gzipped ? await inflateBody(raw, maxBodyBytes) : raw;
  return { signal, format, request: parseBody(signal, body, format), body, contentType: MEDIA_TYPES[format] };
};

const refusalOf = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal(500, RPC_CODES.internal, 'internal error');

const successOf = (signal: Signal, answer: PartialAnswer | undefined, format: BodyFormat): HttpAnswer =>
  answerOf(200, format, encodeExportResponse(signal, answer, format));

/** Answers one OTLP/HTTP request. Never throws: what goes wrong is an answer, and bugs go to `onBug`. */
export const handle = async (
  request: IncomingMessage,
  { maxBodyBytes, onRequest, respond }: HandleOptions,
  onBug: (error: unknown) => void,
): Promise<HttpAnswer> => {
  try {
    const { format, ...received } = await receive(request, maxBodyBytes);
    const answer = respond?.(received);
    if (answer === undefined || !('status' in answer)) {
      onRequest(received);
      return successOf(received.signal, answer, format);
    }
    const headers = answer.retryAfterSeconds === undefined ? {} : { 'retry-after': String(answer.retryAfterSeconds) };
    throw new Refusal(answer.status, RPC_CODES.internal, answer.message, headers);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== error && !request.destroyed) onBug(error);
    // Errors are in the format of the request; where that is unknown, JSON is what a person can read.
    const format = contentKindOf(request.headers['content-type']) ?? 'json';
    return answerOf(refusal.status, format, encodeRpcStatus(refusal.code, refusal.message, format), refusal.headers);
  }
};
