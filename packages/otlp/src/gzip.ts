import { gunzipSync, gzipSync } from 'node:zlib';
import { InvalidOtlpError } from './invalid-otlp-error.ts';

/** deflate cannot compress better than 1032:1 (zlib technical notes), so a claim beyond that is a lie. */
const MAX_RATIO = 1032;

const tooLarge = (maxBytes: number): InvalidOtlpError =>
  new InvalidOtlpError('too_large', `decompresses to more than ${maxBytes} bytes`);

/**
 * Decompresses gzip, all members, into at most `maxBytes` bytes. A bomb is stopped at the bound, within milliseconds; the
 * checksum is verified.
 *
 * @throws {InvalidOtlpError} `gzip` when corrupt or cut off, `too_large` beyond the bound.
 */
export const gunzipBounded = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw new InvalidOtlpError('gzip', 'not gzip');
  // The trailer names the size (RFC 1952). Taking its word for the size of zlib's output buffer saves the default 16 KiB per
  // call and the copy that joins chunks. What a lie has allocated is given back at once.
  const claimed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(bytes.length - 4);
  const possible = claimed <= bytes.length * MAX_RATIO;
  // Larger than allowed, or a lie that zlib would find at the end: either way nothing to inflate.
  if (possible && claimed > maxBytes) throw tooLarge(maxBytes);
  // A claim below what came in is a lie as well: it would make zlib hand out crumbs.
  const chunkSize = Math.max(64, Math.min(Math.max(claimed, bytes.length), maxBytes, bytes.length * MAX_RATIO) + 1);
  try {
    const plain = gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes), chunkSize });
    return plain.buffer.byteLength > 2 * plain.length + Buffer.poolSize ? Uint8Array.from(plain) : plain;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    if (!code.startsWith('Z_')) throw error;
    throw new InvalidOtlpError('gzip', 'not valid gzip');
  }
};

/**
 * One member of gzip. The window is no larger than what it looks at: zlib sets up 32 KiB at the price of compressing a small request.
 *
 * @param level 1 (fastest) to 9.
 */
export const gzip = (plain: Uint8Array, level: number = 1): Uint8Array => {
  const windowBits = Math.min(15, Math.max(9, Math.ceil(Math.log2(plain.length + 1))));
  return gzipSync(plain, { level, windowBits, chunkSize: Math.max(64, plain.length) });
};
