import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { decodeMessage } from '../protobuf/decode.ts';
import { encodeMessage } from '../protobuf/encode.ts';
import { requestMessage } from '../protobuf/table.ts';
import { type Signal, SIGNALS } from '../signal.ts';

/**
 * The signal of an OTLP/JSON object by its one top-level key, `resourceSpans`, `resourceMetrics` or `resourceLogs`;
 * `undefined` for any other value.
 *
 * @throws {InvalidOtlpError} `ambiguous` when more than one of them is there (rule J7: one signal per line).
 */
export const signalOfJson = (value: unknown): Signal | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = SIGNALS.filter((signal) => hasResources(signal, value));
  if (found.length > 1) throw new InvalidOtlpError('ambiguous', `holds more than one signal: ${found.join(', ')}`);
  return found[0];
};

const hasResources = (signal: Signal, value: object): boolean => {
  for (const key of requestMessage(signal).byName.keys()) {
    if (Object.hasOwn(value, key) && (value as Record<string, unknown>)[key] !== null) return true;
  }
  return false;
};

/**
 * Encodes an OTLP/JSON object as the protobuf of its request.
 *
 * @throws {InvalidOtlpError} `value` when it holds no signal, and whatever `encodeMessage` finds wrong.
 */
export const encodeJsonRequest = (value: unknown): { readonly signal: Signal; readonly bytes: Uint8Array } => {
  const signal = signalOfJson(value);
  if (signal === undefined) {
    throw new InvalidOtlpError('value', 'holds none of resourceSpans, resourceMetrics and resourceLogs');
  }
  return { signal, bytes: encodeMessage(requestMessage(signal), value) };
};

/**
 * The protobuf of a request as OTLP/JSON text on one line. Fields that the schema lacks have no JSON name and are left out;
 * a negative zero loses its sign.
 *
 * @throws {InvalidOtlpError} whatever `decodeMessage` finds wrong.
 */
export const decodeJsonText = (signal: Signal, bytes: Uint8Array): string =>
  JSON.stringify(decodeMessage(requestMessage(signal), bytes));
