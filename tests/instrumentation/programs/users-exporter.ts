/** A provider of the user's whose exporter talks HTTP with the module that is instrumented. */
import './instrumentations.ts';
import http from 'node:http';
import { trace } from '@opentelemetry/api';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { traced } from '@serverless-otlp/lambda';

const url = process.env['SERVER_URL'] ?? '';
const held: ReadableSpan[] = [];
const send = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const names = held.splice(0).map(({ name }) => name);
    const request = http.request(`${url}/v1/traces`, { method: 'POST', agent: false }, (response) => {
      response.resume().on('end', () => {
        console.log(JSON.stringify({ sent: names }));
        resolve();
      });
    });
    request.on('error', reject).end(JSON.stringify(names));
  });
const processor = {
  onStart: () => undefined,
  onEnd: (span: ReadableSpan) => void held.push(span),
  forceFlush: send,
  shutdown: () => {
    console.log('"shut down"');
    return Promise.resolve();
  },
};
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));

const handler = traced((_event: unknown, _context: object) => {
  trace.getTracer('t').startSpan('inside').end();
  return Promise.resolve('result');
});
const main = async (): Promise<void> => {
  for (const awsRequestId of ['a', 'b']) {
    const context = { awsRequestId, functionName: 'mine', invokedFunctionArn: 'arn:aws:lambda:x:1:function:mine' };
    console.log(JSON.stringify(await handler({}, context)));
  }
  console.log(JSON.stringify({ held: held.length }));
};
void main();
