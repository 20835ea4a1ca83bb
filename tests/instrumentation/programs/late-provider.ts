/** A provider of the user's that comes after the first handler was traced. */
import { trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { traced } from '@serverless-otlp/lambda';

const handler = traced((_event: unknown, _context: object) => Promise.resolve('result'));
const ended: string[] = [];
const stop = (): Promise<void> => Promise.resolve();
const provider = new TracerProvider({
  spanProcessors: [
    { onStart: () => undefined, onEnd: ({ name }) => void ended.push(name), forceFlush: stop, shutdown: stop },
  ],
});
const taken = trace.setGlobalTracerProvider(provider);
const main = async (): Promise<void> => {
  const result = await handler({}, { awsRequestId: 'r', functionName: 'late', invokedFunctionArn: 'arn:aws:lambda:x' });
  console.log(JSON.stringify({ result, taken, ended }));
};
void main();
