import { gunzipBounded, type Inflate, InvalidOtlpError, type OtlpRequest } from '@serverless-otlp/otlp';
import { faultOf } from '../fault.ts';
import type { Decoded, InflateBudget, SourceRecord } from '../types.ts';

/** What is booked for gzip that breaks off, per byte: above what telemetry compresses to (10:1), below a bomb (1032:1). */
const ASSUMED_RATIO = 32;

/** What an item counts at least: a data point with times, a value and an attribute takes more. Two bytes are an empty span, and 100 once decoded. */
const MIN_ITEM_BYTES = 48;

/**
 * What a request is to the bounds of a line and of the invocation.
 *
 * @throws {InvalidOtlpError} `too_large` when that is over the limit.
 */
export const weightOf = ({ bytes, items }: OtlpRequest, limit: number): number => {
  if (bytes.length > limit) throw new InvalidOtlpError('too_large', `more than ${limit} bytes`);
  const weight = items * MIN_ITEM_BYTES;
  if (weight > limit) throw new InvalidOtlpError('too_large', `more items than ${limit} bytes hold`);
  return Math.max(bytes.length, weight);
};

const isTooLarge = (error: unknown): boolean => error instanceof InvalidOtlpError && error.reason === 'too_large';

/**
 * Decompresses into at most `limit` bytes and books what that took, also of what fails: otherwise broken lines could be repeated
 * without ever reaching the bound of the invocation (D17).
 */
export const inflateOn =
  (budget: InflateBudget, limit: number) =>
  (packed: Uint8Array, inflate: Inflate = gunzipBounded): Uint8Array => {
    try {
      const plain = inflate(packed, limit);
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
