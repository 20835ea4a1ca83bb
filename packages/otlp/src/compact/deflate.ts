import { compactDictionary } from './dictionary.ts';

/** Loaded on first use: what runs inside a function pays for every import. */
const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');

/**
 * A request in the zlib format (RFC 1950) with the preset dictionary.
 *
 * @param level 0 to 9.
 */
export const compactDeflate = (bytes: Uint8Array, level: number): Buffer => {
  const dictionary = compactDictionary();
  // zlib looks back over the dictionary as well, and needs 262 bytes beyond (deflate.h, MIN_LOOKAHEAD).
  const windowBits = Math.min(15, Math.max(9, Math.ceil(Math.log2(dictionary.length + bytes.length + 262))));
  return zlib().deflateSync(bytes, { dictionary, level, windowBits, chunkSize: Math.max(64, bytes.length) });
};
