import { checkSize } from './store-key.ts';

/** Reads an object whole, unless it says that it is too large, or turns out to be. */
export const readBody = async (
  store: string,
  body: AsyncIterable<Uint8Array>,
  contentLength: number | undefined,
): Promise<Buffer> => {
  checkSize(store, contentLength ?? 0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    checkSize(store, bytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
};
