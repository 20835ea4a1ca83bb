import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Refusal, RPC_CODES } from './refusal.ts';

const inflate = promisify(gunzip);

const tooLarge = (maxBytes: number): Refusal =>
  new Refusal(413, RPC_CODES.resourceExhausted, `the body is larger than ${maxBytes} bytes`);

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

/** The body as it came, given up as soon as it exceeds `maxBytes`. @throws {Refusal} 413 */
export const readRawBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  return await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (finish: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', reject);
      finish();
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBytes) settle(() => reject(tooLarge(maxBytes)));
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onClose = (): void => settle(() => reject(new Error('the client went away')));
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', reject);
  });
};

/** All gzip members of a body, inflated; given up as soon as they exceed `maxBytes`. @throws {Refusal} 400, 413 */
export const inflateBody = async (body: Uint8Array, maxBytes: number): Promise<Buffer> => {
  try {
    return await inflate(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge(maxBytes);
    throw new Refusal(400, RPC_CODES.invalidArgument, 'the body is not valid gzip');
  }
};
