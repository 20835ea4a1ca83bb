import { createHash } from 'node:crypto';

/** A message as protobufjs takes it: names as in the schema. */
export type Fields = Readonly<Record<string, unknown>>;

/** Nanoseconds since the epoch that all generated times begin at. */
export const START: bigint = 1_767_225_600_000_000_000n;
/** The largest value of 64 bits, which no JavaScript number holds. */
export const MAX_UINT64: string = '18446744073709551615';
/** The smallest signed value of 64 bits. */
export const MIN_INT64: string = '-9223372036854775808';

/** Bytes that depend on the seed alone. */
export const id = (seed: string, bytes: number): Uint8Array =>
  createHash('sha256').update(seed).digest().subarray(0, bytes);

/** An attribute with a text. */
export const text = (key: string, value: string): Fields => ({ key, value: { string_value: value } });

/** One attribute for each kind of value that OTLP knows. */
export const everyKind = (seed: string): readonly Fields[] => [
  text('string', `värde 🚀 "${seed}"\n\u2028`),
  text('empty', ''),
  { key: 'false', value: { bool_value: false } },
  { key: 'true', value: { bool_value: true } },
  { key: 'min', value: { int_value: MIN_INT64 } },
  { key: 'zero', value: { int_value: '0' } },
  { key: 'double', value: { double_value: 0.1 } },
  { key: 'tiny', value: { double_value: 5e-324 } },
  { key: 'bytes', value: { bytes_value: id(seed, 9) } },
  { key: 'list', value: { array_value: { values: [{ string_value: 'a' }, { int_value: '1' }, { array_value: {} }] } } },
  { key: 'map', value: { kvlist_value: { values: [text('inner', 'x'), { key: 'nothing', value: {} }] } } },
  { key: 'nothing', value: {} },
];

/** A resource of a service. */
export const resource = (seed: string): Fields => ({
  attributes: [text('service.name', `shop-${seed}`), text('cloud.region', 'eu-north-1')],
  dropped_attributes_count: 1,
});

/** An instrumentation scope. */
export const scope = (seed: string): Fields => ({
  name: `scope-${seed}`,
  version: '1.2.3',
  attributes: [text('scope.kind', 'test')],
  dropped_attributes_count: 2,
});
