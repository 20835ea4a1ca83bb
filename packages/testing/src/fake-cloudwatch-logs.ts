import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A log event as the fake keeps it. */
export interface FakeLogEvent {
  readonly eventId: string;
  readonly logStreamName: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

/** A log group as the fake keeps it. */
export interface FakeLogGroup {
  readonly retentionInDays?: number;
  readonly events: readonly FakeLogEvent[];
}

/** One call as it arrived. */
export interface LogsCall {
  /** Without the prefix, such as `FilterLogEvents`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What to answer: a status with a body as JSON or text; `drop` closes the connection instead. */
export type LogsAnswer = { readonly status?: number; readonly body: unknown } | { readonly drop: true };

/** How a fake behaves. */
export interface FakeCloudWatchLogsOptions {
  readonly groups?: Readonly<Record<string, FakeLogGroup>>;
  /** The account all log groups belong to; default 123456789012. */
  readonly account?: string;
  /** Events on one page; default 10 000. */
  readonly pageSize?: number;
  /** Answers a call instead of the log groups, unless it returns `undefined`. `index` counts all calls from 0. */
  readonly answer?: (call: LogsCall, index: number) => LogsAnswer | undefined | Promise<LogsAnswer | undefined>;
}

/** The part of CloudWatch Logs that reading takes, on a free port of 127.0.0.1. */
export interface FakeCloudWatchLogs {
  readonly url: string;
  readonly calls: readonly LogsCall[];
  close(): Promise<void>;
}

/** The answer of AWS to what goes wrong, such as `ThrottlingException`. */
export const logsError = (type: string, message: string, status = 400): LogsAnswer => ({
  status,
  body: { __type: type, message },
});

const TYPE = 'application/x-amz-json-1.1';
const nameIn = (identifier: string): string => /:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier;

/**
 * Starts a fake of CloudWatch Logs that speaks its JSON protocol; close it in the end.
 *
 * @example const logs = await startFakeCloudWatchLogs({ groups: { '/aws/lambda/app': { events } }, pageSize: 10 });
 */
export const startFakeCloudWatchLogs = async (options: FakeCloudWatchLogsOptions = {}): Promise<FakeCloudWatchLogs> => {
  const { groups = {}, account = '123456789012', pageSize = 10_000, answer } = options;
  const calls: LogsCall[] = [];

  const sorted = new Map<FakeLogGroup, readonly FakeLogEvent[]>();
  const inOrder = (group: FakeLogGroup): readonly FakeLogEvent[] => {
    const events = sorted.get(group) ?? group.events.toSorted((a, b) => a.timestamp - b.timestamp);
    sorted.set(group, events);
    return events;
  };

  const filter = (input: LogsCall['input']): LogsAnswer => {
    const name = nameIn(String(input['logGroupIdentifier'] ?? input['logGroupName']));
    const group = groups[name];
    if (group === undefined) return logsError('ResourceNotFoundException', 'The specified log group does not exist.');
    const [from, to] = [Number(input['startTime'] ?? 0), Number(input['endTime'] ?? Infinity)];
    const matching = inOrder(group).filter(({ timestamp }) => timestamp >= from && timestamp <= to);
    const at = Number(input['nextToken'] ?? 0);
    const events = matching.slice(at, at + pageSize).map((event) => ({ ...event, ingestionTime: event.timestamp }));
    const more = at + pageSize < matching.length;
    return { body: { events, searchedLogStreams: [], ...(more ? { nextToken: String(at + pageSize) } : {}) } };
  };

  const describe = ({ logGroupNamePrefix: prefix, logGroupIdentifiers: ids }: LogsCall['input']): LogsAnswer => {
    const wanted = Array.isArray(ids) ? ids.map(String).map(nameIn) : undefined;
    const start = typeof prefix === 'string' ? prefix : '';
    const logGroups = Object.entries(groups)
      .filter(([name]) => wanted?.includes(name) ?? name.startsWith(start))
      .map(([logGroupName, { retentionInDays }]) => {
        const logGroupArn = `arn:aws:logs:eu-central-1:${account}:log-group:${logGroupName}`;
        return { logGroupName, logGroupArn, arn: `${logGroupArn}:*`, retentionInDays, storedBytes: 0 };
      });
    return { body: { logGroups } };
  };

  const usual = ({ action, input }: LogsCall): LogsAnswer =>
    action === 'FilterLogEvents'
      ? filter(input)
      : action === 'DescribeLogGroups'
        ? describe(input)
        : logsError('UnknownOperationException', action);

  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const action = String(request.headers['x-amz-target']).replace('Logs_20140328.', '');
      const call = { action, input: JSON.parse(Buffer.concat(chunks).toString()) as LogsCall['input'] };
      const index = calls.push(call) - 1;
      const given = (await answer?.(call, index)) ?? usual(call);
      if ('drop' in given) return void request.socket.destroy();
      response.writeHead(given.status ?? 200, { 'content-type': TYPE });
      response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
