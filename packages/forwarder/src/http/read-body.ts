import type { IncomingMessage } from 'node:http';
import { gunzipBounded, InvalidOtlpError } from '@serverless-otlp/otlp';

/** What was read of an answer: everything, or why not. */
export type AnswerBody = Uint8Array | 'too_large' | 'broken';

/** RFC 9110, section 8.4.1.3. */
const GZIP = /^(?:x-)?gzip$/i;

/**
 * Gives the body, decompressed if it says so, once: the first call counts (C11). What comes in pieces is joined as it comes: a server
 * may send one byte at a time, and a list of these would take a hundred times the bytes.
 */
export const readBody = (response: IncomingMessage, maxBytes: number, done: (body: AnswerBody) => void): void => {
  let body: Buffer = Buffer.alloc(0);
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    if (length + chunk.length > maxBytes) {
      done('too_large');
      response.destroy();
      return;
    }
    if (length === 0)
      body = chunk; // nearly every answer
    else {
      body = withRoom(body, length, length + chunk.length);
      body.set(chunk, length);
    }
    length += chunk.length;
  });
  response.on('end', () =>
    done(decompressed(body.subarray(0, length), response.headers['content-encoding'], maxBytes)),
  );
  response.on('error', () => done('broken'));
};

/** A buffer that holds so many bytes and begins with these. It doubles, so that each byte moves a few times at most. */
const withRoom = (body: Buffer, length: number, wanted: number): Buffer => {
  if (wanted <= body.length) return body;
  const larger = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * body.length));
  larger.set(body.subarray(0, length));
  return larger;
};

const decompressed = (body: Uint8Array, encoding: string | undefined, maxBytes: number): AnswerBody => {
  if (encoding === undefined || !GZIP.test(encoding) || body.length === 0) return body;
  try {
    return gunzipBounded(body, maxBytes);
  } catch (error) {
    return error instanceof InvalidOtlpError && error.reason === 'too_large' ? 'too_large' : 'broken';
  }
};
