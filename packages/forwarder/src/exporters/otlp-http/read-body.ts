import type { IncomingMessage } from 'node:http';
import { gunzipBounded, InvalidOtlpError } from '@serverless-otlp/otlp';

/** What was read of an answer: everything, or why not. */
export type AnswerBody = Uint8Array | 'too_large' | 'broken';

/** RFC 9110, section 8.4.1.3. */
const GZIP = /^(?:x-)?gzip$/i;

/** Gives the body, decompressed if it says so, once: the first call counts (C11). */
export const readBody = (response: IncomingMessage, maxBytes: number, done: (body: AnswerBody) => void): void => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  response.on('data', (chunk: Uint8Array) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length <= maxBytes) return;
    done('too_large');
    response.destroy();
  });
  response.on('end', () => done(decompressed(Buffer.concat(chunks), response.headers['content-encoding'], maxBytes)));
  response.on('error', () => done('broken'));
};

const decompressed = (body: Uint8Array, encoding: string | undefined, maxBytes: number): AnswerBody => {
  if (encoding === undefined || !GZIP.test(encoding) || body.length === 0) return body;
  try {
    return gunzipBounded(body, maxBytes);
  } catch (error) {
    return error instanceof InvalidOtlpError && error.reason === 'too_large' ? 'too_large' : 'broken';
  }
};
