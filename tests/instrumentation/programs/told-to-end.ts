/** A function that holds its spans until the end, and is told to end between two invocations. */
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

const told = (...said: unknown[]): void => console.error('diag', ...said);
diag.setLogger({ error: told, warn: told, info: told, debug: told, verbose: told }, DiagLogLevel.WARN);
const handler = traced((_event: unknown, _context: object) => Promise.resolve(), { flush: 'finalize' });
const main = async (): Promise<void> => {
  for (const awsRequestId of ['a', 'b'])
    await handler({}, { awsRequestId, functionName: 'held', invokedFunctionArn: 'arn:aws:lambda:x' });
  console.log('"held"');
  setInterval(() => undefined, 1000);
  process.kill(process.pid, 'SIGTERM');
};
void main();
