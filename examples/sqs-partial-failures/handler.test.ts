import { readFileSync } from 'node:fs';
import { capture, type CapturedSpan, lambdaContext } from '@serverless-otlp/lambda/testing';
import { expect, it } from 'vitest';
import { handler } from './handler.ts';

const event = JSON.parse(readFileSync(new URL('event.json', import.meta.url), 'utf8')) as Parameters<typeof handler>[0];
const ids = event.Records.map(({ messageId }) => messageId);

/** The span of each message, by its id. */
const byMessage = (spans: readonly CapturedSpan[]): ReadonlyMap<unknown, CapturedSpan> =>
  new Map(
    spans.flatMap((span) => {
      const id = span.attributes['messaging.message.id'];
      return id === undefined ? [] : [[id, span]];
    }),
  );

it('answers with the messages that failed, and marks their spans', async () => {
  const { result, spans } = await capture(() => handler(event, lambdaContext()));
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: ids[1] }, { itemIdentifier: ids[3] }] });

  const messages = byMessage(spans);
  const statuses = ids.map((id) => messages.get(id)?.status.code);
  expect(statuses).toEqual(['UNSET', 'ERROR', 'UNSET', 'ERROR']);
  expect(messages.get(ids[1])?.attributes['error.type']).toBe('RangeError');
  expect(messages.get(ids[3])?.attributes['error.type']).toBe('SyntaxError');
});

it('links each message to whoever sent it, W3C or X-Ray', async () => {
  const { spans } = await capture(() => handler(event, lambdaContext()));
  const messages = byMessage(spans);
  const senders = ids.map((id) => messages.get(id)?.links.map(({ spanId }) => spanId));
  expect(senders).toEqual([['b7ad6b7169203331'], ['eee19b7ec3c1b174'], ['463ac35c9f6413ad'], []]);
  const root = spans.at(-1);
  expect(root?.links.map(({ spanId }) => spanId)).toEqual(senders.flat());
  for (const message of messages.values()) expect(message.parentSpanId).toBe(root?.spanId);
});

it('counts what was charged', async () => {
  const { metrics } = await capture(() => handler({ Records: event.Records.slice(0, 1) }, lambdaContext()));
  expect(metrics).toMatchObject([{ name: 'orders.charged', unit: 'EUR', points: [{ attributes: {} }] }]);
});
