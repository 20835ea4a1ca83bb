import { createHash } from 'node:crypto';
import {
  gunzipBounded,
  gzip,
  InvalidOtlpError,
  type OtlpRequest,
  parseRequest,
  SIGNALS,
  type Signal,
} from '@serverless-otlp/otlp';
import type { Fault, Metadata } from '../types.ts';

/** What a letter says of itself, in its first line (D22). Times are ISO 8601. */
export interface LetterHeader {
  readonly version: 1;
  /** A request, or lines (or a whole event) that cannot be read. */
  readonly content: 'request' | 'lines';
  /** Only of a request. */
  readonly destination?: string;
  readonly signal?: Signal;
  readonly items?: number;
  /** Of the content, uncompressed. */
  readonly bytes: number;
  readonly sha256: string;
  /** Why it is here: our own words, or a server's with secrets redacted. */
  readonly reason: string;
  /** How often it has been sent in vain: once when it is stored, and once per redrive since. */
  readonly attempts: number;
  readonly storedAt: string;
  /** When the source took in its first line. */
  readonly firstEventAt: string;
  /** Not to be sent before. */
  readonly notBefore?: string;
  /** Part of a batch that its destination refused: not to be merged with others (D12). */
  readonly bisect?: true;
  /** The routing metadata. */
  readonly source: Metadata;
  /** Only of lines: the class of what is wrong with them, and how many there are. */
  readonly fault?: Fault['reason'];
  readonly lines?: number;
  readonly encoding: 'gzip' | 'identity';
}

/** What waits in a dead-letter store. */
export interface Letter {
  readonly header: LetterHeader;
  readonly content: Uint8Array;
}

/** All that one invocation may have decoded, and more than any line. */
const MAX_CONTENT_BYTES = 32 * 1024 * 1024;

/** More than a reason and the names of a log stream can take. */
const MAX_HEADER_BYTES = 256 * 1024;

const LINE_FEED = 0x0a;

/** SHA-256, hex. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The object in the store: one line of JSON, then the content, compressed where that helps.
 *
 * @param packed the content in gzip, where somebody has it already.
 */
export const writeLetter = (
  header: Omit<LetterHeader, 'version' | 'encoding'>,
  content: Uint8Array,
  packed: Uint8Array = gzip(content),
): Uint8Array => {
  const smaller = packed.length < content.length;
  const full: LetterHeader = { version: 1, ...header, encoding: smaller ? 'gzip' : 'identity' };
  return Buffer.concat([Buffer.from(`${JSON.stringify(full)}\n`), smaller ? packed : content]);
};

const invalid = (what: string): InvalidOtlpError => new InvalidOtlpError('envelope', `not a dead letter: ${what}`);

/** A letter whose content is still packed. */
export interface SealedLetter {
  readonly header: LetterHeader;
  /** @throws {InvalidOtlpError} when it is damaged. */
  open(): Letter;
}

/**
 * Reads the first line of an object that {@link writeLetter} wrote. A bucket is shared with people: nothing in it is taken on trust.
 *
 * @throws {InvalidOtlpError} when it is none.
 */
export const peekLetter = (object: Uint8Array): SealedLetter => {
  const end = object.indexOf(LINE_FEED);
  if (end < 0 || end > MAX_HEADER_BYTES) throw invalid('no header');
  const header = headerOf(Buffer.from(object.buffer, object.byteOffset, end).toString());
  const packed = object.subarray(end + 1);
  const open = (): Letter => {
    const limit = Math.min(header.bytes, MAX_CONTENT_BYTES);
    const content = header.encoding === 'gzip' ? gunzipBounded(packed, limit) : packed;
    if (content.length !== header.bytes || sha256Of(content) !== header.sha256)
      throw invalid('it is damaged, its checksum differs');
    return { header, content };
  };
  return { header, open };
};

/**
 * Reads an object that {@link writeLetter} wrote, whole.
 *
 * @throws {InvalidOtlpError} when it is none, or damaged.
 */
export const readLetter = (object: Uint8Array): Letter => peekLetter(object).open();

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

const headerOf = (text: string): LetterHeader => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('its header is no JSON');
  }
  const header = (value ?? {}) as Partial<Record<keyof LetterHeader, unknown>>;
  const { source } = header;
  const sound =
    header.version === 1 &&
    (header.content === 'lines' || (header.content === 'request' && SIGNALS.includes(header.signal as Signal))) &&
    (header.encoding === 'gzip' || header.encoding === 'identity') &&
    [header.bytes, header.attempts, header.items ?? 0].every(isCount) &&
    [header.sha256, header.reason, header.destination ?? '', header.fault ?? ''].every(isText) &&
    [header.storedAt, header.firstEventAt, header.notBefore ?? header.storedAt].every(isTime) &&
    [undefined, true].includes(header.bisect as true | undefined) &&
    typeof source === 'object' &&
    source !== null &&
    Object.values(source).every(isText);
  if (!sound) throw invalid('its header lacks something, or is of a newer version');
  return value as LetterHeader;
};

/** The request in a letter, validated before it is merged with others (D18). @throws {InvalidOtlpError} */
export const requestIn = ({ header, content }: Letter): OtlpRequest => {
  if (header.signal === undefined) throw invalid('it holds no request');
  return parseRequest(header.signal, content);
};
