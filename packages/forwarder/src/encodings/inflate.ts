import { gunzipBounded, InvalidOtlpError } from '@serverless-otlp/otlp';
import { faultOf } from '../fault.ts';
import type { Decoded, InflateBudget, SourceRecord } from '../types.ts';

/** What is booked for gzip that breaks off, per byte: above what telemetry compresses to (10:1), below a bomb (1032:1). */
const ASSUMED_RATIO = 32;

const isTooLarge = (error: unknown): boolean => error instanceof InvalidOtlpError && error.reason === 'too_large';

/**
 * Decompresses into at most `limit` bytes and books what that took, also of what fails: otherwise broken lines could be repeated
 * without ever reaching the bound of the invocation (D17).
 */
export const inflateOn =
  (budget: InflateBudget, limit: number) =>
  (packed: Uint8Array): Uint8Array => {
    try {
      const plain = gunzipBounded(packed, limit);
      budget.spend(plain.length);
      return plain;
    } catch (error) {
      budget.spend(isTooLarge(error) ? limit : Math.min(limit, packed.length * ASSUMED_RATIO));
      throw error;
    }
  };

/** The fault of a record that could not be opened within `limit`, which is what the budget had allowed of `maxBytes`. */
export const unopened = (record: SourceRecord, error: unknown, limit: number, maxBytes: number): Decoded =>
  faultOf(record, error, isTooLarge(error) && limit < maxBytes ? 'budget' : undefined);
