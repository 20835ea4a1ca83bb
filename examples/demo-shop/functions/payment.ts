import { metrics } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';
import type { HttpAnswer, HttpEvent, Payment } from './order.ts';
import { ask, log } from './telemetry.ts';

/** A refusal by the bank. */
class CardDeclinedError extends Error {
  override readonly name = 'CardDeclinedError';
}

/** `POST /payments`: charges the card. */
export const handler = traced(async ({ body = '' }: HttpEvent): Promise<HttpAnswer> => {
  const { amount, trouble } = JSON.parse(body) as Payment;
  const refusal = trouble === 'card declined' ? new CardDeclinedError('card declined: insufficient funds') : undefined;
  await ask('fraud check', 15);
  try {
    await ask('POST bank.example', 50, refusal);
  } catch (error) {
    if (!(error instanceof CardDeclinedError)) throw error;
    return { statusCode: 402, body: JSON.stringify({ message: error.message }) };
  }
  amounts.record(amount);
  log('INFO', 'card charged', { 'payment.amount': amount });
  return { statusCode: 200, body: JSON.stringify({ charged: amount }) };
});

const amounts = metrics.getMeter('demo-shop').createHistogram('shop.payment.amount', {
  unit: 'EUR',
  advice: { explicitBucketBoundaries: [25, 50, 75, 100] },
});
