import type { OtlpRequest } from '@serverless-otlp/otlp';
import { attributeTexts, bigintOf, listOf, locatedItems, textOf, type Fields } from './message.ts';

/** What is kept of a metric data point to show it. */
export interface PointRow {
  readonly timeNs: bigint;
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  /** `gauge`, `sum`, `histogram`, `exponential_histogram` or `summary`, with `delta` where the point is a change. */
  readonly type: string;
  /** The value, or `count`, `sum`, `min` and `max` of a distribution. */
  readonly value: string;
  readonly attributes: readonly string[];
}

const TYPES = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
] as const;

const DELTA = 1;

const valueOf = (point: Fields): string => {
  const number = (point['asInt'] ?? point['asDouble']) as string | number | undefined;
  if (number !== undefined) return String(number);
  const parts = ['count', 'sum', 'min', 'max'].filter((name) => point[name] !== undefined);
  return parts.map((name) => `${name} ${String(point[name] as string | number)}`).join(', ');
};

/** The data points of a request of metrics, in order. */
export const pointRows = (request: OtlpRequest): readonly PointRow[] =>
  locatedItems(request).flatMap(({ service, fields: metric }) =>
    TYPES.flatMap(([key, type]) => {
      const data = metric[key] as Fields | undefined;
      return listOf(data ?? {}, 'dataPoints').map((point) => ({
        timeNs: bigintOf(point, 'timeUnixNano'),
        service,
        name: textOf(metric, 'name'),
        unit: textOf(metric, 'unit'),
        type: data?.['aggregationTemporality'] === DELTA ? `${type}, delta` : type,
        value: valueOf(point),
        attributes: attributeTexts(point.attributes),
      }));
    }),
  );
