import type { Forwarder, Report } from '@serverless-otlp/forwarder';
import { beforeEach, describe, expect, it } from 'vitest';
import { BackfillError, Interrupted } from './backfill-error.ts';
import { createCourier, type Courier } from './courier.ts';

const report = (durationMs: number): Report => ({
  receiver: 'cloudwatch_logs',
  durationMs,
  lines: { in: 1, decoded: 1, ignored: 0, quarantined: 0 },
  destinations: {},
  balanced: true,
});
const EVENT = { awslogs: { data: '' } };
const WHOLE_WAIT_MS = 38_000;

let controller = new AbortController();
let now = 0;
const slept: number[] = [];
const tries: number[] = [];
const ends: (readonly [number, string])[] = [];
const waits: string[] = [];

beforeEach(() => {
  controller = new AbortController();
  now = 0;
  for (const list of [slept, tries, ends, waits]) list.length = 0;
});

const courier = (onSleep: () => void = () => undefined): Courier =>
  createCourier({
    clock: {
      now: () => now,
      random: () => 0.5,
      sleep: (ms) => {
        slept.push(ms);
        now += ms;
        onSleep();
        return Promise.resolve();
      },
    },
    signal: controller.signal,
    onTry: ({ durationMs }) => tries.push(durationMs),
    onEnd: ({ durationMs }, end) => ends.push([durationMs, end]),
    onWait: (text) => waits.push(text),
  });
/** Gives the event back so many times; the number of the try is in its report. */
const returning = ({ onReport }: Courier, times: number): Forwarder => {
  let calls = 0;
  return () => {
    onReport(report(++calls));
    return calls > times ? Promise.resolve() : Promise.reject(new Error('goes back to its source'));
  };
};

describe('the courier', () => {
  it('D28: settles what the forwarder takes, with a minute for it', async () => {
    const own = courier();
    let remaining = 0;
    await own.deliver((_event, context) => {
      remaining = context.getRemainingTimeInMillis();
      own.onReport(report(1));
      return Promise.resolve();
    }, EVENT);
    expect([remaining, ends, slept]).toEqual([60_000, [[1, 'settled']], []]);
  });

  it('D28: tries again what comes back; only the last try counts', async () => {
    const own = courier();
    await own.deliver(returning(own, 2), EVENT);
    expect(slept).toEqual([1_000, 2_000]);
    expect(tries).toEqual([1, 2, 3]);
    expect(ends).toEqual([[3, 'settled']]);
    expect(waits[0]).toBe('some telemetry was not delivered; trying again in 1 s');
  });

  it('D28: gives up after six tries over more time than a breaker stays open, and says what to do', async () => {
    const own = courier();
    const delivered = own.deliver(returning(own, 99), EVENT);
    await expect(delivered).rejects.toThrow(BackfillError);
    await expect(delivered).rejects.toThrow(/did not take telemetry in 6 tries.*--destination/);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(WHOLE_WAIT_MS);
    expect(ends).toEqual([[6, 'returned']]);
  });

  it('D28: does not try again once interrupted', async () => {
    const own = courier(() => controller.abort());
    await expect(own.deliver(returning(own, 99), EVENT)).rejects.toThrow(Interrupted);
    expect(ends).toEqual([[2, 'returned']]);
    expect(slept).toHaveLength(1);
  });

  it('D28: finds the report of each of several events under way', async () => {
    const own = courier();
    const forwarder: Forwarder = async (event) => {
      const { data } = (event as typeof EVENT).awslogs;
      await new Promise((resolve) => setTimeout(resolve, 20 - Number(data)));
      own.onReport(report(Number(data)));
    };
    await Promise.all([1, 10, 5].map((data) => own.deliver(forwarder, { awslogs: { data: String(data) } })));
    expect(ends.map(([id]) => id)).toEqual([10, 5, 1]);
  });

  it('D28: lets a bug of the forwarder through', async () => {
    const own = courier();
    await expect(own.deliver(() => Promise.reject(new TypeError('bug')), EVENT)).rejects.toThrow(TypeError);
    await expect(own.deliver(() => Promise.resolve(), EVENT)).rejects.toThrow('gave no report');
  });
});
