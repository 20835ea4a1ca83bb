import { type ContentKind, contentKindOf } from './content-kind.ts';
import { parseOtlpJson } from './json/parse.ts';
import { decodeMessage } from './protobuf/decode.ts';
import { encodeMessage } from './protobuf/encode.ts';
import { messageNamed } from './protobuf/table.ts';
import { fieldRanges } from './protobuf/walk.ts';
import type { Signal } from './signal.ts';

/** What a server says it did not take of a request it accepted. */
export interface PartialSuccess {
  /** Spans, data points or log records; 0 with a message is a warning about a full success. */
  readonly rejectedItems: number;
  readonly message: string;
}

const RESPONSES: Readonly<Record<Signal, { readonly name: string; readonly rejected: string }>> = {
  traces: { name: 'ExportTraceServiceResponse', rejected: 'rejectedSpans' },
  metrics: { name: 'ExportMetricsServiceResponse', rejected: 'rejectedDataPoints' },
  logs: { name: 'ExportLogsServiceResponse', rejected: 'rejectedLogRecords' },
};

/**
 * The partial success in the body of a 2xx answer, read by the answer's own content type (C13). `undefined` when there is none;
 * one that is present but empty is none (C4).
 *
 * @throws {InvalidOtlpError} when the body is not what its content type says.
 */
export const decodeExportResponse = (
  signal: Signal,
  body: Uint8Array,
  contentType: string | undefined,
): PartialSuccess | undefined => {
  const kind = contentKindOf(contentType);
  if (kind === undefined || body.length === 0) return undefined;
  const { name, rejected } = RESPONSES[signal];
  // JSON goes through the encoder, so that the same rules hold for both.
  const bytes = kind === 'json' ? encodeMessage(messageNamed(name), parseOtlpJson(Buffer.from(body).toString())) : body;
  const { partialSuccess } = decodeMessage(messageNamed(name), bytes) as {
    readonly partialSuccess?: Readonly<Record<string, string | undefined>>;
  };
  const rejectedItems = Number(partialSuccess?.[rejected] ?? 0);
  const message = partialSuccess?.['errorMessage'] ?? '';
  return rejectedItems === 0 && message === '' ? undefined : { rejectedItems, message };
};

/** The body of a 200 answer: empty for a full success, as OTLP asks. */
export const encodeExportResponse = (
  signal: Signal,
  partial: PartialSuccess | undefined,
  kind: ContentKind,
): Uint8Array => {
  const { name, rejected } = RESPONSES[signal];
  const value =
    partial === undefined
      ? {}
      : { partialSuccess: { [rejected]: String(partial.rejectedItems), errorMessage: partial.message } };
  return kind === 'json' ? Buffer.from(JSON.stringify(value)) : encodeMessage(messageNamed(name), value);
};

/** Where JSON has its words: `google.rpc.Status` has a message; backends that ignore it have errors of their own, text or objects. */
const WORDS = ['message', 'error', 'errors', 'detail'];
const MAX_DEPTH = 3;

const wordsIn = (value: unknown, depth: number = 0): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return wordsIn(value[0], depth + 1);
  for (const key of WORDS) {
    const words = Object.hasOwn(value, key) ? wordsIn((value as Record<string, unknown>)[key], depth + 1) : undefined;
    if (words !== undefined) return words;
  }
  return undefined;
};

/**
 * The message in the body of an error answer, for a person to read: of `google.rpc.Status` (C12), or of what a backend writes
 * instead. Whatever cannot be read is `undefined`: the body of an error never changes what is done about it.
 */
export const statusMessageOf = (body: Uint8Array, contentType: string | undefined): string | undefined => {
  try {
    if (contentKindOf(contentType) === 'json') return wordsIn(JSON.parse(Buffer.from(body).toString()));
    if (contentKindOf(contentType) !== 'protobuf') return undefined;
    for (const range of fieldRanges(body, 0, body.length)) {
      if (range.number === 2 && range.end <= body.length)
        return Buffer.from(body.subarray(range.contentStart, range.end)).toString();
    }
    return undefined;
  } catch {
    return undefined;
  }
};
