import { metrics } from '@opentelemetry/api';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { traceFields, traced } from '@serverless-otlp/lambda';
import { orderMail } from './mail-queue.ts';
import { type HttpAnswer, type HttpEvent, type Order, orderIn, type Payment } from './order.ts';
import { log } from './telemetry.ts';

const { SHOP_URL = '' } = process.env;

// From here on `fetch` makes spans, and tells whom it asks which trace they are of.
new UndiciInstrumentation();

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const call = async (method: 'GET' | 'POST', path: string, order?: Order | Payment): Promise<Answer> => {
  const response = await fetch(`${SHOP_URL}${path}`, { method, ...(order && { body: JSON.stringify(order) }) });
  if (response.status >= 500) throw new Error(`${method} ${path} was answered with ${response.status}`);
  return { status: response.status, body: await response.json() };
};

/** Asks all the others; whether the order was paid for. */
const checkOut = async (order: Order): Promise<boolean> => {
  const cart = await call('GET', `/carts/${order.number}`);
  const { amount } = cart.body as Payment;
  const payment = await call('POST', '/payments', { ...order, amount });
  if (payment.status === 402) return false;
  await call('POST', '/reservations', order);
  await orderMail(order);
  return true;
};

/** `POST /checkout`: an order, by way of all the others. */
export const handler = traced(async (event: HttpEvent): Promise<HttpAnswer> => {
  const order = orderIn(event);
  console.log(JSON.stringify({ message: 'an order came in', ...traceFields() }));
  const accepted = await checkOut(order);
  orders.add(1, { accepted });
  log(accepted ? 'INFO' : 'ERROR', `order ${accepted ? 'accepted' : 'refused'}`, { 'order.number': order.number });
  return { statusCode: accepted ? 201 : 402, body: JSON.stringify({ accepted }) };
});

// Below `traced`: meters are there from then on.
const orders = metrics.getMeter('demo-shop').createCounter('shop.orders', { unit: '{order}' });
