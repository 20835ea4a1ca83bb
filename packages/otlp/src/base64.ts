import { InvalidOtlpError } from './invalid-otlp-error.ts';

/**
 * Decodes standard base64 with padding (RFC 4648, section 4) and refuses everything else.
 *
 * Node's decoder skips what it does not know, so that a corrupt payload would come out shorter instead of failing. Every
 * skipped character shows in the length, which makes one comparison enough; only the URL-safe alphabet, which Node also
 * decodes, has to be looked for.
 *
 * @throws {InvalidOtlpError} `base64`.
 */
export const decodeBase64 = (text: string): Uint8Array => {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const expected = (text.length / 4) * 3 - padding;
  const bytes = Buffer.from(text, 'base64');
  if (text.length % 4 !== 0 || bytes.length !== expected || text.includes('-') || text.includes('_')) {
    throw new InvalidOtlpError('base64', 'not valid base64');
  }
  return bytes;
};
