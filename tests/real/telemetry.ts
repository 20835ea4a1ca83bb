import { createHash } from 'node:crypto';

import { requestType, type Signal } from './schema.ts';

type Fields = Readonly<Record<string, unknown>>;

const START = 1_767_225_600_000_000_000n;
const MAX_UINT64 = '18446744073709551615';
const MIN_INT64 = '-9223372036854775808';

const id = (seed: string, bytes: number): Uint8Array => createHash('sha256').update(seed).digest().subarray(0, bytes);

const text = (key: string, value: string): Fields => ({ key, value: { string_value: value } });

/** One attribute for each kind of value that OTLP knows. */
const everyKind = (seed: string): readonly Fields[] => [
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

const resource = (seed: string): Fields => ({
  attributes: [text('service.name', `shop-${seed}`), text('cloud.region', 'eu-north-1')],
  dropped_attributes_count: 1,
});

const scope = (seed: string): Fields => ({
  name: `scope-${seed}`,
  version: '1.2.3',
  attributes: [text('scope.kind', 'test')],
  dropped_attributes_count: 2,
});

const span = (seed: string, index: number): Fields => ({
  trace_id: id(`${seed} trace`, 16),
  span_id: id(`${seed} span ${index}`, 8),
  ...(index === 0 ? {} : { parent_span_id: id(`${seed} span 0`, 8) }),
  trace_state: 'vendor=1',
  flags: 0x301,
  name: `GET /items/${index}`,
  kind: index % 6,
  start_time_unix_nano: String(START + BigInt(index)),
  end_time_unix_nano: index === 1 ? MAX_UINT64 : String(START + 1_000_000n + BigInt(index)),
  attributes: everyKind(`${seed} ${index}`),
  dropped_attributes_count: 3,
  events: [
    {
      time_unix_nano: String(START),
      name: 'exception',
      attributes: [text('exception.type', 'Error')],
      dropped_attributes_count: 4,
    },
    { name: 'bare' },
  ],
  dropped_events_count: 5,
  links: [
    {
      trace_id: id(`${seed} other`, 16),
      span_id: id(`${seed} other`, 8),
      trace_state: 'a=b',
      attributes: [text('link', 'yes')],
      flags: 1,
    },
  ],
  dropped_links_count: 6,
  ...(index % 3 === 0 ? {} : { status: { code: index % 3, message: index % 3 === 2 ? 'boom' : '' } }),
});

const logRecord = (seed: string, index: number): Fields => ({
  time_unix_nano: String(START + BigInt(index)),
  observed_time_unix_nano: String(START + 5n),
  severity_number: 1 + (index % 24),
  severity_text: 'INFO2',
  body:
    index % 3 === 0
      ? { string_value: `order ${seed} ${index}` }
      : index % 3 === 1
        ? { kvlist_value: { values: everyKind(seed) } }
        : {},
  attributes: everyKind(seed),
  dropped_attributes_count: 1,
  flags: 1,
  trace_id: id(`${seed} trace`, 16),
  span_id: id(`${seed} span`, 8),
  event_name: 'order.placed',
});

const exemplar = (seed: string, value: Fields): Fields => ({
  filtered_attributes: [text('user', seed)],
  time_unix_nano: String(START),
  span_id: id(seed, 8),
  trace_id: id(seed, 16),
  ...value,
});

const point = (seed: string, index: number): Fields => ({
  attributes: [text('item', `${seed}-${index}`)],
  start_time_unix_nano: String(START),
  time_unix_nano: String(START + BigInt(index)),
});

/** Every type of metric, with the values that are easily lost on the way. */
const metrics = (seed: string, index: number): readonly Fields[] => [
  {
    name: `gauge.${index}`,
    unit: '{item}',
    description: 'a gauge',
    metadata: [text('origin', 'test')],
    gauge: {
      data_points: [-0.5, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300]
        .map((as_double, nth): Fields => ({ ...point(seed, nth), as_double }))
        .concat({ ...point(seed, 6), flags: 1 }),
    },
  },
  {
    name: `sum.${index}`,
    sum: {
      aggregation_temporality: 1,
      is_monotonic: true,
      data_points: [MIN_INT64, '0', '9007199254740993'].map((as_int, nth) => ({
        ...point(seed, nth),
        as_int,
        exemplars: [exemplar(seed, { as_int: '7' }), exemplar(seed, { as_double: 0.25 })],
      })),
    },
  },
  {
    name: `histogram.${index}`,
    histogram: {
      aggregation_temporality: 2,
      data_points: [
        {
          ...point(seed, 0),
          count: MAX_UINT64,
          sum: 0,
          min: 0,
          max: 12.5,
          bucket_counts: ['0', MAX_UINT64, '3'],
          explicit_bounds: [0, 1.5],
        },
        { ...point(seed, 1), count: '0' },
      ],
    },
  },
  {
    name: `exponential.${index}`,
    exponential_histogram: {
      aggregation_temporality: 1,
      data_points: [
        {
          ...point(seed, 0),
          count: '10',
          sum: -3.5,
          scale: -4,
          zero_count: '2',
          zero_threshold: 1e-9,
          positive: { offset: -7, bucket_counts: ['0', '5', MAX_UINT64] },
          negative: { offset: 3, bucket_counts: ['1'] },
          min: -2,
          max: 8,
          exemplars: [exemplar(seed, { as_double: 1 })],
        },
      ],
    },
  },
  {
    name: `summary.${index}`,
    summary: {
      data_points: [
        { ...point(seed, 0), count: '3', sum: 1.5, quantile_values: [{ quantile: 0.5, value: 1 }, { quantile: 1 }] },
      ],
    },
  },
];

const requestOf: Readonly<Record<Signal, (seed: string, items: number) => Fields>> = {
  traces: (seed, items) => ({
    resource_spans: [
      {
        resource: resource(seed),
        schema_url: 'https://opentelemetry.io/schemas/1.38.0',
        scope_spans: [
          {
            scope: scope(seed),
            schema_url: 'https://example.com/scope',
            spans: Array.from({ length: items }, (_, index) => span(seed, index)),
          },
        ],
      },
    ],
  }),
  metrics: (seed, items) => ({
    resource_metrics: [
      {
        resource: resource(seed),
        scope_metrics: [
          { scope: scope(seed), metrics: Array.from({ length: items }, (_, index) => metrics(seed, index)).flat() },
        ],
      },
    ],
  }),
  logs: (seed, items) => ({
    resource_logs: [
      {
        resource: resource(seed),
        scope_logs: [
          { scope: scope(seed), log_records: Array.from({ length: items }, (_, index) => logRecord(seed, index)) },
        ],
      },
      { scope_logs: [{ log_records: [logRecord(`${seed} without resource and scope`, 0)] }] },
    ],
  }),
};

/** An encoded request with telemetry of every shape; equal seeds give equal bytes. */
export const generateRequest = (signal: Signal, seed: string, items: number): Uint8Array => {
  const type = requestType(signal);
  return type.encode(type.fromObject(requestOf[signal](seed, items))).finish();
};
