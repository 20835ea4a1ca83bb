import { inSpan, work, type ShopFunction } from '../runtime/function.ts';

/** A refusal by the bank. */
class CardDeclinedError extends Error {
  override readonly name = 'CardDeclinedError';
}

/** Charges the card. */
export const payment: ShopFunction = {
  operation: 'charge card',
  kind: 'server',
  handle: async (order, context) => {
    const { telemetry, span } = context;
    await inSpan(context, span.traceparent, 'fraud check', 'internal', () => work(15));
    await inSpan(context, span.traceparent, 'POST bank.example', 'client', async () => {
      await work(50);
      if (order.trouble === 'card declined') throw new CardDeclinedError('card declined: insufficient funds');
    });
    telemetry.point(
      'shop.payment.amount',
      'EUR',
      'exponentialHistogram',
      { aggregationTemporality: 1 },
      {
        count: '1',
        sum: order.amount,
        min: order.amount,
        max: order.amount,
        scale: 0,
        zeroCount: '0',
        positive: { offset: Math.ceil(Math.log2(order.amount)) - 1, bucketCounts: ['1'] },
      },
    );
    telemetry.log('INFO', 'card charged', span.traceparent, { 'payment.amount': order.amount });
    return { charged: order.amount };
  },
};
