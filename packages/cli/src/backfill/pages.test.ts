import {
  type FakeCloudWatchLogs,
  logsError,
  type LogsAnswer,
  startFakeCloudWatchLogs,
} from '@serverless-otlp/testing/fake-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { createAsk } from './ask.ts';
import { BackfillError } from './backfill-error.ts';
import { cloudwatch } from './cloudwatch.ts';
import { pagesOf } from './pages.ts';

const GROUP = '/aws/lambda/app';
let fake: FakeCloudWatchLogs | undefined;
const slept: number[] = [];

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  slept.length = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake?.close();
});

const event = (eventId: string): object => ({ eventId, logStreamName: 's', timestamp: 5, message: `m${eventId}` });
const answer = (ids: readonly string[], nextToken?: string): LogsAnswer => ({
  body: { events: ids.map(event), ...(nextToken === undefined ? {} : { nextToken }) },
});

/** Ids of all pages of a fake that answers by token. */
const read = async (
  answers: (token: string | undefined, index: number) => LogsAnswer,
): Promise<readonly (readonly string[])[]> => {
  fake = await startFakeCloudWatchLogs({
    answer: ({ input }, index) => answers(input['nextToken'] as string | undefined, index),
  });
  const clock = {
    now: Date.now,
    random: () => 0,
    sleep: (ms: number) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const { signal } = new AbortController();
  const api = await cloudwatch({ region: 'eu-central-1', endpointUrl: fake.url });
  const subject = { action: 'logs:FilterLogEvents', logGroup: GROUP, place: 'eu-central-1' };
  const options = { api, ask: createAsk({ clock, signal, onWait: () => undefined }), subject, clock, signal };
  const pages: string[][] = [];
  for await (const page of pagesOf({ logGroup: GROUP, fromMs: 1, toMs: 9, filterPattern: 'x' }, options))
    pages.push(page.map(({ id }) => id));
  return pages;
};
const inTurn =
  (...answers: readonly LogsAnswer[]) =>
  (_token: string | undefined, index: number): LogsAnswer =>
    answers[index] ?? answer([]);

describe('pages', () => {
  it('D28: are read to the last, over empty ones; the question stays the same', async () => {
    expect(await read(inTurn(answer([], 't1'), answer(['a', 'b'], 't2'), answer([], 't3'), answer(['c'])))).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
    const question = { logGroupName: GROUP, startTime: 1, endTime: 9, filterPattern: 'x' };
    expect(fake?.calls.map(({ input }) => input)).toEqual([
      question,
      { ...question, nextToken: 't1' },
      { ...question, nextToken: 't2' },
      { ...question, nextToken: 't3' },
    ]);
  });

  it('D28: an ARN is asked for as one', async () => {
    fake = await startFakeCloudWatchLogs({ answer: () => answer([]) });
    const api = await cloudwatch({ region: 'eu-central-1', endpointUrl: fake.url });
    const arn = `arn:aws:logs:eu-central-1:123456789012:log-group:${GROUP}`;
    await api.page({ logGroup: arn, fromMs: 0, toMs: 1 });
    expect(fake.calls[0]?.input).toEqual({ logGroupIdentifier: arn, startTime: 0, endTime: 1 });
  });

  it('D28: a token that has expired means to begin again at the first page', async () => {
    const expired = logsError('InvalidParameterException', 'The specified nextToken is invalid.');
    let first = 0;
    const pages = await read((token) => {
      if (token === undefined) return answer(['a'], first++ === 0 ? 'old' : 'new');
      return token === 'old' ? expired : answer(['b']);
    });
    expect(pages).toEqual([['a'], ['a'], ['b']]);
  });

  it('D28: tokens that are always refused come to an end', async () => {
    const expired = logsError('InvalidParameterException', 'The specified nextToken is invalid.');
    const reading = read((token) => (token === undefined ? answer(['a'], 't') : expired));
    await expect(reading).rejects.toThrow(BackfillError);
    await expect(reading).rejects.toThrow('refuses its own tokens');
    expect(fake?.calls).toHaveLength(8);
  });

  it('D28: without a token it is the question that is refused, and the person told why', async () => {
    const reading = read(() => logsError('InvalidParameterException', 'Invalid filter pattern'));
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(/Invalid filter pattern.*Check --filter-pattern/);
  });

  it('D28: the same token again is waited for, within bounds', async () => {
    const patient = await read((token, index) =>
      index === 0 ? answer([], 't') : index < 20 ? answer([], token) : answer(['a']),
    );
    expect(patient).toEqual([['a']]);
    expect(slept).toHaveLength(19);
    await fake?.close();
    await expect(read(() => answer([], 't'))).rejects.toThrow('comes to no end');
  });
});
