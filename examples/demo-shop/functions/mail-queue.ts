import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import type { Order } from './order.ts';

const { MAIL_QUEUE_URL = '' } = process.env;

/** Puts a message into the queue of mails. Its attributes carry the trace, so that whoever takes it out goes on with it. */
export const orderMail = (order: Order): Promise<void> =>
  trace.getTracer('demo-shop').startActiveSpan('send mails', { kind: SpanKind.PRODUCER }, async (span) => {
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    const attributes = Object.entries(carrier).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: value },
    ]);
    const message = {
      QueueUrl: MAIL_QUEUE_URL,
      MessageBody: JSON.stringify(order),
      MessageAttributes: Object.fromEntries(attributes) as object,
    };
    try {
      await fetch(MAIL_QUEUE_URL, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
        body: JSON.stringify(message),
      });
    } finally {
      span.end();
    }
  });
