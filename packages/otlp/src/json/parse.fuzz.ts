import { sampleRequest } from '@serverless-otlp/testing';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { validateRequest } from '../protobuf/validate.ts';
import { SIGNALS } from '../signal.ts';
import { parseOtlpJson } from './parse.ts';
import { decodeJsonText, encodeJsonRequest } from './request.ts';

/** Small valid requests of every signal, with integers as strings and as numbers. */
export const seeds: readonly Uint8Array[] = SIGNALS.flatMap((signal) => {
  const text = JSON.stringify(sampleRequest(signal, { items: 5 }));
  return [text, text.replaceAll(/"(\d+)"/g, '$1')].map((line) => new TextEncoder().encode(line));
});

/** Whatever is a request must make valid protobuf, which comes back as JSON of the same protobuf. */
export const fuzz = (bytes: Uint8Array): void => {
  const first = requestIn(new TextDecoder().decode(bytes));
  if (first === undefined) return;
  validateRequest(first.signal, first.bytes);
  const text = decodeJsonText(first.signal, first.bytes);
  if (text === '{}') return;
  const second = encodeJsonRequest(parseOtlpJson(text));
  if (decodeJsonText(second.signal, second.bytes) !== text) throw new Error('the second conversion differs');
};

const requestIn = (text: string): ReturnType<typeof encodeJsonRequest> | undefined => {
  try {
    return encodeJsonRequest(parseOtlpJson(text));
  } catch (error) {
    if (error instanceof InvalidOtlpError) return undefined;
    throw error;
  }
};
