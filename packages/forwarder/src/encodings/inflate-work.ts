import { InvalidOtlpError } from '@serverless-otlp/otlp';
import { faultOf } from '../fault.ts';
import type { Decoded, InflateBudget, SourceRecord } from '../types.ts';

/** Above what telemetry compresses to (about 10:1), far below a bomb (1032:1). */
const ASSUMED_RATIO = 32;

/**
 * Bytes booked for an inflate that does not tell what it produced: one that failed half-way, or whose text was larger than what it
 * meant. Without this, lines just below the bound could be repeated without ever reaching the bound of the invocation (D17).
 */
export const assumedBytes = (packedBytes: number, limit: number): number =>
  Math.min(limit, packedBytes * ASSUMED_RATIO);

/** The fault of a record that could not be opened, its work booked. `limit` is what the budget had allowed of `maxBytes`. */
export const unopened = (
  record: SourceRecord,
  error: unknown,
  budget: InflateBudget,
  { limit, maxBytes, packed }: { readonly limit: number; readonly maxBytes: number; readonly packed: boolean },
): Decoded => {
  const tooLarge = error instanceof InvalidOtlpError && error.reason === 'too_large';
  if (tooLarge) budget.spend(limit);
  else if (packed) budget.spend(assumedBytes(record.data.length, limit));
  return faultOf(record, error, tooLarge && limit < maxBytes ? 'budget' : undefined);
};
