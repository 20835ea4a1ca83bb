import { readFileSync } from 'node:fs';
import { capture, lambdaContext } from '@serverless-otlp/lambda/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTable, type Table } from './table.ts';

type Handler = (typeof import('./handler.ts'))['handler'];

let table: Table;
let handler: Handler;
beforeAll(async () => {
  table = await startTable();
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', table.url);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  ({ handler } = await import('./handler.ts'));
});
afterAll(() => {
  table.close();
  vi.unstubAllEnvs();
});

const eventOf = (name: string): Parameters<Handler>[0] =>
  JSON.parse(readFileSync(new URL(`events/${name}.json`, import.meta.url), 'utf8')) as Parameters<Handler>[0];

it('gives the note that was put, and says in its spans what it asked of which table', async () => {
  await capture(() => handler(eventOf('put-note'), lambdaContext()));
  const { result, span } = await capture(() => handler(eventOf('get-note'), lambdaContext()));
  expect(result).toEqual({ statusCode: 200, body: '{"id":"7","text":"Buy milk"}' });

  const root = span('GET /notes/{id}');
  expect(root).toMatchObject({
    kind: 'SERVER',
    // Of the caller's header.
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    attributes: { 'http.route': '/notes/{id}', 'http.response.status_code': 200, 'note.id': '7' },
  });
  expect(span('DynamoDB.GetItem')).toMatchObject({
    kind: 'CLIENT',
    parentSpanId: root.spanId,
    attributes: { 'aws.dynamodb.table_names': ['notes'] },
  });
});

it('answers 404 for a note that is not there, which is no error of ours', async () => {
  const event = { ...eventOf('get-note'), pathParameters: { id: '8' } };
  const { result, span } = await capture(() => handler(event, lambdaContext()));
  expect(result?.statusCode).toBe(404);
  expect(span('GET /notes/{id}').status.code).toBe('UNSET');
});
