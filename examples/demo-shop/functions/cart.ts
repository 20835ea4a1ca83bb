import { inSpan, work, type ShopFunction } from '../runtime/function.ts';

/** Knows what is in the cart. */
export const cart: ShopFunction = {
  operation: 'load cart',
  kind: 'server',
  handle: async (order, context) => {
    const { telemetry, span } = context;
    await inSpan(context, span.traceparent, 'dynamodb GetItem', 'client', () => work(25));
    console.log(JSON.stringify({ message: 'cart loaded', items: order.items }));
    telemetry.point('shop.cart.items', '{item}', 'gauge', {}, { asInt: String(order.items) });
    telemetry.log('INFO', 'cart loaded', span.traceparent, { 'cart.items': order.items });
    return { items: order.items };
  },
};
