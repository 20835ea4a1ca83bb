import { metrics } from '@opentelemetry/api';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { traceFields, traced } from '@serverless-otlp/lambda';
import { orderMail } from './mail-queue.ts';
import { type HttpAnswer, type HttpEvent, type Order, orderIn, type Payment } from './order.ts';
import { log } from './telemetry.ts';

const { SHOP_URL = '' } = process.env;

// From here on `fetch` makes spans, and tells whom it asks which trace they are of.
new UndiciInstrumentation();

const call = async <Answer>(method: 'GET' | 'POST', path: string, order?: Order | Payment): Promise<Answer> => {
  const response = await fetch(`${SHOP_URL}${path}`, { method, ...(order && { body: JSON.stringify(order) }) });
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
  return (await response.json()) as Answer;
};

/** `POST /checkout`: an order, by way of all the others. */
export const handler = traced(async (event: HttpEvent): Promise<HttpAnswer> => {
  const order = orderIn(event);
  console.log(JSON.stringify({ message: 'an order came in', ...traceFields() }));
  try {
    const { amount } = await call<{ readonly amount: number }>('GET', `/carts/${order.number}`);
    await call('POST', '/payments', { ...order, amount });
    await call('POST', '/reservations', order);
    await orderMail(order);
  } catch (error) {
    orders.add(1, { accepted: false });
    log('ERROR', 'order refused', { 'order.number': order.number, 'error.message': String(error) });
    return { statusCode: 402, body: JSON.stringify({ accepted: false }) };
  }
  orders.add(1, { accepted: true });
  log('INFO', 'order accepted', { 'order.number': order.number });
  return { statusCode: 201, body: JSON.stringify({ accepted: true }) };
});

const orders = metrics.getMeter('demo-shop').createCounter('shop.orders', { unit: '{order}' });
