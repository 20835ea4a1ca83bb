import { gzip, gzipRequest, type OtlpRequest, requestToJson } from '@serverless-otlp/otlp';

/** How a request is written on the wire. */
export interface BodyFormat {
  readonly encoding: 'proto' | 'json';
  readonly compression: 'gzip' | 'none';
  /** 1 (fastest) to 9. */
  readonly gzipLevel: number;
}

/** A body, or the size of what is too large to be one. */
export type Body = { readonly bytes: Uint8Array } | { readonly tooLarge: number };

/** The body of a request, unless it is larger than `maxBytes` before compression (R6). Destinations of one format share it. */
export const bodyOf = (
  request: OtlpRequest,
  { encoding, compression, gzipLevel }: BodyFormat,
  maxBytes: number,
): Body => {
  const plain = encoding === 'json' ? Buffer.from(requestToJson(request)) : request.bytes;
  if (plain.length > maxBytes) return { tooLarge: plain.length };
  if (compression === 'none') return { bytes: plain };
  return { bytes: encoding === 'json' ? gzip(plain, gzipLevel) : gzipRequest(request, gzipLevel) };
};
