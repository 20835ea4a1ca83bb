import { sampleBytes } from '@serverless-otlp/testing';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { SIGNALS } from '../signal.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { requestMessage } from './table.ts';

/** Small valid requests of every signal. */
export const seeds: readonly Uint8Array[] = SIGNALS.map((signal) => sampleBytes(signal, { items: 5 }));

/** Whatever decodes must encode and decode to the same again, except ids of a wrong length, which only `validateRequest` refuses. */
export const fuzz = (bytes: Uint8Array): void => {
  for (const signal of SIGNALS) {
    const message = requestMessage(signal);
    try {
      const encoded = encodeMessage(message, decodeMessage(message, bytes));
      const again = encodeMessage(message, decodeMessage(message, encoded));
      if (!Buffer.from(again).equals(encoded)) throw new Error(`${signal}: the second encoding differs from the first`);
    } catch (error) {
      if (!(error instanceof InvalidOtlpError)) throw error;
      if (error.reason === 'value' || error.reason === 'ambiguous') throw error;
    }
  }
};
