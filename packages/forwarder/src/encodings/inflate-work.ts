import { decodeBase64, gunzipBounded, InvalidOtlpError } from '@serverless-otlp/otlp';
import { faultOf } from '../fault.ts';
import type { Decoded, SourceRecord } from '../types.ts';

/** What is booked for gzip that breaks off, per byte: above what telemetry compresses to (10:1), below a bomb (1032:1). */
const ASSUMED_RATIO = 32;

const isTooLarge = (error: unknown): boolean => error instanceof InvalidOtlpError && error.reason === 'too_large';

/** What an inflate of so many packed bytes cost that ended in this error. */
export const wastedBytes = (error: unknown, packedBytes: number, limit: number): number =>
  isTooLarge(error) ? limit : Math.min(limit, packedBytes * ASSUMED_RATIO);

/**
 * How many bytes a payload decompresses to, found out by doing it once more: for envelopes that could not be read. Otherwise such
 * lines could be repeated without ever reaching the bound of the invocation (D17).
 */
export const inflatedBytes = (envelope: Readonly<Record<string, unknown>>, limit: number): number => {
  const { payload } = envelope;
  const encoding = envelope['content-encoding'] ?? envelope['content_encoding'];
  if (typeof payload !== 'string' || typeof encoding !== 'string' || encoding.toLowerCase() !== 'gzip') return 0;
  try {
    return gunzipBounded(decodeBase64(payload), limit).length;
  } catch (error) {
    return wastedBytes(error, payload.length, limit);
  }
};

/** The fault of a record that could not be opened within `limit`, which is what the budget had allowed of `maxBytes`. */
export const unopened = (record: SourceRecord, error: unknown, limit: number, maxBytes: number): Decoded =>
  faultOf(record, error, isTooLarge(error) && limit < maxBytes ? 'budget' : undefined);
