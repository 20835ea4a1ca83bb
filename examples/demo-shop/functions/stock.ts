import { metrics } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';
import { type HttpAnswer, type HttpEvent, orderIn } from './order.ts';
import { ask, log } from './telemetry.ts';

/** `POST /reservations`: takes the goods out of the stock, at the second try if it is locked. */
export const handler = traced(async (event: HttpEvent): Promise<HttpAnswer> => {
  const { number, trouble } = orderIn(event);
  if (trouble === 'slow stock') {
    await ask('UPDATE stock', 90, new Error('lock wait timed out')).catch(() => undefined);
    log('WARN', 'stock was locked, trying again', { 'order.number': number });
  }
  await ask('UPDATE stock', 20);
  level.record(100 - (number % 90), { sku: 'teapot' });
  return { statusCode: 201, body: '{}' };
});

const level = metrics.getMeter('demo-shop').createGauge('shop.stock.level', { unit: '{item}' });
