import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { capture, lambdaContext } from '@serverless-otlp/lambda/testing';
import { expect, it } from 'vitest';
import { handler } from './handler.ts';

const event = JSON.parse(readFileSync(new URL('event.json', import.meta.url), 'utf8')) as Parameters<typeof handler>[0];

it('streams the table, in a span that lasts as long as the stream', async () => {
  const stream = new PassThrough();
  const [{ span, spans }, body] = await Promise.all([
    capture(() => handler(event, stream, lambdaContext())),
    text(stream),
  ]);
  expect(body).toBe('number,square\n1,1\n2,4\n3,9\n');

  const root = span('GET');
  expect(root).toMatchObject({ kind: 'SERVER', parentSpanId: '00f067aa0ba902b7', status: { code: 'UNSET' } });
  const rows = spans.filter(({ name }) => name === 'read row');
  expect(rows.map(({ attributes }) => attributes['row.number'])).toEqual([1, 2, 3]);
  for (const row of rows) expect(row.parentSpanId).toBe(root.spanId);
  expect(root.durationMs).toBeGreaterThanOrEqual(Math.max(...rows.map(({ durationMs }) => durationMs)));
});

it('says so when the caller goes away', async () => {
  const stream = new PassThrough();
  stream.once('data', () => stream.destroy(new Error('the caller hung up')));
  const { error, span } = await capture(() => handler(event, stream, lambdaContext()));
  expect(error).toBeInstanceOf(Error);
  expect(span('GET').status).toEqual({ code: 'ERROR', message: 'the caller hung up' });
});
