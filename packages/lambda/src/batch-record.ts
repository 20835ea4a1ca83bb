import type { Carrier } from './trigger.ts';
import { carrierOfChange } from './triggers/dynamodb.ts';
import { carrierOfKinesis } from './triggers/kinesis.ts';
import { carrierOfMessage } from './triggers/sqs.ts';

/** A record of SQS, Kinesis or DynamoDB Streams, as far as it is read here. */
export interface BatchRecord {
  readonly eventSource?: string;
  readonly eventSourceARN?: string;
  readonly messageId?: string;
  readonly kinesis?: { readonly sequenceNumber?: string };
  readonly dynamodb?: { readonly SequenceNumber?: string };
}

/** Where a record comes from. */
export interface Source {
  /** What names it in `batchItemFailures`; empty when it has no name. */
  readonly id: string;
  /** `messaging.system.name`, as the triggers say it. */
  readonly system: string;
  readonly destination: string | undefined;
}

const SYSTEMS: Readonly<Record<string, string>> = {
  'aws:sqs': 'aws.sqs',
  'aws:kinesis': 'aws.kinesis',
  'aws:dynamodb': 'aws.dynamodb',
};

/** The queue, stream or table: the last part of the ARN that is its name. */
const nameIn = (arn: string | undefined): string | undefined => {
  const resource = arn?.split(':').slice(5).join(':');
  return resource === undefined || resource === ''
    ? undefined
    : (/^(?:table|stream)\/([^/]+)/.exec(resource)?.[1] ?? resource);
};

/** Never throws, whatever the record holds. */
export const sourceOf = (record: BatchRecord): Source => ({
  id: record.messageId ?? record.kinesis?.sequenceNumber ?? record.dynamodb?.SequenceNumber ?? '',
  system: SYSTEMS[record.eventSource ?? ''] ?? 'unknown',
  destination: nameIn(record.eventSourceARN),
});

/** What a record says of its sender's trace, as the triggers read it. */
export const carrierOf = (record: BatchRecord): Carrier | undefined => {
  if (record.eventSource === 'aws:sqs') return carrierOfMessage(record);
  return record.eventSource === 'aws:kinesis' ? carrierOfKinesis(record) : carrierOfChange(record);
};
