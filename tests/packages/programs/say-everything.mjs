import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { SeverityNumber } from 'sdk';

const traceAll = (provider) => {
  const tracer = provider.getTracer('checkout', '1.2.3');
  const parent = tracer.startSpan('POST /orders', {
    kind: SpanKind.SERVER,
    attributes: {
      text: 'ünïcode',
      whole: 7,
      fraction: 0.25,
      negative: -3,
      yes: true,
      words: ['a', 'b'],
      numbers: [1, 2.5],
    },
  });
  const context = trace.setSpan(ROOT_CONTEXT, parent);
  const child = tracer.startSpan(
    'DynamoDB.GetItem',
    { kind: SpanKind.CLIENT, links: [{ context: parent.spanContext() }] },
    context,
  );
  child.addEvent('retry', { attempt: 2 });
  child.recordException(new TypeError('no such table'));
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' });
  child.end();
  parent.end();
  return context;
};

const measureAll = (provider) => {
  const meter = provider.getMeter('checkout', '1.2.3');
  meter.createCounter('orders', { unit: '{order}', description: 'taken' }).add(3, { tier: 'gold' });
  meter.createUpDownCounter('baskets').add(-2);
  const durations = meter.createHistogram('duration', { unit: 'ms' });
  for (const value of [0.5, 12, 3000]) durations.record(value, { route: '/orders' });
  meter.createGauge('temperature').record(21.5);
  meter.createObservableCounter('ticks').addCallback((result) => result.observe(11));
  meter.createObservableGauge('load').addCallback((result) => result.observe(0.75, { cpu: 1 }));
};

const logAll = (provider, context) => {
  const logger = provider.getLogger('checkout', '1.2.3');
  logger.emit({ body: 'order taken', severityNumber: SeverityNumber.INFO, severityText: 'INFO', context });
  logger.emit({
    body: { order: 17, items: ['a', 2, true, { deep: null }] },
    attributes: { bytes: new Uint8Array([1, 2, 3]) },
  });
  logger.emit({ eventName: 'order.placed', attributes: { nested: { list: [1, 'two'] } } });
};

/** Says something of every kind through these providers. */
export const sayEverything = ({ tracers, meters, loggers }) => {
  const context = traceAll(tracers);
  measureAll(meters);
  logAll(loggers, context);
};
