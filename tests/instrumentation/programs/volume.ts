/** One invocation with more spans than a queue of 2048 holds, each with a kilobyte to say. */
import { trace } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

const handler = traced((_event: unknown, _context: object) => {
  for (let i = 0; i < 3000; i++)
    trace
      .getTracer('t')
      .startSpan(`${i}`, { attributes: { text: 'x'.repeat(1000) } })
      .end();
  return Promise.resolve();
});
void handler({}, { awsRequestId: 'r', functionName: 'many', invokedFunctionArn: 'arn:aws:lambda:x' });
