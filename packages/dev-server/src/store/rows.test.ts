import { requestFromJson } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import { pointRows } from './points.ts';
import { recordRows } from './records.ts';
import { spanRows } from './spans.ts';

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] };
const traceId = '0af7651916cd43dd8448eb211c80319c';

describe('rows', () => {
  it('keep of a span what is shown, with the problem of a failed one', () => {
    const event = {
      name: 'exception',
      attributes: [
        { key: 'exception.type', value: { stringValue: 'CardError' } },
        { key: 'exception.message', value: { stringValue: 'declined' } },
      ],
    };
    const spans = [
      {
        traceId,
        spanId: '00000000000000a1',
        name: 'pay',
        kind: 3,
        startTimeUnixNano: '5',
        endTimeUnixNano: '9',
        status: { code: 2 },
        events: [event],
      },
      {
        traceId,
        spanId: '00000000000000a2',
        parentSpanId: '00000000000000a1',
        startTimeUnixNano: '9',
        endTimeUnixNano: '5',
      },
    ];
    expect(spanRows(requestFromJson({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }))).toEqual([
      {
        traceId,
        spanId: '00000000000000a1',
        parentSpanId: '',
        name: 'pay',
        service: 'cart',
        kind: 3,
        startNs: 5n,
        endNs: 9n,
        failed: true,
        problem: 'CardError: declined',
        attributes: [],
      },
      {
        traceId,
        spanId: '00000000000000a2',
        parentSpanId: '00000000000000a1',
        name: '',
        service: 'cart',
        kind: 0,
        startNs: 9n,
        endNs: 9n,
        failed: false,
        problem: '',
        attributes: [],
      },
    ]);
  });

  it('read every type of data point', () => {
    const metrics = [
      { name: 'g', unit: '1', gauge: { dataPoints: [{ asDouble: 1.5, timeUnixNano: '7' }] } },
      { name: 's', sum: { aggregationTemporality: 1, dataPoints: [{ asInt: '3' }] } },
      {
        name: 'h',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [{ count: '2', sum: 7.5, bucketCounts: ['1', '1'], explicitBounds: [4] }],
        },
      },
      {
        name: 'e',
        exponentialHistogram: { aggregationTemporality: 1, dataPoints: [{ count: '2', sum: 3, scale: 1 }] },
      },
      { name: 'y', summary: { dataPoints: [{ count: '4', sum: 8 }] } },
    ];
    const rows = pointRows(requestFromJson({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }));
    expect(rows.map(({ name, type, value }) => `${name} ${type}: ${value}`)).toEqual([
      'g gauge: 1.5',
      's sum, delta: 3',
      'h histogram: count 2, sum 7.5',
      'e exponential_histogram, delta: count 2, sum 3',
      'y summary: count 4, sum 8',
    ]);
    expect(rows[0]).toMatchObject({ timeNs: 7n, service: 'cart', unit: '1' });
  });

  it('read a log record, structured bodies included', () => {
    const logRecords = [
      {
        observedTimeUnixNano: '5',
        severityNumber: 17,
        traceId,
        body: {
          kvlistValue: {
            values: [{ key: 'a', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'x' }] } } }],
          },
        },
      },
      {
        timeUnixNano: '6',
        severityText: 'notice',
        body: { stringValue: 'hi' },
        attributes: [{ key: 'k', value: { boolValue: true } }],
      },
    ];
    expect(recordRows(requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }))).toEqual([
      { timeNs: 5n, service: 'unknown_service', severity: 'ERROR', body: '{a=[1, "x"]}', traceId, attributes: [] },
      { timeNs: 6n, service: 'unknown_service', severity: 'notice', body: 'hi', traceId: '', attributes: ['k=true'] },
    ]);
  });
});
