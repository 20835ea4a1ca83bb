/** The API twice in one process, as ESM and as CommonJS: a tracer of the second, asked for before and after there is a provider. */
import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

const { trace } = createRequire(import.meta.url)('@opentelemetry/api') as typeof Api;
const before = trace.getTracer('before');
const handler = traced((_event: unknown, _context: object) => {
  before.startSpan('asked for before').end();
  trace.getTracer('after').startSpan('asked for after').end();
  return Promise.resolve();
});
void handler({}, { awsRequestId: 'r', functionName: 'two', invokedFunctionArn: 'arn:aws:lambda:x' });
