/** Ten thousand invocations in one process, fifty at once: what grows with them? */
import { EventEmitter } from 'node:events';
import { context as active, createContextKey, logs, metrics, SeverityNumber, trace } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

const AT_ONCE = 50;
const COUNT = Number(process.env['COUNT']);
type Callback = (error: unknown, result?: unknown) => void;

/** Where a context keeps what is known of its invocation. */
const INVOCATION = createContextKey('@serverless-otlp/lambda invocation');
/** Of each invocation its context, and what is known of it, if somebody still holds them. */
const contexts: WeakRef<object>[] = [];
const invocations: WeakRef<object>[] = [];
const see = (): void => {
  contexts.push(new WeakRef(active.active()));
  invocations.push(new WeakRef(active.active().getValue(INVOCATION) as object));
};
let handled = 0;
const handler = traced(
  async (event: { readonly n: number }, _context: object) => {
    see();
    trace.getTracer('t').startSpan('inside').end();
    await Promise.resolve();
    // Begins in this invocation, and outlives it.
    if (event.n % 10 === 0) setImmediate(() => trace.getTracer('t').startSpan('late').end());
    if (event.n % 100 === 0) {
      metrics.getMeter('t').createCounter('orders').add(1);
      logs.getLogger('t').emit({ body: 'x', severityNumber: SeverityNumber.INFO });
    }
    handled++;
    if (event.n % 7 === 0) throw new Error('no');
  },
  { keep: ['errors'] },
);
const byCallback = traced((_event: object, _context: object, callback: Callback) => {
  see();
  setImmediate(() => {
    handled++;
    callback(null, 1);
  });
});
const streaming = traced.stream((_event: object, stream: EventEmitter, _context: object) => {
  see();
  handled++;
  return Promise.resolve(stream);
});

const context = (n: number) => ({
  awsRequestId: `id ${n}`,
  functionName: 'many',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:many',
  getRemainingTimeInMillis: () => 30_000,
});
const invoke = (n: number): Promise<unknown> => {
  const sort = n % 3;
  if (sort === 0) return handler({ n }, context(n));
  if (sort === 1) return new Promise((resolve) => byCallback({}, context(n), (_error, result) => resolve(result)));
  return Promise.resolve(streaming({}, new EventEmitter(), context(n)));
};

const listeners = (): number => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
const counted = (): object => {
  const resources = process.getActiveResourcesInfo();
  return {
    listeners: listeners(),
    timers: resources.filter((name) => name === 'Timeout').length,
    immediates: resources.filter((name) => name === 'Immediate').length,
  };
};

const run = async (from: number, to: number): Promise<void> => {
  for (let n = from; n < to; n += AT_ONCE)
    await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, to - n) }, (_, at) => invoke(n + at)));
  await new Promise((resolve) => setTimeout(resolve, 20));
};

/** What is held after everything that can go has gone. */
const held = async (): Promise<number> => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return [...contexts, ...invocations].filter((one) => one.deref() !== undefined).length;
};

const main = async (): Promise<void> => {
  await run(0, 200);
  const before = counted();
  await run(200, COUNT);
  console.log(JSON.stringify({ handled, seen: contexts.length, held: await held(), before, after: counted() }));
};
void main();
