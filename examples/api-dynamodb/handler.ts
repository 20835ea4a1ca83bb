import './instrumentation.ts';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { trace } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

/** A request to an HTTP API, as far as it is read here. */
interface HttpEvent {
  readonly routeKey: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
}

const client = new DynamoDBClient({});
const { TABLE_NAME: TableName = 'notes' } = process.env;

const answer = (statusCode: number, body: object): HttpAnswer => ({ statusCode, body: JSON.stringify(body) });

const put = async (id: string, text: string): Promise<HttpAnswer> => {
  await client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, text: { S: text } } }));
  return answer(201, { id });
};

const get = async (id: string): Promise<HttpAnswer> => {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }));
  return Item === undefined ? answer(404, { message: 'no such note' }) : answer(200, { id, text: Item['text']?.S });
};

/** `PUT /notes/{id}` and `GET /notes/{id}` of an HTTP API. */
export const handler = traced(async ({ body = '', pathParameters, routeKey }: HttpEvent): Promise<HttpAnswer> => {
  const id = pathParameters?.['id'] ?? '';
  // What only the application knows, in the span of the invocation.
  trace.getActiveSpan()?.setAttribute('note.id', id);
  return routeKey.startsWith('PUT ') ? await put(id, body) : await get(id);
});
