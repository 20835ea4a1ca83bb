import { otlpJson } from '@serverless-otlp/forwarder/encodings/otlp-json';
import { otlpStdout } from '@serverless-otlp/forwarder/encodings/otlp-stdout';
import type { Decoded, Encoding, InflateBudget } from '@serverless-otlp/forwarder/types';
import { loadCompact } from '@serverless-otlp/otlp';

// Here lines are read one by one, so compact ones have to be readable from the first on.
await loadCompact();

/** The line encodings of the forwarder, in its order. */
export const LINE_ENCODINGS: readonly Encoding[] = [otlpStdout(), otlpJson()];

/** One line at a time needs no budget besides the bound each encoding has by itself. */
export const UNBOUNDED: InflateBudget = { allow: (limit) => limit, spend: () => undefined };

/** What the forwarder makes of a line; `undefined` when it is not telemetry. */
export const decodeLine = (text: string): Decoded | undefined => {
  const record = { id: '', data: text, attributes: {} };
  for (const encoding of LINE_ENCODINGS) {
    const found = encoding.decode(record, UNBOUNDED)?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
};
