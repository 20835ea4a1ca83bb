import {
  type FakeCloudWatchLogs,
  logsError,
  type LogsAnswer,
  startFakeCloudWatchLogs,
} from '@serverless-otlp/testing/fake-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { createAsk, ParameterRefused } from './ask.ts';
import { BackfillError, Denied, Interrupted } from './backfill-error.ts';
import { cloudwatch } from './cloudwatch.ts';
import type { Page } from './logs-api.ts';

const GROUP = '/aws/lambda/app';
const EMPTY: LogsAnswer = { body: { events: [] } };

let fake: FakeCloudWatchLogs | undefined;
let controller = new AbortController();
let onSleep = (): void => undefined;
const slept: number[] = [];
const told: string[] = [];

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary-secret');
  controller = new AbortController();
  onSleep = () => undefined;
  slept.length = 0;
  told.length = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake?.close();
});

/** Asks for a page of a fake that answers like this. */
const page = async (answers: readonly LogsAnswer[] | LogsAnswer): Promise<Page> => {
  fake = await startFakeCloudWatchLogs({
    answer: (_call, index) =>
      (Array.isArray(answers) ? (answers as readonly LogsAnswer[])[index] : (answers as LogsAnswer)) ?? EMPTY,
  });
  const api = await cloudwatch({ region: 'eu-central-1', endpointUrl: fake.url });
  const clock = {
    now: Date.now,
    random: () => 0.5,
    sleep: (ms: number) => {
      slept.push(ms);
      onSleep();
      return Promise.resolve();
    },
  };
  const ask = createAsk({ clock, signal: controller.signal, onWait: (text) => told.push(text) });
  const subject = { action: 'logs:FilterLogEvents', logGroup: GROUP, place: 'eu-central-1' };
  return ask(subject, (signal) => api.page({ logGroup: GROUP, fromMs: 0, toMs: 1 }, signal));
};
const failure = async (answers: readonly LogsAnswer[] | LogsAnswer): Promise<Error> => {
  const error: unknown = await page(answers).catch((thrown: unknown) => thrown);
  if (!(error instanceof Error)) throw new Error('it did not fail');
  return error;
};

const THROTTLED = logsError('ThrottlingException', 'Rate exceeded');

describe('asking CloudWatch Logs', () => {
  it('D28: waits longer and longer, and by chance, while it is throttled', async () => {
    await expect(page([THROTTLED, THROTTLED, THROTTLED, THROTTLED])).resolves.toEqual({ lines: [] });
    expect(slept).toEqual([187.5, 375, 750, 1500]);
    expect(told).toEqual([]);
  });

  it('D28: tells long waits, and gives up in the end with what to do', async () => {
    const error = await failure(THROTTLED);
    expect(error).toBeInstanceOf(BackfillError);
    expect(error.message).toMatch(/throttled 16 requests in a row: .*quota of logs:FilterLogEvents/);
    expect(slept).toHaveLength(15);
    expect(Math.max(...slept)).toBe(15_000);
    expect(told[0]).toBe('CloudWatch Logs in eu-central-1: throttled; trying again in 6 s');
  });

  it.each<[string, LogsAnswer]>([
    ['an outage', { status: 503, body: 'canary-page' }],
    ['an internal failure', logsError('InternalFailure', 'x', 500)],
    ['a lost connection', { drop: true }],
    ['an answer that is no JSON', { body: '<html>canary-page' }],
    ['half an answer', { body: '{"events":[{"message":"canary-page' }],
    ['an event without id', { body: { events: [{ message: 'canary-page', logStreamName: 's', timestamp: 1 }] } }],
    ['an event that is none', { body: { events: [null] } }],
  ])('D28: survives %s, and gives up without repeating what was in it', async (_what, answer) => {
    await expect(page([answer, answer])).resolves.toEqual({ lines: [] });
    await fake?.close();
    const error = await failure(answer);
    expect(error).toBeInstanceOf(BackfillError);
    expect(error.message).toMatch(/did not answer 16 times in a row \(.+\)\. Check --region/);
    expect(error.message + told.join('')).not.toContain('canary');
  });

  it.each<[string, LogsAnswer, abstract new () => Error, RegExp]>([
    [
      'access denied',
      logsError('AccessDeniedException', 'User: arn:aws:iam::1:user/me is not authorized'),
      Denied,
      /not allowed to read \/aws\/lambda\/app in eu-central-1 .*user\/me.* Allow logs:FilterLogEvents .* another account/,
    ],
    [
      'a missing log group',
      logsError('ResourceNotFoundException', 'x'),
      UsageError,
      /there is no log group .*Check --log-group, --region/,
    ],
    ['expired credentials', logsError('ExpiredTokenException', 'x'), BackfillError, /Renew them/],
    ['unknown credentials', logsError('UnrecognizedClientException', 'x'), BackfillError, /Renew them/],
    ['a parameter that is refused', logsError('InvalidParameterException', 'why'), ParameterRefused, /why/],
    ['anything else', logsError('SomethingNew\u001b[31m', 'x'), BackfillError, /refuses to read .*SomethingNew\\x1b/],
  ])('D28: %s is not tried again, and told with the remedy', async (_what, answer, type, message) => {
    const error = await failure(answer);
    expect(error).toBeInstanceOf(type);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('canary');
    expect(slept).toEqual([]);
  });

  it('D28: stops asking when it is interrupted', async () => {
    controller.abort();
    expect(await failure(THROTTLED)).toBeInstanceOf(Interrupted);
    expect(slept).toEqual([]);
    await fake?.close();
    controller = new AbortController();
    onSleep = () => controller.abort();
    expect(await failure(THROTTLED)).toBeInstanceOf(Interrupted);
    expect(slept).toHaveLength(1);
  });

  it('D28: says that a Region or credentials are missing', async () => {
    const ask = createAsk({
      clock: { now: Date.now, random: () => 0, sleep: () => Promise.resolve() },
      signal: controller.signal,
      onWait: () => undefined,
    });
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    const subject = { action: 'a', logGroup: 'g', place: 'p' };
    await expect(ask(subject, () => cloudwatch({}))).rejects.toThrow('no AWS Region is set. Give --region');
  });
});
