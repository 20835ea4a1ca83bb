import { gzipSync } from 'node:zlib';
import { decodeBase64 } from './base64.ts';
import { compactInflate, type Inflate } from './compact/load.ts';
import { contentKindOf } from './content-kind.ts';
import { ENVELOPE_MARKER } from './envelope-marker.ts';
import { InvalidOtlpError } from './invalid-otlp-error.ts';
import { parseOtlpJson } from './json/parse.ts';
import { type OtlpRequest, parseRequest, requestFromJson } from './request.ts';
import { type Signal, SIGNAL_PATHS, signalOfPath, SIGNALS } from './signal.ts';

/** What the marker of the first version (September 2024) was called. */
const FIRST_MARKER = '_otel';

/** What an envelope holds. Everything but the request is the writer's own word and proves nothing (D19). */
export interface Envelope {
  readonly request: OtlpRequest;
  /** Version of the writer, or `package@version`. */
  readonly version: string;
  /** The writer's service name, if it gave one. */
  readonly source: string | undefined;
  /** The writer's headers whose values are strings. */
  readonly headers: ReadonlyMap<string, string>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether this parsed line claims to be an envelope. */
export const isEnvelope = (value: JsonObject): boolean => ENVELOPE_MARKER in value || FIRST_MARKER in value;

const fault = (message: string): InvalidOtlpError => new InvalidOtlpError('envelope', message);

const textField = (envelope: JsonObject, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = envelope[name];
    if (typeof value === 'string') return value;
    if (value !== undefined && value !== null) throw fault(`"${name}" is not a string`);
  }
  return undefined;
};

/** What all current writers write. */
const endpointOf = (signal: Signal): string => `http://localhost:4318${SIGNAL_PATHS[signal]}`;
const USUAL_ENDPOINTS: ReadonlyMap<string, Signal> = new Map(SIGNALS.map((signal) => [endpointOf(signal), signal]));

/**
 * The signal that an endpoint names: its path ends in `/v1/traces`, `/v1/metrics` or `/v1/logs`, letter for letter.
 * Older writers put their configured endpoint here, base path included. The rest is never looked at, let alone followed.
 */
const signalOfEndpoint = (endpoint: string | undefined): Signal => {
  if (endpoint === undefined) throw fault('"endpoint" is missing');
  const usual = USUAL_ENDPOINTS.get(endpoint);
  if (usual !== undefined) return usual;
  const match = /^https?:\/\/[^/?#]+(?:\/[^?#]*)?(\/v1\/[a-z]+)$/i.exec(endpoint);
  const signal = match?.[1] === undefined ? undefined : signalOfPath(match[1]);
  if (signal === undefined) throw fault('"endpoint" does not end in the path of a signal');
  return signal;
};

const isGzip = (encoding: string | undefined): boolean => {
  switch (encoding?.toLowerCase()) {
    case 'gzip':
      return true;
    case undefined:
    case '':
    case 'none':
    case 'identity':
      return false;
    default:
      throw new InvalidOtlpError('unsupported', 'unknown content-encoding');
  }
};

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

const headersOf = (value: unknown): ReadonlyMap<string, string> => {
  if (typeof value !== 'object' || value === null) return NO_HEADERS;
  const headers = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) if (typeof text === 'string') headers.set(name.toLowerCase(), text);
  return headers;
};

/** Bytes of a payload that is a string. `base64` may be absent in older dialects: then only JSON text is taken as it stands. */
const payloadBytes = (payload: string, base64: unknown, binary: boolean): Uint8Array => {
  if (base64 === true) return decodeBase64(payload);
  if (base64 !== undefined && base64 !== null && base64 !== false) throw fault('"base64" is not a boolean');
  if (!binary && payload.trimStart().startsWith('{')) return Buffer.from(payload);
  if (base64 === false) throw fault('a binary payload without base64');
  return decodeBase64(payload);
};

const jsonRequest = (value: unknown, signal: Signal): OtlpRequest => {
  const request = requestFromJson(value);
  if (request.signal !== signal)
    throw new InvalidOtlpError('ambiguous', '"endpoint" and payload name different signals');
  return request;
};

/**
 * Reads an envelope in any dialect ever written: the current one, the early ones (`package@version`, JSON object payloads,
 * snake_case keys, optional encodings), the first (`_otel`), and the compact one, which leaves out what is the default. Unknown fields are ignored; what nobody defined is refused, not
 * guessed.
 *
 * @param text the line `value` was parsed from; read once more when its payload is a JSON object, to keep 64-bit integers whole.
 * @param gunzip decompresses the payload within the bounds of whoever reads; gzip, unless it is given another way.
 * @throws {InvalidOtlpError} `unsupported` also for the first compact lines, see `compactLoading`.
 */
export const readEnvelope = (
  value: JsonObject,
  text: string,
  gunzip: (packed: Uint8Array, inflate?: Inflate) => Uint8Array,
): Envelope => {
  const version = value[ENVELOPE_MARKER] ?? value[FIRST_MARKER];
  // Not by its name: no line of ours may look like an envelope to a filter (D21).
  if (typeof version !== 'string') throw fault('the marker is not a string');
  const { payload } = value;
  const endpoint = textField(value, 'endpoint');
  const contentType = textField(value, 'content-type', 'content_type');
  const contentEncoding = textField(value, 'content-encoding', 'content_encoding');
  const envelope = { version, source: textField(value, 'source'), headers: headersOf(value['headers']) };
  if (typeof payload === 'string' && contentType === undefined && contentEncoding === undefined) {
    const signal = signalOfPath(endpoint ?? SIGNAL_PATHS.traces) ?? signalOfEndpoint(endpoint);
    return { ...envelope, request: parseRequest(signal, gunzip(decodeBase64(payload), compactInflate())) };
  }

  const signal = signalOfEndpoint(endpoint);
  const kind = contentKindOf(contentType);
  const gzip = isGzip(contentEncoding);
  if (typeof payload === 'object' && payload !== null) {
    if (gzip || (contentType !== undefined && kind !== 'json')) throw fault('"payload" is not a string');
    return { ...envelope, request: jsonRequest(losslessPayload(text), signal) };
  }
  if (typeof payload !== 'string') throw fault('"payload" is missing or not a string');
  if (kind === undefined) throw new InvalidOtlpError('unsupported', 'unknown content-type');
  const packed = payloadBytes(payload, value['base64'], gzip || kind === 'protobuf');
  const bytes = gzip ? gunzip(packed) : packed;
  const request = kind === 'json' ? jsonRequest(parseOtlpJson(utf8Text(bytes)), signal) : parseRequest(signal, bytes);
  return { ...envelope, request };
};

const losslessPayload = (text: string): unknown => {
  let value = parseOtlpJson(text) as JsonObject;
  // A wrapped line whose message is an object: the envelope lies one level down.
  if (!isEnvelope(value)) value = value['message'] as JsonObject;
  return value['payload'];
};

const utf8 = new TextDecoder('utf-8', { fatal: true });
const utf8Text = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new InvalidOtlpError('utf8', 'the JSON payload is not valid UTF-8');
  }
};

/** How an envelope is written. */
export interface WriteEnvelopeOptions {
  /** The service name. */
  readonly source: string;
  /** The writer's version, the value of the marker. */
  readonly version: string;
  /** 0 to 9; default 6. */
  readonly gzipLevel?: number;
  /** `DEBUG`, `INFO`, `WARN` or `ERROR`, for log tools that filter by level. */
  readonly level?: string;
  /** Routing facts such as a tenant id. Never credentials: this line ends in a log. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One line, without its line feed, in the compatible format: the marker first, no white space, eight fields in their order;
 * `headers` and `level` only when set (E1). The signal is told by the path of `endpoint` (E2).
 */
export const writeEnvelope = (request: OtlpRequest, options: WriteEnvelopeOptions): string => {
  const { source, version, gzipLevel = 6, level, headers } = options;
  return JSON.stringify({
    [ENVELOPE_MARKER]: version,
    source,
    endpoint: endpointOf(request.signal),
    method: 'POST',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    payload: gzipSync(request.bytes, { level: gzipLevel }).toString('base64'),
    base64: true,
    ...(headers === undefined || Object.keys(headers).length === 0 ? {} : { headers }),
    ...(level === undefined ? {} : { level }),
  });
};
