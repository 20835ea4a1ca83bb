/** Standard output that is closed, or that nobody reads; what the handler ended in is told on standard error. */
import { closeSync } from 'node:fs';
import { trace } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

const handler = traced((event: { readonly n: number }, _context: object) => {
  for (let i = 0; i < 50; i++)
    trace
      .getTracer('t')
      .startSpan('inside', { attributes: { text: `${i}`.repeat(500) } })
      .end();
  return event.n === 3 ? Promise.reject(new Error('mine')) : Promise.resolve(event.n);
});

const main = async (): Promise<void> => {
  if (process.env['CLOSE'] === 'descriptor') closeSync(1);
  if (process.env['CLOSE'] === 'stream') process.stdout.destroy();
  const context = { awsRequestId: 'r', functionName: 'broken', invokedFunctionArn: 'arn:aws:lambda:x' };
  const ended: unknown[] = [];
  for (let n = 0; n < 5; n++) {
    await handler({ n }, context).then(
      (result) => ended.push(result),
      (error: unknown) => ended.push(error instanceof Error ? error.message : 'another'),
    );
  }
  console.error(`ended ${JSON.stringify(ended)}`);
};
void main();
