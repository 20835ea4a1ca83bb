import { createHash } from 'node:crypto';
import type { ExportServiceRequest, Signal } from '@serverless-otlp/otlp';
import { protobufjsOracle } from './oracles.ts';

/** What `sampleRequest` makes. */
export interface SampleOptions {
  /** Spans, data points or log records. */
  readonly items: number;
  /** Other seeds give other ids. Default 1. */
  readonly seed?: number;
  /** Makes ids unique across callers; readable in the ids of data points and log records. Default the signal. */
  readonly idPrefix?: string;
  /** Items of one resource. Default 10. */
  readonly itemsPerResource?: number;
}

const START_UNIX_NANO = 1_755_800_000_123_456_789n;

/**
 * A plausible request with exactly this many items, the same for the same options, each with an id of its own (see `itemIds`).
 * Metrics take turns among a sum, a gauge, a histogram, an exponential histogram and a summary.
 */
export const sampleRequest = (signal: Signal, options: SampleOptions): ExportServiceRequest => {
  const { items, seed = 1, idPrefix = signal, itemsPerResource = 10 } = options;
  const digest = (what: string, digits: number): string =>
    createHash('sha256').update(`${idPrefix}/${seed}/${what}`).digest('hex').slice(0, digits);
  const at = (index: number): string => String(START_UNIX_NANO + BigInt(index) * 1_000_000n);
  const resources = Array.from({ length: Math.ceil(items / itemsPerResource) }, (_, resource) => {
    const first = resource * itemsPerResource;
    const indexes = Array.from({ length: Math.min(itemsPerResource, items - first) }, (__, index) => first + index);
    return { resource: resourceOf(resource), indexes, traceId: digest(`trace ${resource}`, 32) };
  });
  const scope = { name: 'sample', version: '1.0.0' };
  const testId = (index: number) => [
    { key: 'test.id', value: { stringValue: `${idPrefix}-${seed}-${index}` } },
    { key: 'http.request.method', value: { stringValue: index % 2 === 0 ? 'GET' : 'POST' } },
  ];
  switch (signal) {
    case 'traces':
      return {
        resourceSpans: resources.map(({ resource, indexes, traceId }) => {
          const spanId = (index: number): string => digest(`span ${index}`, 16);
          const root = spanId(indexes[0] ?? 0);
          const spans = indexes.map((index) => ({
            traceId,
            spanId: spanId(index),
            ...(index === indexes[0] ? {} : { parentSpanId: root }),
            name: `operation ${index % 5}`,
            kind: 1 + (index % 5),
            startTimeUnixNano: at(index),
            endTimeUnixNano: at(index + 7),
            attributes: testId(index),
            ...(index % 7 === 0 ? { status: { message: 'failed', code: 2 } } : {}),
          }));
          return { resource, scopeSpans: [{ scope, spans }] };
        }),
      };
    case 'metrics':
      return {
        resourceMetrics: resources.map(({ resource, indexes }) => ({
          resource,
          scopeMetrics: [
            {
              scope,
              metrics: indexes.map((index) => metricOf(index, { timeUnixNano: at(index), attributes: testId(index) })),
            },
          ],
        })),
      };
    case 'logs':
      return {
        resourceLogs: resources.map(({ resource, indexes, traceId }) => {
          const logRecords = indexes.map((index) => ({
            timeUnixNano: at(index),
            severityNumber: 9,
            severityText: 'INFO',
            body: { stringValue: `message ${index}` },
            attributes: testId(index),
            traceId,
          }));
          return { resource, scopeLogs: [{ scope, logRecords }] };
        }),
      };
  }
};

const resourceOf = (index: number) => ({
  attributes: [
    { key: 'service.name', value: { stringValue: `service-${index % 3}` } },
    { key: 'process.pid', value: { intValue: String(100 + index) } },
  ],
});

const metricOf = (index: number, point: object) => {
  const name = `metric.${index % 5}`;
  switch (index % 5) {
    case 0:
      return {
        name,
        sum: { dataPoints: [{ ...point, asInt: String(index + 1) }], aggregationTemporality: 2, isMonotonic: true },
      };
    case 1:
      return { name, gauge: { dataPoints: [{ ...point, asDouble: index + 0.5 }] } };
    case 2:
      return {
        name,
        histogram: {
          dataPoints: [{ ...point, count: '3', sum: 6, bucketCounts: ['1', '2'], explicitBounds: [1] }],
          aggregationTemporality: 1,
        },
      };
    case 3:
      return {
        name,
        exponentialHistogram: {
          dataPoints: [{ ...point, count: '2', sum: 3, scale: 1, positive: { offset: -1, bucketCounts: ['1', '1'] } }],
          aggregationTemporality: 1,
        },
      };
    default:
      return {
        name,
        summary: { dataPoints: [{ ...point, count: '1', sum: 2, quantileValues: [{ quantile: 0.5, value: 2 }] }] },
      };
  }
};

/** The sample request as protobuf, encoded by protobufjs and not by the code under test. */
export const sampleBytes = (signal: Signal, options: SampleOptions): Uint8Array =>
  protobufjsOracle.encode(signal, sampleRequest(signal, options));

/**
 * The ids of the items in a request, in order, by protobufjs and not by the code under test: the span id of a span, the attribute
 * `test.id` of a data point or log record; an item without one throws.
 */
export const itemIds = (signal: Signal, bytes: Uint8Array): string[] => {
  const ids: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, held] of Object.entries(value)) {
      if (!Array.isArray(held)) visit(held);
      else if (name === 'spans' || name === 'logRecords' || name === 'dataPoints')
        for (const item of held) ids.push(idOf(name, item as Item));
      else if (name !== 'attributes') for (const element of held) visit(element);
    }
  };
  visit(protobufjsOracle.decode(signal, bytes));
  return ids;
};

interface Item {
  readonly spanId?: string;
  readonly attributes?: readonly { readonly key?: string; readonly value?: { readonly stringValue?: string } }[];
}

const idOf = (kind: string, item: Item): string => {
  const id = kind === 'spans' ? item.spanId : item.attributes?.find(({ key }) => key === 'test.id')?.value?.stringValue;
  if (id === undefined || id === '') throw new Error(`one of the ${kind} has no id`);
  return id;
};
