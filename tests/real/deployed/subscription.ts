import { gunzipSync, gzipSync } from 'node:zlib';

import { filterPattern } from '@serverless-otlp/testing/filter-pattern';

import { callJson } from './call.ts';
import { ACCOUNT, REGION } from '../aws-emulator.ts';
import type { Stack } from './stack.ts';

/** moto delivers to a stream at once and to a function only by Docker: so the filters of the stack point to a stream here. */
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/bridge`;

interface Filter {
  readonly LogGroupName: string;
  readonly FilterName: string;
  readonly FilterPattern: string;
  readonly DestinationArn: string;
}

interface LogEvents {
  readonly messageType: string;
  readonly logGroup: string;
  readonly logEvents: readonly { readonly message: string }[];
}

/** An event as CloudWatch Logs would invoke the forwarder with it. */
export interface Delivered {
  readonly event: unknown;
  readonly logGroup: string;
  /** The ARN that the subscription names. */
  readonly functionArn: string;
  readonly matched: number;
  readonly dropped: number;
}

/** The subscriptions of a stack, bridged: from the emulator's CloudWatch Logs to Kinesis, and from there to whoever asks. */
export interface Subscriptions {
  readonly logGroups: readonly string[];
  /** What has come since the last time, filtered by the pattern of the subscription; nothing of what it leaves out. */
  readonly receive: () => Promise<readonly Delivered[]>;
}

interface Records {
  readonly Records: readonly { readonly Data: string }[];
  readonly NextShardIterator: string;
}

/** Puts the filters of the stack's template onto their log groups, which exist already. */
export const subscribe = async (endpoint: string, { name, resources }: Stack): Promise<Subscriptions> => {
  const kinesis = async <T>(action: string, input: object): Promise<T> =>
    callJson<T>(endpoint, `Kinesis_20131202.${action}`, { StreamName: name, ...input });
  const destinationArn = `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${name}`;

  const filters = resources
    .filter(({ type }) => type === 'AWS::Logs::SubscriptionFilter')
    .map(({ properties }) => properties as unknown as Filter);
  await kinesis('CreateStream', { ShardCount: 1 });
  for (const { LogGroupName: logGroupName, FilterName: filterName, FilterPattern } of filters)
    await callJson(endpoint, 'Logs_20140328.PutSubscriptionFilter', {
      ...{ logGroupName, filterName, filterPattern: FilterPattern },
      ...{ destinationArn, roleArn: ROLE_ARN },
    });
  let { ShardIterator: iterator } = await kinesis<{ readonly ShardIterator: string }>('GetShardIterator', {
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'TRIM_HORIZON',
  });

  const delivered = ({ Data }: { readonly Data: string }): Delivered => {
    const data = JSON.parse(gunzipSync(Buffer.from(Data, 'base64')).toString()) as LogEvents;
    const filter = filters.find(({ LogGroupName }) => LogGroupName === data.logGroup);
    if (filter === undefined) throw new Error(`no subscription of the stack is for ${data.logGroup}`);
    // The emulator delivers everything: it takes no notice of patterns.
    const matches = filterPattern(filter.FilterPattern);
    const logEvents = data.logEvents.filter(({ message }) => matches(message));
    const packed = gzipSync(JSON.stringify({ ...data, logEvents })).toString('base64');
    return {
      event: { awslogs: { data: packed } },
      logGroup: data.logGroup,
      functionArn: filter.DestinationArn,
      matched: logEvents.length,
      dropped: data.logEvents.length - logEvents.length,
    };
  };
  const receive = async (): Promise<readonly Delivered[]> => {
    const { Records, NextShardIterator } = await callJson<Records>(endpoint, 'Kinesis_20131202.GetRecords', {
      ShardIterator: iterator,
    });
    iterator = NextShardIterator;
    return Records.map(delivered).filter(({ matched }) => matched > 0);
  };
  return { logGroups: filters.map(({ LogGroupName }) => LogGroupName), receive };
};
