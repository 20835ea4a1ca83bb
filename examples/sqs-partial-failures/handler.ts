import { setTimeout as sleep } from 'node:timers/promises';
import { metrics, trace } from '@opentelemetry/api';
import { partialBatch, traced, traceFields } from '@serverless-otlp/lambda';

/** A message of SQS, as far as it is read here. */
interface Message {
  readonly messageId: string;
  readonly body: string;
}

interface Order {
  readonly number: number;
  readonly amount: number;
}

/** Stands in for a bank, in a span of its own. It is asked too much of above 1000. */
const charge = ({ amount }: Order): Promise<void> =>
  trace.getTracer('orders').startActiveSpan('charge card', async (span) => {
    try {
      await sleep(20);
      if (amount > 1000) throw new RangeError('the amount is above the limit of the card');
    } finally {
      span.end();
    }
  });

/** Charges one order. What is thrown fails this message, and Lambda delivers it again; the others are done. */
const work = async ({ body, messageId }: Message): Promise<void> => {
  const order = JSON.parse(body) as Order;
  await charge(order);
  charged.add(order.amount);
  // A line like any other, found by its trace.
  console.log(JSON.stringify({ message: 'charged', messageId, ...traceFields() }));
};

/** Consumes a queue whose event source mapping has `ReportBatchItemFailures`. */
export const handler = traced(partialBatch(work));

// Below `traced`: meters are there from then on.
const charged = metrics.getMeter('orders').createCounter('orders.charged', { unit: 'EUR' });
