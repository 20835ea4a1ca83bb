import { inSpan, work, type ShopFunction } from '../runtime/function.ts';

/** Reserves the goods. */
export const stock: ShopFunction = {
  operation: 'reserve stock',
  kind: 'server',
  handle: async (order, context) => {
    const { telemetry, span } = context;
    if (order.trouble === 'slow stock') {
      const timedOut = (): Promise<void> => work(90).then(() => Promise.reject(new Error('lock wait timed out')));
      await inSpan(context, span.traceparent, 'UPDATE stock', 'client', timedOut).catch(() => undefined);
      telemetry.log('WARN', 'stock was locked, trying again', span.traceparent, { 'order.number': order.number });
    }
    await inSpan(context, span.traceparent, 'UPDATE stock', 'client', () => work(20));
    const level = String(100 - (order.number % 90));
    telemetry.point('shop.stock.level', '{item}', 'gauge', {}, { asInt: level }, { sku: 'teapot' });
    return { reserved: order.items };
  },
};
