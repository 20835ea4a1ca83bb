import { inSpan, work, type ShopFunction } from '../runtime/function.ts';

/** Sends mail when the customer has long had the answer: its spans come late to the trace. */
export const mailer: ShopFunction = {
  operation: 'order mail',
  kind: 'consumer',
  handle: async (order, context) => {
    const { telemetry, span } = context;
    await inSpan(context, span.traceparent, 'render', 'internal', () => work(15));
    await inSpan(context, span.traceparent, 'smtp', 'client', () => work(60));
    const quantileValues = [{ quantile: 0.5, value: 4.5 }];
    telemetry.point('shop.mail.size', 'kB', 'summary', {}, { count: '1', sum: 4.5, quantileValues });
    telemetry.log('INFO', `mail for order ${order.number} sent`, span.traceparent);
    return {};
  },
};
