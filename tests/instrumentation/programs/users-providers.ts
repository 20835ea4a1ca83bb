/** Providers of the user's for every signal, whose flushing goes wrong in another way each time. */
import {
  createNoopMeter,
  logs,
  type Logger,
  type MeterProvider,
  metrics,
  SeverityNumber,
  trace,
  type TracerProvider as ApiTracerProvider,
} from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { traced } from '@serverless-otlp/lambda';

const happened: string[] = [];
const hear = (what: string): (() => Promise<void>) => {
  return () => {
    happened.push(what);
    return Promise.resolve();
  };
};

/** How the next flush of traces ends. */
let flush: () => unknown = hear('traces flushed');
const spans = new TracerProvider({
  spanProcessors: [
    {
      onStart: () => undefined,
      onEnd: ({ name }) => void happened.push(`span ${name}`),
      forceFlush: () => flush() as Promise<void>,
      shutdown: hear('traces shut down'),
    },
  ],
});
const theirs: ApiTracerProvider & Record<string, unknown> = {
  getTracer: (name) => spans.getTracer(name),
  forceFlush: () => flush(),
  shutdown: hear('traces shut down'),
};
const meter = { ...createNoopMeter(), createCounter: () => ({ add: () => void happened.push('counted') }) };
const meters = {
  getMeter: () => Object.assign(Object.create(createNoopMeter()) as typeof meter, meter),
  forceFlush: hear('metrics flushed'),
  shutdown: hear('metrics shut down'),
} as unknown as MeterProvider;
const logger: Logger = { emit: () => void happened.push('said'), enabled: () => true };
trace.setGlobalTracerProvider(theirs);
metrics.setGlobalMeterProvider(meters);
logs.setGlobalLoggerProvider(
  Object.assign({ getLogger: () => logger }, { forceFlush: hear('logs flushed'), shutdown: hear('logs shut down') }),
);

const handler = traced((_event: unknown, _context: object) => {
  metrics.getMeter('t').createCounter('c').add(1);
  logs.getLogger('t').emit({ body: 'x', severityNumber: SeverityNumber.INFO });
  return Promise.resolve('result');
});
const context = {
  awsRequestId: 'r',
  functionName: 'mine',
  invokedFunctionArn: 'arn:aws:lambda:x:1:function:mine',
  getRemainingTimeInMillis: () => 500,
};
const ways: Readonly<Record<string, () => unknown>> = {
  'flushes late': () => new Promise((resolve) => setTimeout(resolve, 20)).then(hear('traces flushed')),
  throws: () => {
    throw new Error('thrown');
  },
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  rejects: () => Promise.reject(Object.create(null)),
  'gives no promise': () => 7,
  'never ends': () => new Promise(() => undefined),
};

const main = async (): Promise<void> => {
  for (const [way, next] of Object.entries(ways)) {
    flush = next;
    const result = await handler({}, context);
    console.log(JSON.stringify({ way, result, happened: happened.splice(0) }));
  }
};
void main();
