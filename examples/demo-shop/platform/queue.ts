import { randomUUID } from 'node:crypto';
import { type Loopback, serve } from './loopback.ts';

interface Message {
  readonly MessageBody: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
}

/** A queue with one consumer. */
export interface Queue extends Loopback {
  /** Resolves when every message so far has been worked on. */
  drained(): Promise<void>;
}

const recordOf = (queue: string, messageId: string, { MessageBody, MessageAttributes = {} }: Message): object => ({
  messageId,
  receiptHandle: randomUUID(),
  body: MessageBody,
  attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
  messageAttributes: Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { DataType, StringValue }]) => [
      name,
      { dataType: DataType, stringValue: StringValue },
    ]),
  ),
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:eu-west-1:000000000000:${queue}`,
  awsRegion: 'eu-west-1',
});

/** A queue as SQS has them, for one action, `SendMessage`. Each message is delivered alone, and once: nothing fails here. */
export const startQueue = async (name: string, consume: (event: object) => Promise<unknown>): Promise<Queue> => {
  const running = new Set<Promise<unknown>>();
  const server = await serve((_request, body) => {
    const messageId = randomUUID();
    const event = { Records: [recordOf(name, messageId, JSON.parse(body) as Message)] };
    const delivery: Promise<unknown> = consume(event).finally(() => running.delete(delivery));
    running.add(delivery);
    return Promise.resolve({ status: 200, body: JSON.stringify({ MessageId: messageId }) });
  });
  return {
    ...server,
    drained: async () => {
      await Promise.all(running);
    },
  };
};
