import { createHash } from 'node:crypto';
import { InvalidOtlpError } from '@serverless-otlp/otlp';
import type { Decoded, Fault, SourceRecord } from './types.ts';

/**
 * What a record becomes that claims to be telemetry but cannot be read: reason, source and hash, never its content (D16).
 * An error that is not an {@link InvalidOtlpError} is a bug of ours; its message may quote input and stays behind.
 */
export const faultOf = (
  record: SourceRecord,
  error: unknown,
  reason?: Fault['reason'],
): Decoded & { readonly fault: Fault } => {
  const known = error instanceof InvalidOtlpError;
  return {
    fault: {
      reason: reason ?? (known ? error.reason : 'encoding_bug'),
      message: known ? error.message : 'an encoding failed on this line: please report it',
      source: { ...record.attributes, id: record.id },
      sha256: createHash('sha256').update(record.data).digest('hex'),
      bytes: typeof record.data === 'string' ? Buffer.byteLength(record.data) : record.data.length,
    },
  };
};
