import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Description } from '../trigger.ts';
import { dynamodb } from './dynamodb.ts';
import { kafka } from './kafka.ts';
import { kinesis } from './kinesis.ts';
import { sqs } from './sqs.ts';

const context = { awsRequestId: 'id', invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:orders' };
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const xRay = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';

const attributes = { traceparent: { stringValue: traceparent, dataType: 'String' } };
const ofQueue = (...messages: readonly object[]): Description =>
  sqs.describe({ Records: messages.map((message) => ({ eventSource: 'aws:sqs', ...message })) }, context);

afterEach(() => vi.useRealTimers());

describe('triggers of messages', () => {
  it('makes the one message the parent, several the links', () => {
    const message = { messageAttributes: attributes };
    expect(ofQueue(message)).toMatchObject({ carrier: { traceparent } });
    expect(ofQueue(message)).not.toHaveProperty('links');
    expect(ofQueue(message, {}, message)).toMatchObject({ links: [{ traceparent }, { traceparent }] });
    expect(ofQueue(message, {}, message)).not.toHaveProperty('carrier');
  });

  it('keeps W3C beside X-Ray, so that an unsampled X-Ray header does not end a sampled trace', () => {
    const { carrier } = ofQueue({ messageAttributes: attributes, attributes: { AWSTraceHeader: xRay } });
    expect(carrier).toEqual({ traceparent, 'x-amzn-trace-id': xRay });
  });

  it('mixes no tracestate of one trace into another', () => {
    const body = JSON.stringify({ traceparent, tracestate: 'inner=1' });
    const message = { messageAttributes: { tracestate: { stringValue: 'outer=1' } }, body };
    expect(ofQueue(message).carrier).toEqual({ traceparent, tracestate: 'inner=1' });
  });

  it('bounds the links, and says how many messages were not looked at and how many there were', () => {
    const span = ofQueue(...Array.from({ length: 10_000 }, () => ({ messageAttributes: attributes })));
    expect(span.links).toHaveLength(128);
    expect(span.attributes).toMatchObject({
      'messaging.batch.message_count': 10_000,
      'serverless_otlp.links.omitted': 9872,
    });
  });

  it('takes neither baggage alone nor a root without a parent for a link', () => {
    const rootOnly = { attributes: { AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793' } };
    expect(ofQueue(rootOnly, rootOnly)).not.toHaveProperty('links');
    const message = { messageAttributes: { baggage: { stringValue: 'a=1' } } };
    expect(ofQueue(message, message)).not.toHaveProperty('links');
    expect(ofQueue(message).carrier).toEqual({ baggage: 'a=1' });
  });

  it.each(['{"traceparent"', '{"TopicArn":1}', '{"detail-type":[]}', `{"traceparent":"${'x'.repeat(300_000)}"}`, '[]'])(
    'finds nothing in the body %.30s',
    (body) => {
      expect(ofQueue({ body })).not.toHaveProperty('carrier');
    },
  );

  it('says how long the oldest message has waited, never less than nothing', () => {
    vi.useFakeTimers({ now: 10_000 });
    const sent = (SentTimestamp: unknown): object => ({ attributes: { SentTimestamp } });
    expect(ofQueue(sent('9000'), sent('7000'), sent('8000')).queuedMs).toBe(3000);
    expect(ofQueue(sent('12000')).queuedMs).toBe(0);
    expect(ofQueue(sent('soon'))).not.toHaveProperty('queuedMs');
  });

  it('counts batchItemFailures and makes them an error', () => {
    for (const trigger of [sqs, kinesis, dynamodb, kafka]) {
      expect(trigger.respond?.({ batchItemFailures: [{ itemIdentifier: '1' }, {}] })).toEqual({
        attributes: { 'serverless_otlp.batch.failures': 2, 'error.type': 'batch_item_failures' },
        status: { code: 2, message: '2 batch item failures' },
      });
      for (const result of [undefined, {}, { batchItemFailures: [] }, { batchItemFailures: 'all' }]) {
        expect(trigger.respond?.(result)).toEqual({ attributes: {} });
      }
    }
  });

  it('decodes Kafka headers as bytes, negative ones too, and leaves what are no bytes', () => {
    const spanOf = (value: unknown): Description =>
      kafka.describe({ eventSource: 'aws:kafka', records: { 'a-0': [{ headers: [{ baggage: value }] }] } }, context);
    const bytes = [...Buffer.from('a=1')];
    expect(spanOf(bytes).carrier).toEqual({ baggage: 'a=1' });
    for (const value of ['a=1', [300], [1.5], ['a'], null, { length: 1e9 }, [-61, -68]]) {
      expect(spanOf(value)).not.toHaveProperty('carrier');
    }
  });

  it('leaves the trace of an item alone when the item is changed later', () => {
    const spanOf = (eventName: string): Description =>
      dynamodb.describe(
        { Records: [{ eventName, dynamodb: { NewImage: { traceparent: { S: traceparent } } } }] },
        context,
      );
    expect(spanOf('INSERT').carrier).toEqual({ traceparent });
    expect(spanOf('MODIFY')).not.toHaveProperty('carrier');
  });

  it('is not stopped by data that is no base64, nor by times beyond dates', () => {
    const record = { kinesis: { data: '%%%', approximateArrivalTimestamp: 1e300 } };
    expect(kinesis.describe({ Records: [record] }, context)).not.toHaveProperty('carrier');
    const item = { dynamodb: { ApproximateCreationDateTime: 1e300 } };
    expect(dynamodb.describe({ Records: [item] }, context).attributes).not.toHaveProperty('faas.document.time');
  });

  it('names a function whose context has no name by its ARN', () => {
    expect(dynamodb.describe({ Records: [{}] }, context).name).toBe('orders');
  });
});
