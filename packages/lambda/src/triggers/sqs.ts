import type { Carrier, Trigger } from '../trigger.ts';
import { resourceOf } from './parts/attributes.ts';
import { carrierOf, firstOf } from './parts/carrier.ts';
import { envelopeOf } from './parts/envelope.ts';
import { processing } from './parts/messages.ts';
import { at, type Fields, numberAt, shared, textAt } from './parts/read.ts';
import { isFrom, recordsOf } from './parts/records.ts';
import { respondBatch } from './parts/respond.ts';

const queueUrlOf = (arn: string | undefined): string | undefined => {
  const [scheme, partition, service, region, account, queue] = arn?.split(':') ?? [];
  if (scheme !== 'arn' || service !== 'sqs' || region === undefined || queue === undefined) return undefined;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${domain}/${account ?? ''}/${queue}`;
};

/**
 * W3C first: of the message's attributes, then of what SNS or EventBridge wrapped into its body; X-Ray's is the system attribute
 * `AWSTraceHeader`, which follows a message through S3, SNS and SQS.
 */
export const carrierOfMessage = (record: unknown): Carrier | undefined => {
  const own = carrierOf(at(record, 'messageAttributes'));
  const system = carrierOf({ 'x-amzn-trace-id': at(record, 'attributes', 'AWSTraceHeader') });
  const wrapped = own?.['traceparent'] === undefined ? envelopeOf(at(record, 'body')).carrier : undefined;
  return firstOf(system, own, wrapped);
};

/** Messages of an SQS queue, with what SNS or EventBridge put into them. */
export const sqs: Trigger<Fields> = {
  name: 'sqs',
  matches: (event): event is Fields => isFrom(event, 'aws:sqs'),
  describe: (event) => {
    const records = recordsOf(event);
    const arn = shared(records.map((record) => textAt(record, 'eventSourceARN')));
    return processing(records, {
      system: 'aws.sqs',
      destination: resourceOf(arn),
      id: textAt(records[0], 'messageId'),
      more: {
        'aws.sqs.queue.url': queueUrlOf(arn),
        ...(records.length === 1 && envelopeOf(at(records[0], 'body')).attributes),
      },
      carrierOf: carrierOfMessage,
      sentAt: (record) => numberAt(record, 'attributes', 'SentTimestamp'),
    });
  },
  respond: respondBatch,
};
