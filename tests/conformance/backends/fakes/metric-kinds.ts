import { protobufjsOracle } from '@serverless-otlp/testing';
import { type BackendRequest, protobufOf } from './backend.ts';

/** A metric as far as its kind decides who takes it. */
export interface MetricKind {
  readonly name: string;
  readonly type: 'sum' | 'gauge' | 'histogram' | 'exponentialHistogram' | 'summary';
  /** Of a sum or a histogram. */
  readonly temporality?: 'delta' | 'cumulative';
  /** Of a sum. */
  readonly monotonic?: boolean;
  readonly points: number;
}

interface Data {
  readonly dataPoints?: readonly unknown[];
  readonly aggregationTemporality?: number | string;
  readonly isMonotonic?: boolean;
}

type Metric = { readonly name?: string } & Readonly<Partial<Record<MetricKind['type'], Data>>>;

interface Metrics {
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics?: readonly { readonly metrics?: readonly Metric[] }[];
  }[];
}

const TYPES = ['sum', 'gauge', 'histogram', 'exponentialHistogram', 'summary'] as const;

const temporalityOf = ({ aggregationTemporality: value }: Data): Pick<MetricKind, 'temporality'> =>
  value === undefined
    ? {}
    : { temporality: [1, 'AGGREGATION_TEMPORALITY_DELTA'].includes(value) ? 'delta' : 'cumulative' };

const kindsOf = (metric: Metric): readonly MetricKind[] =>
  TYPES.flatMap((type) => {
    const data = metric[type];
    if (data === undefined) return [];
    const { isMonotonic, dataPoints = [] } = data;
    const monotonic = type === 'sum' ? { monotonic: isMonotonic ?? false } : {};
    return [{ name: metric.name ?? '', type, ...temporalityOf(data), ...monotonic, points: dataPoints.length }];
  });

/** Every metric of a request, by a codec that is not ours. */
export const metricKinds = (request: BackendRequest): readonly MetricKind[] =>
  request.signal === 'metrics'
    ? ((protobufjsOracle.decode('metrics', protobufOf(request)) as Metrics).resourceMetrics ?? []).flatMap(
        ({ scopeMetrics = [] }) => scopeMetrics.flatMap(({ metrics = [] }) => metrics.flatMap(kindsOf)),
      )
    : [];

/** Whether a metric adds up over time and is given as the total since a start. */
export const isCumulative = ({ type, temporality, monotonic }: MetricKind): boolean =>
  temporality === 'cumulative' && (type !== 'sum' || monotonic === true);
