import { metrics } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';
import type { HttpAnswer, HttpEvent } from './order.ts';
import { ask, log } from './telemetry.ts';

/** `GET /carts/{number}`: what is in the cart. */
export const handler = traced(async ({ pathParameters }: HttpEvent): Promise<HttpAnswer> => {
  await ask('dynamodb GetItem', 25);
  const number = Number(pathParameters?.['number']);
  const cart = { items: 1 + (number % 3), amount: 20 + ((number * 37) % 80) };
  items.record(cart.items);
  log('INFO', 'cart loaded', { 'cart.items': cart.items });
  return { statusCode: 200, body: JSON.stringify(cart) };
});

// Below `traced`: meters are there from then on.
const items = metrics.getMeter('demo-shop').createGauge('shop.cart.items', { unit: '{item}' });
