import { gunzipSync } from 'node:zlib';
import { InvalidOtlpError } from './invalid-otlp-error.ts';

/** deflate cannot compress better than 1032:1 (zlib technical notes), so a claim beyond that is a lie. */
const MAX_RATIO = 1032;

/**
 * Decompresses gzip, all members, into at most `maxBytes` bytes. A bomb is stopped at the bound, within milliseconds; the
 * checksum is verified.
 *
 * @throws {InvalidOtlpError} `gzip` when corrupt or cut off, `too_large` beyond the bound.
 */
export const gunzipBounded = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
  if (bytes.length < 18) throw new InvalidOtlpError('gzip', 'too short for gzip');
  // The trailer names the size (RFC 1952). Taking its word for the size of zlib's output buffer saves the default 16 KiB per
  // call and the copy that joins chunks. What a lie has allocated is given back at once.
  const claimed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(bytes.length - 4);
  const chunkSize = Math.max(64, Math.min(claimed, maxBytes, bytes.length * MAX_RATIO) + 1);
  try {
    const plain = gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes), chunkSize });
    return plain.buffer.byteLength > 2 * plain.length + Buffer.poolSize ? Uint8Array.from(plain) : plain;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new InvalidOtlpError('too_large', `decompresses to more than ${maxBytes} bytes`);
    }
    if (!code.startsWith('Z_')) throw error;
    throw new InvalidOtlpError('gzip', 'not valid gzip');
  }
};
