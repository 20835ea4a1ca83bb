/** A function that calls others in every way there is: `node:http`, `fetch`, the AWS SDK. */
import http from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { trace } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

const url = process.env['SERVER_URL'] ?? '';
const aws = {
  endpoint: url,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};
const documents = DynamoDBDocumentClient.from(new DynamoDBClient(aws));
const s3 = new S3Client({ ...aws, forcePathStyle: true });
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** A span of the user's, where it stands says which context there was. */
const mark = (name: string): void => trace.getTracer('shop').startSpan(name).end();

/** By callbacks and events, as libraries of old do. */
const byHttp = (path: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const request = http.get(`${url}${path}`, { agent }, (response) => {
      mark(`response of ${path}`);
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => {
        mark(`end of ${path}`);
        resolve(JSON.parse(text));
      });
    });
    request.on('error', reject);
  });

const byFetch = async (path: string): Promise<unknown> => {
  const response = await fetch(`${url}${path}`);
  const answer: unknown = await response.json();
  mark(`end of ${path}`);
  return answer;
};

const work = async (order: string): Promise<object> => {
  const [first, second] = await Promise.all([byHttp(`/http/${order}/1`), byHttp(`/http/${order}/2`)]);
  const fetched = await byFetch(`/fetch/${order}`);
  const { Item } = await documents.send(new GetCommand({ TableName: 'orders', Key: { id: order } }));
  mark(`after dynamodb ${order}`);
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: order, Body: 'hello' }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: order }));
  const text = await Body?.transformToString();
  return { order, saw: [first, second, fetched], item: Item, text };
};

const handler = traced((event: { readonly order: string }, _context: object) => work(event.order));
const context = (id: string) => ({
  awsRequestId: id,
  functionName: 'shop',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:shop',
  getRemainingTimeInMillis: () => 30_000,
});

/** All orders at once, as a process of Lambda Managed Instances has them. */
const main = async (): Promise<void> => {
  const orders = (process.env['ORDERS'] ?? 'a').split(',');
  const results = await Promise.all(orders.map((order) => handler({ order }, context(order))));
  console.log(JSON.stringify(results));
  agent.destroy();
};
void main();
