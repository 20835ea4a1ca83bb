import { type Fields, id, MAX_UINT64, MIN_INT64, START, text } from './telemetry-parts.ts';

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
export const metrics = (seed: string, index: number): readonly Fields[] => [
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
