import protobuf from 'protobufjs';

import { jsonName, requestType, type Signal } from './schema.ts';

/** A value in the one form both sides are compared in. */
export type Canonical = string | boolean | number | readonly Canonical[] | { readonly [name: string]: Canonical };
/** How a message came to us: decoded from protobuf (bytes as arrays, names as in the schema) or parsed from OTLP/JSON. */
export type Spelling = 'protobuf' | 'json';

const IDS = new Set(['trace_id', 'span_id', 'parent_span_id']);
const INTEGERS_64 = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);

const bytesOf = (value: unknown, field: protobuf.Field): string => {
  if (typeof value !== 'string') return Buffer.from(value as Uint8Array).toString('hex');
  return IDS.has(field.name) ? value.toLowerCase() : Buffer.from(value, 'base64').toString('hex');
};

const floatOf = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(Number(value)));

const scalarOf = (value: unknown, field: protobuf.Field): string | boolean | number => {
  if (field.type === 'bytes') return bytesOf(value, field);
  if (field.type === 'string') return String(value);
  if (field.type === 'bool') return value === true;
  if (field.type === 'double' || field.type === 'float') return floatOf(value);
  if (INTEGERS_64.has(field.type)) return BigInt(String(value)).toString();
  return Number(value);
};

const valueOf = (value: unknown, field: protobuf.Field, spelling: Spelling): Canonical =>
  field.resolvedType instanceof protobuf.Type ? messageOf(value, field.resolvedType, spelling) : scalarOf(value, field);

const isEmpty = (value: Canonical, field: protobuf.Field): boolean => {
  if (typeof value === 'object') return Object.keys(value).length === 0;
  if (typeof value !== 'string') return value === false || value === 0;
  return value === (field.type === 'string' || field.type === 'bytes' ? '' : '0');
};

/** Fields in the order of the schema; one that says nothing (proto3 has no presence for it) is left out. */
const messageOf = (
  message: unknown,
  type: protobuf.Type,
  spelling: Spelling,
): { readonly [name: string]: Canonical } => {
  const canonical: Record<string, Canonical> = {};
  const object = (message ?? {}) as Readonly<Record<string, unknown>>;
  for (const field of type.fieldsArray) {
    const key = spelling === 'json' ? jsonName(field.name) : field.name;
    if (!Object.hasOwn(object, key) || object[key] === null) continue;
    const raw = object[key];
    const value = field.repeated
      ? (raw as unknown[]).map((item) => valueOf(item, field, spelling))
      : valueOf(raw, field, spelling);
    const optional = field.partOf !== null;
    // Elements of lists were converted above, so an empty string in a list is kept; NaN and -0 are not empty.
    if (optional || !isEmpty(value, field)) canonical[jsonName(field.name)] = value;
  }
  return canonical;
};

/** A request in canonical form. */
export const canonicalRequest = (
  signal: Signal,
  message: unknown,
  spelling: Spelling,
): { readonly [name: string]: Canonical } => messageOf(message, requestType(signal), spelling);
