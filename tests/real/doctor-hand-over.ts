import type { AwsEmulator } from './aws-emulator.ts';
import { ACCOUNT, REGION } from './aws-emulator.ts';
import { caller, logs } from './doctor-calls.ts';

/** A stream of Kinesis, to which moto hands log events over as CloudWatch Logs does: to functions it cannot. */
export interface HandOver {
  /** Lets all log events of a new log group that this pattern brings go to the stream. */
  readonly subscribe: (logGroupName: string, filterPattern: string) => Promise<void>;
  /** What `awslogs.data` would be, of each batch since the last call. */
  readonly take: () => Promise<readonly string[]>;
  /** Writes lines into the log of the forwarder. */
  readonly report: (messages: readonly string[]) => Promise<void>;
}

/** Makes the stream. */
export const handOver = async ({ endpoint }: AwsEmulator): Promise<HandOver> => {
  const call = caller(endpoint);
  const kinesis = async (action: string, input: object): Promise<Readonly<Record<string, unknown>>> =>
    JSON.parse((await call.json('kinesis', `Kinesis_20131202.${action}`, input)) || '{}') as Record<string, unknown>;
  const StreamName = 'lines';
  await kinesis('CreateStream', { StreamName, ShardCount: 1 });
  const start = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  let { ShardIterator: iterator } = await kinesis('GetShardIterator', start);
  return {
    subscribe: async (logGroupName, filterPattern) => {
      const destinationArn = `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${StreamName}`;
      await logs(call, 'CreateLogGroup', { logGroupName });
      await logs(call, 'PutSubscriptionFilter', { logGroupName, filterName: 'canary', filterPattern, destinationArn });
    },
    take: async () => {
      const { Records, NextShardIterator } = await kinesis('GetRecords', { ShardIterator: iterator });
      iterator = NextShardIterator;
      return (Records as readonly { readonly Data: string }[]).map(({ Data }) => Data);
    },
    report: async (messages) => {
      const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
      await logs(call, 'PutLogEvents', { logGroupName: '/aws/lambda/otlp-forwarder', logStreamName: 's', logEvents });
    },
  };
};
