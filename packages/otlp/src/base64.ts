import { InvalidOtlpError } from './invalid-otlp-error.ts';

/**
 * Decodes standard base64 with padding (RFC 4648, section 4) and refuses everything else.
 *
 * Node's decoder skips what it does not know, so that a corrupt payload would come out shorter instead of failing. Every
 * skipped character shows in the length, which makes one comparison enough. What has to be looked for is what Node takes for
 * something else: the URL-safe alphabet, and characters beyond ASCII, of which it sees the low byte only.
 *
 * @throws {InvalidOtlpError} `base64`.
 */
export const decodeBase64 = (text: string): Uint8Array => {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  const whole = text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding;
  if (!whole || Buffer.byteLength(text) !== text.length || text.includes('-') || text.includes('_')) {
    throw new InvalidOtlpError('base64', 'not valid base64');
  }
  return bytes;
};
