import type { ExportServiceRequest, Signal } from '@serverless-otlp/otlp';
import fc from 'fast-check';
import {
  bytes,
  double,
  int64,
  nonZero,
  sint32,
  some,
  spanId,
  text,
  traceId,
  uint32,
  uint64,
  unixNano,
} from './generators-values.ts';

type Shape = Readonly<Record<string, unknown>>;

/** Makes a message of any of these fields: none of them is required anywhere in OTLP. */
type MessageOf = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) => fc.Arbitrary<Shape>;
const known: MessageOf = (fields) => fc.record(fields, { requiredKeys: [] });
/** The same with fields of a newer schema now and then (`NEWER_FIELDS`). */
const newer: MessageOf = (fields) =>
  fc.oneof(
    { weight: 3, arbitrary: known(fields) },
    {
      weight: 1,
      arbitrary: known({
        ...fields,
        newerText: text,
        newerNumber: uint64,
        newerFlags: uint32,
        newerCounts: some(uint64),
      }),
    },
  );

/** At most one of the fields. */
const oneOf = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Shape> =>
  fc.oneof(
    ...Object.entries(fields).map(([name, value]) => value.map((held): Shape => ({ [name]: held }))),
    fc.constant({}),
  );

const both = (left: fc.Arbitrary<Shape>, right: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> =>
  fc.tuple(left, right).map(([a, b]) => ({ ...a, ...b }));

const commonOf = (
  message: MessageOf,
): {
  anyValue: fc.Arbitrary<Shape>;
  attributes: fc.Arbitrary<Shape[]>;
  resource: fc.Arbitrary<Shape>;
  scope: fc.Arbitrary<Shape>;
} => {
  const { anyValue, keyValue } = fc.letrec<{ anyValue: Shape; keyValue: Shape }>((tie) => ({
    anyValue: both(
      message({}),
      fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        oneOf({
          stringValue: fc.oneof(text, fc.constant('')),
          boolValue: fc.boolean(),
          intValue: int64,
          doubleValue: double,
          bytesValue: bytes,
          stringValueStrindex: sint32,
        }),
        oneOf({
          arrayValue: message({ values: some(tie('anyValue')) }),
          kvlistValue: message({ values: some(tie('keyValue')) }),
        }),
      ),
    ),
    keyValue: message({ key: text, value: tie('anyValue'), keyStrindex: sint32 }),
  }));
  const attributes = some(keyValue);
  const dropped = { attributes, droppedAttributesCount: uint32 };
  const entityRef = message({ schemaUrl: text, type: text, idKeys: some(text), descriptionKeys: some(text) });
  return {
    anyValue,
    attributes,
    resource: message({ ...dropped, entityRefs: some(entityRef) }),
    scope: message({ name: text, version: text, ...dropped }),
  };
};

const spanOf = (message: MessageOf, attributes: fc.Arbitrary<Shape[]>): fc.Arbitrary<Shape> => {
  const dropped = { attributes, droppedAttributesCount: uint32 };
  return message({
    traceId,
    spanId,
    traceState: text,
    parentSpanId: spanId,
    name: text,
    kind: fc.oneof(fc.integer({ min: 1, max: 5 }), sint32),
    startTimeUnixNano: unixNano,
    endTimeUnixNano: fc.oneof(unixNano, uint64),
    ...dropped,
    events: some(message({ timeUnixNano: unixNano, name: text, ...dropped })),
    droppedEventsCount: uint32,
    links: some(message({ traceId, spanId, traceState: text, ...dropped, flags: uint32 })),
    droppedLinksCount: uint32,
    status: message({ message: text, code: fc.integer({ min: 1, max: 2 }) }),
    flags: uint32,
  });
};

const metricOf = (message: MessageOf, attributes: fc.Arbitrary<Shape[]>): fc.Arbitrary<Shape> => {
  const number = oneOf({ asDouble: double, asInt: int64 });
  const exemplar = both(number, message({ filteredAttributes: attributes, timeUnixNano: unixNano, spanId, traceId }));
  const point = { attributes, startTimeUnixNano: unixNano, timeUnixNano: uint64, flags: uint32 };
  const distribution = { ...point, count: uint64, sum: double, min: double, max: double, exemplars: some(exemplar) };
  const buckets = message({ offset: sint32, bucketCounts: some(fc.oneof(uint64, fc.constant('0')), 200) });
  const numbers = some(both(number, message({ ...point, exemplars: some(exemplar) })));
  const aggregationTemporality = fc.integer({ min: 1, max: 2 });
  const kinds = {
    gauge: message({ dataPoints: numbers }),
    sum: message({ dataPoints: numbers, aggregationTemporality, isMonotonic: fc.constant(true) }),
    histogram: message({
      dataPoints: some(message({ ...distribution, bucketCounts: some(uint64), explicitBounds: some(double, 40) })),
      aggregationTemporality,
    }),
    exponentialHistogram: message({
      dataPoints: some(
        message({
          ...distribution,
          scale: sint32,
          zeroCount: uint64,
          positive: buckets,
          negative: buckets,
          zeroThreshold: nonZero,
        }),
      ),
      aggregationTemporality,
    }),
    summary: message({
      dataPoints: some(
        message({
          ...point,
          count: uint64,
          sum: nonZero,
          quantileValues: some(message({ quantile: nonZero, value: nonZero })),
        }),
      ),
    }),
  };
  return both(oneOf(kinds), message({ name: text, description: text, unit: text, metadata: attributes }));
};

const logRecordOf = (
  message: MessageOf,
  anyValue: fc.Arbitrary<Shape>,
  attributes: fc.Arbitrary<Shape[]>,
): fc.Arbitrary<Shape> =>
  message({
    timeUnixNano: unixNano,
    observedTimeUnixNano: uint64,
    severityNumber: fc.integer({ min: 1, max: 24 }),
    severityText: text,
    body: anyValue,
    attributes,
    droppedAttributesCount: uint32,
    flags: uint32,
    traceId,
    spanId,
    eventName: text,
  });

/** What `arbitraryRequest` may add. */
export interface ArbitraryRequestOptions {
  /** Fields of a newer schema (`NEWER_FIELDS`), which only `newerOracle` encodes. */
  readonly newerFields?: boolean;
}

/**
 * Any request of this signal in the canonical shape of OTLP/JSON: every field and kind of metric, empty messages, extremes of numbers,
 * nested values, Unicode. Nothing holds a default that protobuf would not write, so that decoding its encoding gives the same value.
 */
export const arbitraryRequest = (
  signal: Signal,
  options: ArbitraryRequestOptions = {},
): fc.Arbitrary<ExportServiceRequest> => {
  const message = options.newerFields === true ? newer : known;
  const { anyValue, attributes, resource, scope } = commonOf(message);
  const [resources, scopes, items, item] = {
    traces: ['resourceSpans', 'scopeSpans', 'spans', () => spanOf(message, attributes)] as const,
    metrics: ['resourceMetrics', 'scopeMetrics', 'metrics', () => metricOf(message, attributes)] as const,
    logs: ['resourceLogs', 'scopeLogs', 'logRecords', () => logRecordOf(message, anyValue, attributes)] as const,
  }[signal];
  const inScope = message({ scope, [items]: some(item()), schemaUrl: text });
  const inResource = message({ resource, [scopes]: some(inScope), schemaUrl: text });
  return message({ [resources]: some(inResource) });
};
