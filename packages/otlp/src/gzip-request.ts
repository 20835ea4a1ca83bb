import { gzip } from './gzip.ts';
import type { OtlpRequest } from './request.ts';

/** By request and level: several destinations, all their tries and a dead letter share one body. */
const packed = new WeakMap<OtlpRequest, Map<number, Uint8Array>>();

/**
 * The bytes of a request in gzip, made once. Always one member: some receivers read only the first.
 *
 * @param level 1 (fastest) to 9.
 */
export const gzipRequest = (request: OtlpRequest, level: number = 1): Uint8Array => {
  const known = packed.get(request)?.get(level);
  if (known !== undefined) return known;
  const bytes = gzip(request.bytes, level);
  packed.set(request, (packed.get(request) ?? new Map<number, Uint8Array>()).set(level, bytes));
  return bytes;
};
