import {
  type FakeCloudWatchLogs,
  type FakeCloudWatchLogsOptions,
  logsError,
  startFakeCloudWatchLogs,
} from '@serverless-otlp/testing/fake-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { createAsk } from './ask.ts';
import { BackfillError } from './backfill-error.ts';
import { logGroupOf } from './log-group.ts';
import { createRegions } from './regions.ts';
import { type Target, targetOf } from './targets.ts';

let fake: FakeCloudWatchLogs | undefined;
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake?.close();
});

const groups = { '/a': { events: [] }, '/a/b': { events: [], retentionInDays: 7 } };
const ARN = 'arn:aws:logs:us-east-1:999999999999:log-group:/a/b';

const target = async (name: string, options: FakeCloudWatchLogsOptions, owner?: string): Promise<Target> => {
  fake = await startFakeCloudWatchLogs(options);
  const clock = { now: Date.now, random: () => 0, sleep: () => Promise.resolve() };
  const ask = createAsk({ clock, signal: new AbortController().signal, onWait: () => undefined });
  const apiFor = createRegions({ region: 'eu-central-1', endpointUrl: fake.url });
  return targetOf(logGroupOf(name), { ask, apiFor, ...(owner === undefined ? {} : { owner }) });
};

describe('what has to be known of a log group', () => {
  it('D28: account and retention come from DescribeLogGroups, of exactly this log group', async () => {
    expect(await target('/a', { groups, account: '111111111111' })).toMatchObject({ owner: '111111111111' });
    await fake?.close();
    expect(await target('/a/b', { groups })).toMatchObject({ owner: '123456789012', retentionDays: 7 });
  });

  it('D28: is looked for on every page', async () => {
    const pages = [
      { logGroups: [{ logGroupName: '/a-1', arn: 'x' }], nextToken: '1' },
      { logGroups: [{ logGroupName: '/a', arn: 'arn:aws:logs:eu-central-1:222222222222:log-group:/a:*' }] },
    ];
    const answer: FakeCloudWatchLogsOptions['answer'] = (_call, index) => ({ body: pages[index] });
    expect(await target('/a', { answer })).toMatchObject({ owner: '222222222222' });
    expect(fake?.calls[1]?.input).toEqual({ logGroupNamePrefix: '/a', nextToken: '1' });
  });

  it('D28: the account is that of the ARN, in the Region of the ARN', async () => {
    const found = await target(`${ARN}:*`, { groups, account: '999999999999' });
    expect(found).toMatchObject({ owner: '999999999999', group: { identifier: ARN, name: '/a/b' } });
    expect(found.api.place).toContain('us-east-1');
    expect(fake?.calls[0]?.input).toEqual({ logGroupIdentifiers: [ARN] });
  });

  it.each([
    ['a log group of another account, which only reading tells', {}],
    ['a log group nobody may describe', { answer: () => logsError('AccessDeniedException', 'no') }],
    [
      'a CloudWatch Logs that does not know identifiers',
      { answer: () => logsError('InvalidParameterException', 'no') },
    ],
  ])('D28: an ARN is enough for %s', async (_what, options) => {
    expect(await target(ARN, options)).toMatchObject({ owner: '999999999999' });
  });

  it('D28: so is --owner where describing is not allowed', async () => {
    const answer = () => logsError('AccessDeniedException', 'no');
    expect(await target('/a', { answer }, '333333333333')).toMatchObject({ owner: '333333333333' });
    await fake?.close();
    const failed = target('/a', { answer });
    await expect(failed).rejects.toThrow(BackfillError);
    await expect(failed).rejects.toThrow(/Allow logs:DescribeLogGroups, give its ARN, or the account with --owner/);
  });

  it('D28: a log group that is not there is a mistake, also with --owner', async () => {
    const failed = target('/b', { groups }, '333333333333');
    await expect(failed).rejects.toThrow(UsageError);
    await expect(failed).rejects.toThrow(/there is no log group \/b in eu-central-1 at .*Check --log-group/);
  });

  it('D28: an account that is not told is never guessed', async () => {
    const answer = () => ({ body: { logGroups: [{ logGroupName: '/a' }] } });
    await expect(target('/a', { answer })).rejects.toThrow(/does not tell whose .*Give --owner/);
  });
});
