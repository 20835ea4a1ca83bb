import { inSpan, work, type ShopFunction } from '../runtime/function.ts';

/** Takes orders over HTTP and calls the others. */
export const storefront: ShopFunction = {
  operation: 'POST /checkout',
  kind: 'server',
  handle: async (order, context) => {
    const { telemetry, span } = context;
    const startedAt = performance.now();
    let status = 200;
    console.log(`order ${order.number} came in`);
    try {
      for (const target of ['cart', 'payment', 'stock']) {
        await inSpan(context, span.traceparent, `invoke ${target}`, 'client', (parent) =>
          context.call(target, order, parent),
        );
      }
      await inSpan(context, span.traceparent, 'send mail', 'producer', async (parent) => {
        await work(5);
        context.send('mailer', order, parent);
      });
      telemetry.log('INFO', 'order accepted', span.traceparent, { 'order.number': order.number });
      return { accepted: true };
    } catch (error) {
      status = 402;
      telemetry.log('ERROR', 'order refused', span.traceparent, { 'order.number': order.number });
      throw error;
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      const bounds = [0.05, 0.1, 0.2, 0.4];
      const found = bounds.findIndex((bound) => seconds <= bound);
      const bucket = found === -1 ? bounds.length : found;
      telemetry.point(
        'http.server.request.duration',
        's',
        'histogram',
        { aggregationTemporality: 1 },
        {
          count: '1',
          sum: seconds,
          min: seconds,
          max: seconds,
          explicitBounds: bounds,
          bucketCounts: Array.from({ length: bounds.length + 1 }, (_, index) => (index === bucket ? '1' : '0')),
        },
        { 'http.response.status_code': status },
      );
      telemetry.point(
        'shop.orders',
        '{order}',
        'sum',
        { aggregationTemporality: 1, isMonotonic: true },
        { asInt: '1' },
      );
    }
  },
};
