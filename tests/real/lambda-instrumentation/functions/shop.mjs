// A function that knows the API of OpenTelemetry and nothing else. What it does, its event says.
import { setTimeout as sleep } from 'node:timers/promises';
import { logs, metrics, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('shop');

const order = async ({ ms = 0, note }) =>
  tracer.startActiveSpan('charge', async (span) => {
    await sleep(ms);
    metrics.getMeter('shop').createCounter('orders').add(1);
    logs.getLogger('shop').emit({ body: 'ordered', attributes: { note: note ?? '' } });
    span.end();
    return { statusCode: 200, body: span.spanContext().traceId };
  });

export const handler = async (event) => {
  switch (event.do) {
    case 'throw':
      throw new TypeError('no such order');
    case 'hang':
      tracer.startActiveSpan('stuck', () => undefined);
      return new Promise(() => setInterval(() => undefined, 1000));
    case 'reject':
      tracer.startActiveSpan('before', (span) => span.end());
      void Promise.reject(new RangeError('nobody waits'));
      return new Promise(() => setInterval(() => undefined, 1000));
    default:
      return order(event);
  }
};

export const stream = globalThis.awslambda?.streamifyResponse(async (event, output) => {
  const http = awslambda.HttpResponseStream.from(output, { statusCode: 200, headers: { 'x-shop': 'open' } });
  for (const word of ['one ', 'two ', 'three']) {
    http.write(word);
    await tracer.startActiveSpan('word', async (span) => {
      await sleep(event.ms ?? 0);
      span.end();
    });
  }
  if (event.do === 'throw') throw new TypeError('torn');
  http.end();
});

export const callback = (event, context, done) => {
  tracer.startActiveSpan('before', (span) => span.end());
  if (event.do === 'silent') return;
  setTimeout(() => {
    tracer.startActiveSpan('within', (span) => span.end());
    if (event.do === 'succeed') context.succeed('succeeded');
    else if (event.do === 'throw') done(new TypeError('no such order'));
    else done(null, 'called back');
  }, 20);
};
