import type { Forwarder, Report } from '@serverless-otlp/forwarder';
import {
  type FakeCloudWatchLogs,
  type FakeLogEvent,
  logsError,
  startFakeCloudWatchLogs,
} from '@serverless-otlp/testing/fake-cloudwatch-logs';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAsk } from './ask.ts';
import { BackfillError, Interrupted } from './backfill-error.ts';
import { openCheckpoint } from './checkpoint.ts';
import { cloudwatch } from './cloudwatch.ts';
import { createCourier } from './courier.ts';
import { run } from './run.ts';
import type { GroupCounts } from './summary.ts';

const GROUP = '/aws/lambda/app';
const OWNER = '123456789012';
const UNTIL_MS = 2_000;
const LIMITS = { maxLines: 12, maxBytes: 4_000 };
const folder = mkdtempSync(join(tmpdir(), 'backfill-run-'));

let fake: FakeCloudWatchLogs | undefined;
beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => fake?.close());

interface Subscription {
  readonly messageType: string;
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}
const opened = (event: unknown): Subscription => {
  const { data } = (event as { awslogs: { data: string } }).awslogs;
  return JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as Subscription;
};
const REPORT: Report = {
  receiver: 'cloudwatch_logs',
  durationMs: 0,
  lines: { in: 1, decoded: 0, ignored: 1, quarantined: 0 },
  destinations: {},
  balanced: true,
};
const event = (id: number, timestamp: number, logStreamName: string, message = `m${id}`): FakeLogEvent => ({
  eventId: String(id).padStart(56, '0'),
  logStreamName,
  timestamp,
  message,
});

interface RunOf {
  readonly state?: string;
  readonly controller?: AbortController;
  /** Returns the event when it says so. */
  readonly take?: (subscription: Subscription) => boolean;
  readonly firstWait?: () => void;
}
/** Runs once against the fake; what the forwarder took comes back. */
const runOnce = async (url: string, { state = 'state', controller, take, firstWait }: RunOf = {}) => {
  const { signal } = controller ?? new AbortController();
  const taken: Subscription[] = [];
  const clock = {
    now: Date.now,
    random: () => 0,
    sleep: () => {
      firstWait?.();
      return Promise.resolve();
    },
  };
  const quiet = { onTry: () => undefined, onEnd: () => undefined, onWait: () => undefined };
  const courier = createCourier({ clock, signal, ...quiet });
  const forwarder: Forwarder = async (given) => {
    await Promise.resolve();
    const subscription = opened(given);
    courier.onReport(REPORT);
    if (take?.(subscription) === false) throw new Error('goes back to its source');
    taken.push(subscription);
  };
  const path = join(folder, state);
  const times = { sinceMs: 0, untilMs: UNTIL_MS };
  const checkpoint = await openCheckpoint({ path, key: 'k', logGroups: [GROUP], ...times, restart: false });
  const api = await cloudwatch({ region: 'eu-central-1', endpointUrl: url });
  let counts: GroupCounts | undefined;
  let error: unknown;
  try {
    await run([{ group: { identifier: GROUP, name: GROUP }, api, owner: OWNER }], {
      ask: createAsk({ clock, signal, onWait: () => undefined }),
      clock,
      signal,
      limits: LIMITS,
      ...times,
      sending: { forwarder, courier, checkpoint },
      onFault: () => undefined,
      onRead: (_group, read) => (counts = read),
    });
    await checkpoint.finish();
  } catch (thrown) {
    error = thrown;
  } finally {
    await checkpoint.close();
  }
  const ids = taken.flatMap(({ logEvents }) => logEvents.map(({ id }) => Number(id)));
  return { taken, ids, error, counts };
};
const byNumber = (a: number, b: number): number => a - b;

const events = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: UNTIL_MS - 1 }),
      fc.constantFrom('s1', 's2', 's3'),
      fc.integer({ min: 0, max: 500 }),
    ),
    { maxLength: 120 },
  )
  .map((all) => all.map(([time, stream, size], id) => event(id, time, stream, 'x'.repeat(size))));

describe('a backfill', () => {
  it('D28: sends every line of the times exactly once, whatever the volume and the pages, with pages that come twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        fc.boolean(),
        async (all, pageSize, same, twice) => {
          // In one millisecond, all of them: no window is narrow enough.
          const own = same ? all.map((one) => ({ ...one, timestamp: 7 })) : all;
          const beyond = [event(9_000, UNTIL_MS, 's1'), event(9_001, UNTIL_MS + 1, 's1')];
          const groups = { [GROUP]: { events: [...own, ...(twice ? own : []), ...beyond] } };
          const logs = await startFakeCloudWatchLogs({ groups, pageSize });
          const { ids, taken, error, counts } = await runOnce(logs.url);
          await logs.close();
          expect(error).toBeUndefined();
          expect(ids.toSorted(byNumber)).toEqual(own.map((_, index) => index));
          expect(counts?.lines).toBe(own.length);
          for (const { messageType, owner, logGroup, logStream, logEvents } of taken) {
            expect([messageType, owner, logGroup]).toEqual(['DATA_MESSAGE', OWNER, GROUP]);
            for (const { id, timestamp, message } of logEvents)
              expect(own[Number(id)]).toMatchObject({ eventId: id, timestamp, message, logStreamName: logStream });
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('D28: goes on after an interruption, and sends nothing of what was settled again', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(events, fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 4 }), async (all, stops) => {
        const logs = await startFakeCloudWatchLogs({ groups: { [GROUP]: { events: all } }, pageSize: 7 });
        const state = `state-${++runs}`;
        const ids: number[] = [];
        for (const stop of stops) {
          const controller = new AbortController();
          let left = stop;
          const part = await runOnce(logs.url, {
            state,
            controller,
            take: () => {
              if (left-- <= 0) controller.abort();
              return true;
            },
          });
          ids.push(...part.ids);
          if (part.error === undefined)
            ids.length = 0; // It came to its end: the next begins anew.
          else expect(part.error).toBeInstanceOf(Interrupted);
        }
        const rest = await runOnce(logs.url, { state });
        await logs.close();
        expect(rest.error).toBeUndefined();
        expect([...ids, ...rest.ids].toSorted(byNumber)).toEqual(all.map((_, index) => index));
      }),
      { numRuns: 40 },
    );
  });

  it('D28: stops at an event that is given back every time, and sends it in the next run', async () => {
    const all = Array.from({ length: 40 }, (_, id) => event(id, id * 10, `s${id % 5}`));
    fake = await startFakeCloudWatchLogs({ groups: { [GROUP]: { events: all } } });
    const bad = (subscription: Subscription): boolean => !subscription.logEvents.some(({ id }) => Number(id) === 13);
    const first = await runOnce(fake.url, { take: bad });
    expect(first.error).toBeInstanceOf(BackfillError);
    expect(first.ids).not.toContain(13);
    const second = await runOnce(fake.url);
    expect(second.error).toBeUndefined();
    expect([...first.ids, ...second.ids].toSorted(byNumber)).toEqual(all.map((_, index) => index));
    expect(second.counts?.settledBefore ?? 0).toBeLessThanOrEqual(first.ids.length);
  });

  it('D28: an event that was given back is the same to the byte when it is tried again, also by the next run', async () => {
    const all = Array.from({ length: 10 }, (_, id) => event(id, 100, 's'));
    const seen: Subscription[] = [];
    const refuse = (subscription: Subscription): boolean => {
      seen.push(subscription);
      return false;
    };
    fake = await startFakeCloudWatchLogs({ groups: { [GROUP]: { events: all } } });
    await runOnce(fake.url, { take: refuse });
    const { taken } = await runOnce(fake.url);
    expect(seen).toHaveLength(6);
    expect(new Set([...seen, ...taken].map((one) => JSON.stringify(one))).size).toBe(1);
  });

  it('D28: goes on with the very window that was interrupted', async () => {
    const all = Array.from({ length: 60 }, (_, id) => event(id, id * 30, `s${id % 3}`));
    fake = await startFakeCloudWatchLogs({ groups: { [GROUP]: { events: all } }, pageSize: 5 });
    const controller = new AbortController();
    let left = 5;
    await runOnce(fake.url, {
      controller,
      take: () => {
        if (left-- === 0) controller.abort();
        return true;
      },
    });
    const times = fake.calls.map(({ input }) => [input['startTime'], input['endTime']]);
    await runOnce(fake.url);
    const next = fake.calls[times.length]?.input;
    expect([next?.['startTime'], next?.['endTime']]).toEqual(times.at(-1));
    expect(times.at(-1)).not.toEqual([0, UNTIL_MS]);
  });

  it('D28: lines that arrive between two runs, in a window that was begun, are sent too', async () => {
    const all = Array.from({ length: 8 }, (_, id) => event(id, id, `s${id % 4}`));
    fake = await startFakeCloudWatchLogs({ groups: { [GROUP]: { events: all } } });
    const controller = new AbortController();
    const first = await runOnce(fake.url, {
      controller,
      take: () => {
        controller.abort();
        return true;
      },
    });
    await fake.close();
    const late = [event(8, 0, 's0'), event(9, 3, 's9')];
    fake = await startFakeCloudWatchLogs({ groups: { [GROUP]: { events: [...late, ...all] } } });
    const second = await runOnce(fake.url);
    expect([...first.ids, ...second.ids].toSorted(byNumber)).toEqual([...all, ...late].map((_, index) => index));
  });

  it('D28: a token that expires in the middle of a millisecond sends nothing twice', async () => {
    const all = Array.from({ length: 60 }, (_, id) => event(id, 5, 's'));
    let refused = false;
    fake = await startFakeCloudWatchLogs({
      groups: { [GROUP]: { events: all } },
      pageSize: 10,
      answer: ({ input }) => {
        if (refused || input['nextToken'] !== '40' || Number(input['endTime']) - Number(input['startTime']) > 1)
          return undefined;
        refused = true;
        return logsError('InvalidParameterException', 'The specified nextToken is invalid.');
      },
    });
    const { ids, error } = await runOnce(fake.url);
    expect([error, refused]).toEqual([undefined, true]);
    expect(ids.toSorted(byNumber)).toEqual(all.map((_, index) => index));
  });

  it('D28: throttling in the middle is waited for; access that ends in the middle stops it, and it goes on later', async () => {
    const all = Array.from({ length: 60 }, (_, id) => event(id, id * 30, 's'));
    const groups = { [GROUP]: { events: all } };
    fake = await startFakeCloudWatchLogs({
      groups,
      pageSize: 4,
      answer: (_call, index) =>
        index > 12
          ? logsError('ExpiredTokenException', 'expired')
          : index % 3 === 1
            ? logsError('ThrottlingException', 'Rate exceeded')
            : undefined,
    });
    let waits = 0;
    const first = await runOnce(fake.url, { firstWait: () => waits++ });
    expect(String(first.error)).toContain('Renew them');
    expect(waits).toBe(4);
    expect(first.ids.length).toBeGreaterThan(0);
    await fake.close();
    fake = await startFakeCloudWatchLogs({ groups, pageSize: 4 });
    const second = await runOnce(fake.url);
    expect([...first.ids, ...second.ids].toSorted(byNumber)).toEqual(all.map((_, index) => index));
  });
});
