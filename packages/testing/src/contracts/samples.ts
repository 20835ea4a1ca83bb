import { type OtlpRequest, requestFromJson, type Signal, SIGNALS } from '@serverless-otlp/otlp';
import type { Telemetry } from './structures.ts';

const hex = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, '0');
const resource = (tag: string): object => ({
  attributes: [{ key: 'service.name', value: { stringValue: `service-${tag}` } }],
});

const itemsOf = (signal: Signal, tag: string, count: number): object => {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  if (signal === 'traces') {
    const spans = numbers.map((n) => ({ traceId: hex(n, 16), spanId: hex(n, 8), name: `${tag}-${n}`, kind: 2 }));
    return { resourceSpans: [{ resource: resource(tag), scopeSpans: [{ scope: { name: 'sample' }, spans }] }] };
  }
  if (signal === 'metrics') {
    const dataPoints = numbers.map((n) => ({ timeUnixNano: String(n), asInt: String(n) }));
    const metrics = [{ name: `${tag}.count`, sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints } }];
    return { resourceMetrics: [{ resource: resource(tag), scopeMetrics: [{ scope: { name: 'sample' }, metrics }] }] };
  }
  const logRecords = numbers.map((n) => ({ timeUnixNano: String(n), body: { stringValue: `${tag}-${n}` } }));
  return { resourceLogs: [{ resource: resource(tag), scopeLogs: [{ scope: { name: 'sample' }, logRecords }] }] };
};

/** A valid request of `count` items whose names start with `tag`. */
export const sampleRequest = (signal: Signal, tag: string, count: number): OtlpRequest =>
  requestFromJson(itemsOf(signal, tag, count));

/**
 * Telemetry of three signals and two tenants: single items and many, several requests of one record, and no two
 * tenants or signals on one record, so that a record in an output tells where its items came from.
 */
export const sampleTelemetry = (): readonly Telemetry[] =>
  ['tenant-a', 'tenant-b'].flatMap((tenant) =>
    SIGNALS.flatMap((signal) =>
      [1, 2, 7].map((count, index) => ({
        request: sampleRequest(signal, `${tenant}-${index}`, count),
        records: new Set([`${tenant}/${signal}/${Math.min(index, 1)}`]),
        metadata: { log_group: `/aws/lambda/${tenant}`, owner: tenant },
      })),
    ),
  );

/** Everything of a piece of telemetry that a component must leave alone, as one comparable value. */
export const snapshot = ({ request, records, metadata }: Telemetry): unknown => ({
  signal: request.signal,
  bytes: Buffer.from(request.bytes).toString('base64'),
  items: request.items,
  message: JSON.stringify(request.message),
  records: [...records].sort(),
  metadata: Object.entries(metadata).sort(),
});

/** Items in all requests together. */
export const countItems = (telemetry: readonly Telemetry[]): number =>
  telemetry.reduce((sum, { request }) => sum + request.items, 0);
