import { inflateSync } from 'node:zlib';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { compactDictionary, DICTIONARY_ID } from './dictionary.ts';

/** What tells a reader that a stream needs a dictionary (RFC 1950, FDICT). */
const NEEDS_DICTIONARY = 0x20;
/** Two bytes of header, four that name the dictionary. */
const HEADER_BYTES = 6;

/**
 * Decompresses a payload of the compact format into at most `maxBytes` bytes. Like gzip in envelopes it is checked to its checksum and
 * to its last byte.
 *
 * @throws {InvalidOtlpError} `unsupported` for a dictionary of another version and for no such stream at all, `gzip` when corrupt or
 * cut off, `too_large` beyond the bound.
 */
export const inflateCompact = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_BYTES));
  if (head.length < HEADER_BYTES || (head.readUInt8(1) & NEEDS_DICTIONARY) === 0 || head.readUInt16BE() % 31 !== 0)
    throw new InvalidOtlpError('unsupported', 'neither content-type nor compact');
  if (head.readUInt32BE(2) !== DICTIONARY_ID)
    throw new InvalidOtlpError('unsupported', 'a dictionary that this version does not have');
  return inflated(bytes, maxBytes);
};

const inflated = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
  try {
    const { buffer, engine } = inflateSync(bytes, {
      dictionary: compactDictionary(),
      maxOutputLength: Math.max(1, maxBytes),
      info: true,
    }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
    if (engine.bytesWritten === bytes.length) return buffer;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new InvalidOtlpError('too_large', `decompresses to more than ${maxBytes} bytes`);
    if (!code.startsWith('Z_')) throw error;
  }
  throw new InvalidOtlpError('gzip', 'not a valid compact payload');
};
