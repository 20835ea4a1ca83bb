import { gzip } from './gzip.ts';
import { decodeJsonText, encodeJsonRequest } from './json/request.ts';
import { mergeBytes } from './merge.ts';
import type { ExportServiceRequest } from './messages/request.ts';
import { decodeMessage } from './protobuf/decode.ts';
import { encodeMessage } from './protobuf/encode.ts';
import { requestMessage } from './protobuf/table.ts';
import { validateRequest } from './protobuf/validate.ts';
import { countItems } from './protobuf/walk.ts';
import type { Signal } from './signal.ts';
import { splitBytes, type SplitLimits } from './split.ts';

/**
 * One OTLP `Export…ServiceRequest`: uncompressed protobuf bytes, known to be well formed.
 *
 * Bytes until somebody must look: `items` (spans, data points or log records) and `message` (the shape of OTLP/JSON) are
 * worked out on first use. Treat both bytes and message as frozen: they are shared.
 */
export interface OtlpRequest {
  readonly signal: Signal;
  readonly bytes: Uint8Array;
  readonly items: number;
  readonly message: ExportServiceRequest;
}

class LazyRequest implements OtlpRequest {
  readonly signal: Signal;
  readonly bytes: Uint8Array;
  #items: number | undefined;
  #message: ExportServiceRequest | undefined;
  /** By level. */
  #packed: Map<number, Uint8Array> | undefined;

  constructor(signal: Signal, bytes: Uint8Array, items?: number) {
    this.signal = signal;
    this.bytes = bytes;
    this.#items = items;
  }

  get items(): number {
    return (this.#items ??= countItems(this.signal, this.bytes));
  }

  get message(): ExportServiceRequest {
    return (this.#message ??= decodeMessage(requestMessage(this.signal), this.bytes) as ExportServiceRequest);
  }

  gzip(level: number): Uint8Array {
    let bytes = this.#packed?.get(level);
    if (bytes === undefined) (this.#packed ??= new Map()).set(level, (bytes = gzip(this.bytes, level)));
    return bytes;
  }
}

/**
 * The bytes of a request in gzip, made once: several destinations, all their tries and a dead letter share one body. Always one member:
 * some receivers read only the first.
 *
 * @param level 1 (fastest) to 9.
 */
export const gzipRequest = (request: OtlpRequest, level: number = 1): Uint8Array =>
  request instanceof LazyRequest ? request.gzip(level) : gzip(request.bytes, level);

/** Bytes that are already known to be a well-formed request; nothing is checked. For bytes from outside use {@link parseRequest}. */
export const otlpRequest = (signal: Signal, bytes: Uint8Array): OtlpRequest => new LazyRequest(signal, bytes);

/**
 * A request from bytes that somebody else wrote: validated in one pass.
 *
 * @throws {InvalidOtlpError} when the bytes are not a well-formed request.
 */
export const parseRequest = (signal: Signal, bytes: Uint8Array): OtlpRequest =>
  new LazyRequest(signal, bytes, validateRequest(signal, bytes));

/** Encodes a message, with the unknown fields it was decoded with. @throws {InvalidOtlpError} `value` or `id`. */
export const requestOfMessage = (signal: Signal, message: ExportServiceRequest): OtlpRequest =>
  otlpRequest(signal, encodeMessage(requestMessage(signal), message));

/** A request from a parsed OTLP/JSON object; its top-level key tells the signal. @throws {InvalidOtlpError} */
export const requestFromJson = (value: unknown): OtlpRequest => {
  const { signal, bytes } = encodeJsonRequest(value);
  return otlpRequest(signal, bytes);
};

/** One line of OTLP/JSON. */
export const requestToJson = (request: OtlpRequest): string => decodeJsonText(request.signal, request.bytes);

/** One request of all these, which are of one signal and at least one. Costs a copy of the bytes, nothing more. */
export const mergeRequests = (requests: readonly OtlpRequest[]): OtlpRequest => {
  const [first] = requests;
  if (first === undefined) throw new RangeError('nothing to merge');
  if (requests.length === 1) return first;
  if (requests.some(({ signal }) => signal !== first.signal))
    throw new TypeError('requests of different signals cannot be merged');
  const items = requests.reduce((sum, request) => sum + request.items, 0);
  return new LazyRequest(first.signal, mergeBytes(requests.map(({ bytes }) => bytes)), items);
};

/** The same items as complete requests within the limits, in order; see `splitBytes`. A request within them comes back itself. */
export const splitRequest = (request: OtlpRequest, limits: SplitLimits): readonly OtlpRequest[] => {
  const { maxBytes = Infinity, maxItems = Infinity } = limits;
  if (request.bytes.length <= maxBytes && request.items <= maxItems) return [request];
  const parts = splitBytes(request.signal, request.bytes, limits);
  return parts.map(({ bytes, items }) => new LazyRequest(request.signal, bytes, items));
};
