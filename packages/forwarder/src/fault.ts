import { createHash } from 'node:crypto';
import { InvalidOtlpError } from '@serverless-otlp/otlp';
import type { Fault, SourceRecord, Unreadable } from './types.ts';

/**
 * What a record becomes that claims to be telemetry but cannot be read: reason, source and hash (D16). The
 * content travels beside it, for the dead-letter store alone.
 * An error that is not an {@link InvalidOtlpError} is a bug of ours; its message may quote input and stays behind.
 */
export const faultOf = (record: SourceRecord, error: unknown, reason?: Fault['reason']): Unreadable => {
  const known = error instanceof InvalidOtlpError;
  return {
    fault: {
      reason: reason ?? (known ? error.reason : 'encoding_bug'),
      message: known ? error.message : 'an encoding failed on this line: please report it',
      source: { ...record.attributes, id: record.id },
      sha256: sha256Of(record.data),
      bytes: typeof record.data === 'string' ? Buffer.byteLength(record.data) : record.data.length,
    },
    content: record.data,
    ...(record.timeMs === undefined ? {} : { timeMs: record.timeMs }),
  };
};

/** Text is hashed in pieces: encoding a huge line at once would take its size in memory again. */
const PIECE = 1024 * 1024;

const sha256Of = (data: string | Uint8Array): string => {
  const hash = createHash('sha256');
  if (typeof data !== 'string') return hash.update(data).digest('hex');
  for (let start = 0; start < data.length;) {
    let end = start + PIECE;
    if (/[\ud800-\udbff]/.test(data.charAt(end - 1))) end++; // half of a pair would be hashed as U+FFFD
    hash.update(data.slice(start, end));
    start = end;
  }
  return hash.digest('hex');
};
