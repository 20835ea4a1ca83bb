import { metrics } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';
import type { Order } from './order.ts';
import { ask, log } from './telemetry.ts';

/** Messages of a queue, as far as the shop reads them. */
interface QueueEvent {
  readonly Records: readonly { readonly body: string }[];
}

/** Takes mails out of their queue when the customer has long had the answer: its spans come late to the trace. */
export const handler = traced(async ({ Records }: QueueEvent): Promise<void> => {
  for (const { body } of Records) {
    const { number } = JSON.parse(body) as Order;
    await ask('render', 15);
    await ask('smtp', 60);
    mails.add(1);
    log('INFO', 'mail sent', { 'order.number': number });
  }
});

const mails = metrics.getMeter('demo-shop').createCounter('shop.mails', { unit: '{mail}' });
