import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { type BatchOptions, partialBatch } from './partial-batch.ts';
import { capture, lambdaContext } from './testing.ts';
import { traced } from './traced.ts';

const W3C = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
interface Message {
  readonly eventSource?: string;
  readonly eventSourceARN?: string;
  readonly messageId?: string;
  readonly body: string;
}

const sqs = (bodies: readonly string[], queue = 'orders') =>
  bodies.map((body, at) => ({
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:eu-west-1:123456789012:${queue}`,
    messageId: `m${at}`,
    body,
    messageAttributes: { traceparent: { stringValue: W3C } },
  }));
const kinesis = (bodies: readonly string[]) =>
  bodies.map((body, at) => ({
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/clicks',
    kinesis: { sequenceNumber: `s${at}` },
    body,
  }));
const dynamodb = (bodies: readonly string[]) =>
  bodies.map((body, at) => ({
    eventSource: 'aws:dynamodb',
    eventSourceARN: 'arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-11-21T00:00:00.000',
    dynamodb: { SequenceNumber: `d${at}` },
    body,
  }));

const run = async (records: readonly Message[], options?: BatchOptions) => {
  const seen: string[] = [];
  const handler = traced(
    (event: { readonly Records: readonly Message[] }, _context: object) =>
      partialBatch<Message>(async ({ body }) => {
        await Promise.resolve();
        seen.push(body);
        trace.getTracer('test').startSpan(`work ${body}`).end();
        if (body.startsWith('bad')) throw new RangeError(body);
      }, options)(event),
    { name: 'batch' },
  );
  const captured = await capture(() => handler({ Records: records }, lambdaContext()));
  return { ...captured, seen, ids: captured.result?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
};

describe('partialBatch', () => {
  it('answers with the messages that failed, and marks their spans', async () => {
    const { ids, span, spans } = await run(sqs(['a', 'bad1', 'c', 'bad2']));
    expect(ids).toEqual(['m1', 'm3']);
    const messages = spans.filter(({ name }) => name === 'process orders');
    expect(messages).toHaveLength(4);
    const root = span('batch');
    for (const message of messages) {
      const failed = ids?.includes(String(message.attributes['messaging.message.id'])) === true;
      expect(message).toMatchObject({
        kind: 'CONSUMER',
        parentSpanId: root.spanId,
        status: { code: failed ? 'ERROR' : 'UNSET' },
        attributes: { 'messaging.system.name': 'aws.sqs', 'messaging.destination.name': 'orders' },
        links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }],
      });
      expect(message.attributes['error.type']).toBe(failed ? 'RangeError' : undefined);
    }
    expect(span('work a').parentSpanId).toBe(
      messages.find((one) => one.attributes['messaging.message.id'] === 'm0')?.spanId,
    );
    expect(root.attributes['serverless_otlp.batch.failures']).toBe(2);
  });

  it('stops at the first failure where order counts', async () => {
    const fifo = await run(sqs(['a', 'bad', 'c'], 'orders.fifo'));
    expect([fifo.ids, fifo.seen]).toEqual([
      ['m1', 'm2'],
      ['a', 'bad'],
    ]);
    const stream = await run(kinesis(['a', 'bad', 'c']));
    expect([stream.ids, stream.seen]).toEqual([['s1'], ['a', 'bad']]);
    expect(stream.spans.map(({ name }) => name)).toContain('process clicks');
    const table = await run(dynamodb(['bad', 'b']));
    expect([table.ids, table.seen]).toEqual([['d0'], ['bad']]);
    expect(table.spans.map(({ name }) => name)).toContain('process users');
  });

  it.each([
    [
      'what SNS wrapped into a queue',
      'aws:sqs',
      {
        body: JSON.stringify({
          Type: 'Notification',
          TopicArn: 'arn',
          Message: '{}',
          MessageAttributes: { traceparent: { Type: 'String', Value: W3C } },
        }),
      },
    ],
    [
      'what EventBridge did',
      'aws:sqs',
      { body: JSON.stringify({ id: 'e', source: 's', 'detail-type': 't', detail: { traceparent: W3C } }) },
    ],
    [
      'X-Ray',
      'aws:sqs',
      {
        body: '',
        attributes: { AWSTraceHeader: 'Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1' },
      },
    ],
    [
      'data of a stream',
      'aws:kinesis',
      {
        body: '',
        kinesis: { sequenceNumber: 's', data: Buffer.from(JSON.stringify({ traceparent: W3C })).toString('base64') },
      },
    ],
    [
      'an item of a table',
      'aws:dynamodb',
      { body: '', eventName: 'INSERT', dynamodb: { SequenceNumber: 'd', NewImage: { traceparent: { S: W3C } } } },
    ],
  ])('links a message to its sender: %s', async (_, eventSource, fields) => {
    const { span } = await run([
      { eventSource, eventSourceARN: 'arn:aws:any:eu-west-1:123456789012:orders', ...fields },
    ]);
    expect(span('process orders').links).toMatchObject([
      { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
    ]);
  });

  it('works on every message once, whatever the concurrency', async () => {
    const bodies = Array.from({ length: 25 }, (_, at) => `n${at}`);
    for (const concurrency of [1, 4, 100]) {
      const { ids, seen } = await run(sqs(bodies), { concurrency });
      expect([ids, [...seen].sort()]).toEqual([[], [...bodies].sort()]);
    }
  });

  it('answers an empty batch, and one of messages that say nothing', async () => {
    expect((await run([])).ids).toEqual([]);
    expect((await run([{ body: 'a' }])).ids).toEqual([]);
    expect((await run([{ body: 'bad' }])).ids).toEqual(['']);
  });
});
