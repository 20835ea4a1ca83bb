import type { LogsApi, Page, StoredLine } from './logs-api.ts';

/** Where CloudWatch Logs is; what is left out, the SDK takes from variables and profiles. */
export interface CloudWatchOptions {
  readonly region?: string;
  readonly endpointUrl?: string;
}

/** An answer that lacks what every answer of CloudWatch Logs has. */
class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

interface MaybeEvent {
  readonly eventId?: string | undefined;
  readonly logStreamName?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
}

const lineOf = (event: MaybeEvent | null): StoredLine => {
  const { eventId, logStreamName, timestamp, message } = event ?? {};
  // Without its id a line can neither be told from its double nor be remembered as sent.
  if (typeof eventId !== 'string' || typeof logStreamName !== 'string' || !Number.isFinite(timestamp))
    throw new MalformedAnswer('an event without id, stream or time');
  return { id: eventId, logStream: logStreamName, timestamp: Number(timestamp), message: message ?? '' };
};

const isArn = (logGroup: string): boolean => logGroup.startsWith('arn:');

const ownerOf = (arn: string | undefined): string | undefined =>
  /^arn:aws[a-z-]*:logs:[a-z0-9-]*:(\d{12}):/.exec(arn ?? '')?.[1];

/** The real CloudWatch Logs. The SDK is loaded here and not before: no other command needs it. */
export const cloudwatch = async ({ region, endpointUrl }: CloudWatchOptions): Promise<LogsApi> => {
  const { CloudWatchLogsClient, DescribeLogGroupsCommand, FilterLogEventsCommand } =
    await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient({
    // Trying again is decided in one place, where it is also told.
    maxAttempts: 1,
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
  });
  const ownRegion = await client.config.region();
  const options = (signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } =>
    signal === undefined ? {} : { abortSignal: signal };
  return {
    place: endpointUrl === undefined ? ownRegion : `${ownRegion} at ${endpointUrl}`,
    page: async ({ logGroup, fromMs, toMs, filterPattern, nextToken }, signal): Promise<Page> => {
      const command = new FilterLogEventsCommand({
        ...(isArn(logGroup) ? { logGroupIdentifier: logGroup } : { logGroupName: logGroup }),
        startTime: fromMs,
        // The documentation of this call includes the end, that of its sibling GetLogEvents does not. Whoever reads drops what is beyond.
        endTime: toMs,
        ...(filterPattern === undefined ? {} : { filterPattern }),
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const answer = await client.send(command, options(signal));
      const lines = (answer.events ?? []).map(lineOf);
      return answer.nextToken === undefined || answer.nextToken === ''
        ? { lines }
        : { lines, nextToken: answer.nextToken };
    },
    describe: async (logGroup, signal) => {
      let nextToken: string | undefined;
      do {
        const command = new DescribeLogGroupsCommand({
          ...(isArn(logGroup) ? { logGroupIdentifiers: [logGroup] } : { logGroupNamePrefix: logGroup }),
          ...(nextToken === undefined ? {} : { nextToken }),
        });
        const answer = await client.send(command, options(signal));
        for (const { logGroupName, logGroupArn, arn, retentionInDays } of answer.logGroups ?? []) {
          const ownArn = (logGroupArn ?? arn)?.replace(/:\*$/, '');
          if ((isArn(logGroup) ? ownArn : logGroupName) !== logGroup) continue;
          const owner = ownerOf(ownArn);
          return {
            ...(owner === undefined ? {} : { owner }),
            ...(retentionInDays === undefined ? {} : { retentionDays: retentionInDays }),
          };
        }
        nextToken = answer.nextToken;
      } while (nextToken !== undefined && nextToken !== '' && signal?.aborted !== true);
      return undefined;
    },
  };
};
