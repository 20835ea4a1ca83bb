/** A function that streams what it gets from another, through a transformation. */
import './instrumentations.ts';
import http from 'node:http';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { trace } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

const url = process.env['SERVER_URL'] ?? '';
const mark = (name: string): void => trace.getTracer('stream').startSpan(name).end();

const get = (path: string): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => void http.get(`${url}${path}`, { agent: false }, resolve).on('error', reject));

const handler = traced.stream(async (event: { readonly id: string }, response: Writable, _context: object) => {
  const answer = await get(`/stream/${event.id}`);
  const loud = new Transform({
    transform: (part: Buffer, _encoding, done) => {
      mark(`part of ${event.id}`);
      done(null, part.toString().toUpperCase());
    },
    flush: (done) => {
      mark(`end of ${event.id}`);
      done();
    },
  });
  await pipeline(answer, loud, response);
});

const main = async (): Promise<void> => {
  const said = await Promise.all(
    ['a', 'b', 'c'].map(async (id) => {
      let text = '';
      const response = new Writable({
        write: (part: Buffer, _encoding, done) => {
          text += part.toString();
          setTimeout(done, 5);
        },
      });
      const context = { awsRequestId: id, functionName: 'stream', invokedFunctionArn: 'arn:aws:lambda:x:1:function:s' };
      await handler({ id }, response, context);
      return text;
    }),
  );
  console.log(JSON.stringify(said));
};
void main();
