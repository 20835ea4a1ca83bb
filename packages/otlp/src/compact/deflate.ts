import { DICTIONARY_TEXT } from './dictionary.ts';

/** Loaded on first use: what runs inside a function pays for every import. */
const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');

let dictionary: Buffer | undefined;

/** The preset dictionary of the current version. zlib writes its Adler-32 into the stream, which is how a reader finds it. */
export const compactDictionary = (): Buffer => (dictionary ??= Buffer.from(DICTIONARY_TEXT));

/**
 * A request in the zlib format (RFC 1950) with the preset dictionary.
 *
 * @param level 0 to 9.
 */
export const compactDeflate = (bytes: Uint8Array, level: number): Buffer => {
  const preset = compactDictionary();
  // zlib looks back over the dictionary as well, and needs 262 bytes beyond (deflate.h, MIN_LOOKAHEAD).
  const windowBits = Math.min(15, Math.max(9, Math.ceil(Math.log2(preset.length + bytes.length + 262))));
  const chunkSize = Math.max(64, bytes.length);
  return zlib().deflateSync(bytes, { dictionary: preset, level, windowBits, chunkSize });
};
