import type { Carrier } from '../../trigger.ts';
import { at, type Fields, fieldsOf } from './read.ts';

/** The headers that carry a trace. */
export const TRACE_HEADERS: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage', 'x-amzn-trace-id']);

/** `baggage` may have 8 192 bytes (https://www.w3.org/TR/baggage/#limits); the others are shorter. */
const MAX_VALUE = 8192;
/** Headers looked at; API Gateway and load balancers let far fewer through. */
const MAX_HEADERS = 1000;

/** A header's value is printable ASCII; anything else was never a header and must not become one of an outgoing request. */
const isValue = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_VALUE && /^[\x20-\x7e]+$/.test(value);

const textOf = (value: unknown): string | undefined => {
  const text = fieldsOf(value) === undefined ? value : (at(value, 'stringValue') ?? at(value, 'Value'));
  return isValue(text) ? text : undefined;
};

/**
 * The text of a header or a message attribute: `'x'`, `['x']`, SQS' `{ stringValue }`, SNS' `{ Value }`.
 *
 * Several values are one list, except those of `traceparent` and `x-amzn-trace-id`, of which two contradict each other.
 */
const valueOf = (name: string, value: unknown): string | undefined => {
  if (!Array.isArray(value)) return textOf(value);
  const values = value.slice(0, 10).map(textOf);
  if (values.length > 1 && name !== 'tracestate' && name !== 'baggage') return undefined;
  return textOf(values.filter((one) => one !== undefined).join(','));
};

/** Some headers of many, by their names in lower case, whatever their case in the event. */
export const headersNamed = (headers: Fields, names: ReadonlySet<string>): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const name of Object.keys(headers).slice(0, MAX_HEADERS)) {
    const lower = name.length > 32 ? '' : name.toLowerCase();
    if (!names.has(lower) || Object.hasOwn(found, lower)) continue;
    const value = valueOf(lower, headers[name]);
    if (value !== undefined) found[lower] = value;
  }
  return found;
};

/** Those among headers, named in lower case, that carry a trace; `undefined` when there are none. */
export const carrierIn = (headers: Carrier): Carrier | undefined => {
  let carrier: Record<string, string> | undefined;
  for (const name of TRACE_HEADERS) {
    const value = headers[name];
    if (value !== undefined) (carrier ??= {})[name] = value;
  }
  return carrier;
};

/** The headers among some fields that carry a trace; `undefined` when there are none. */
export const carrierOf = (headers: unknown): Carrier | undefined => {
  const fields = fieldsOf(headers);
  return fields && carrierIn(headersNamed(fields, TRACE_HEADERS));
};

/** Whether a carrier names a span, and not just baggage, or X-Ray's `Root` of a trace nobody has begun. */
export const namesSpan = (carrier: Carrier | undefined): carrier is Carrier =>
  carrier?.['traceparent'] !== undefined || (carrier?.['x-amzn-trace-id']?.includes('Parent=') ?? false);

/** Carriers as one: the first that has a header wins. `undefined` when all are. */
export const firstOf = (...carriers: readonly (Carrier | undefined)[]): Carrier | undefined => {
  const known = carriers.filter((carrier) => carrier !== undefined);
  // What belongs to one trace stays together: a tracestate of another one would be a lie.
  const w3c = known.find((carrier) => carrier['traceparent'] !== undefined);
  const merged: Record<string, string> = {};
  for (const carrier of known) {
    for (const [name, value] of Object.entries(carrier)) {
      if (name !== 'tracestate' || carrier === w3c) merged[name] ??= value;
    }
  }
  return known.length === 0 ? undefined : merged;
};
