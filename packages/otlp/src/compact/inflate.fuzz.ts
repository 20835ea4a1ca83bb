import { sampleBytes } from '@serverless-otlp/testing';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { SIGNALS } from '../signal.ts';
import { compactDeflate } from './deflate.ts';
import { inflateCompact } from './inflate.ts';

const MAX_BYTES = 1024 * 1024;

/** Payloads of every signal, at the lowest and the highest level. */
export const seeds: readonly Uint8Array[] = SIGNALS.flatMap((signal) =>
  [0, 9].map((level) => compactDeflate(sampleBytes(signal, { items: 5 }), level)),
);

/** Arbitrary bytes are refused or become at most so many, and any bytes come back as they were. */
export const fuzz = (bytes: Uint8Array): void => {
  const again = inflateCompact(compactDeflate(bytes, 6), MAX_BYTES);
  if (Buffer.compare(again, bytes) !== 0) throw new Error('not what was compressed');
  try {
    if (inflateCompact(bytes, MAX_BYTES).length > MAX_BYTES) throw new Error('beyond the bound');
  } catch (error) {
    if (!(error instanceof InvalidOtlpError)) throw error;
  }
};
