import { describe, expect, it } from 'vitest';
import { assumptionsOf } from './assumptions.ts';
import { collectorBill, linesBill } from './model.ts';
import { type PriceList, priceListOf } from './price-list.ts';

const usage = { invocations: 1e6, linesPerInvocation: 1, durationMs: 100, memoryMb: 512, retentionDays: 30 };
const round: PriceList = priceListOf(
  'nowhere',
  new Map([
    ['lambda_request', 1e-6],
    ['lambda_gb_second', 1e-5],
    ['logs_ingested_gb', 1],
    ['logs_stored_gb_month', 0.1],
    ['s3_write', 1e-3],
    ['s3_read', 1e-4],
    ['metric_month', 0.5],
    ['alarm_month', 0.25],
    ['dashboard_month', 2],
  ]),
);
const assume = (given: Readonly<Record<string, number>>, memoryMb = 512) =>
  assumptionsOf(new Map(Object.entries(given)), memoryMb);

describe('the bill of lines', () => {
  it('adds up what AWS bills, by hand', () => {
    const { items, usd } = linesBill(
      usage,
      974,
      assume({ forwarder_ms: 40, forwarder_log_bytes: 500, redrive_runs: 1000, redrive_ms: 100, stored_percent: 1 }),
      round,
    );
    const expected = {
      'lines, ingested': 1, // 1e6 × (974 + 26) bytes
      'logs, kept': 0.15, // 1.5 GB for a month
      'forwarder, requests': 1.001,
      'forwarder, duration': 0.2005, // 1e6 × 40 ms × 0.5 GB and 1000 × 100 ms × 0.5 GB
      'forwarder, its log': 0.5,
      'dead letters': 11, // 10 000 events
      'metrics, alarms, dashboard': 8.75, // 6 × 0.50, 15 × 0.25 and 2
    };
    expect(items.map(({ name }) => name)).toEqual(Object.keys(expected));
    for (const { name, usd: one } of items) expect(one).toBeCloseTo(expected[name as keyof typeof expected], 9);
    expect(usd).toBeCloseTo(22.6015, 9);
  });

  it('is the fixed part alone when nothing is invoked, and finite when everything is', () => {
    const { items } = linesBill({ ...usage, invocations: 0 }, 1000, assume({}), round);
    expect(items.find(({ name }) => name === 'lines, ingested')?.usd).toBe(0);
    const { usd } = linesBill({ ...usage, invocations: 1e15, linesPerInvocation: 1e15 }, 1e6, assume({}), round);
    expect(Number.isFinite(usd)).toBe(true);
  });

  it('says that it does not know what nobody found', () => {
    const { items, usd } = linesBill(usage, 1000, assume({}), priceListOf('eu-west-1', new Map()));
    expect(items.filter((item) => item.usd === undefined)).toEqual([{ name: 'dead letters', usd: undefined }]);
    expect(usd).toBeGreaterThan(0);
  });

  it('gets cheaper with more lines an event, at no other price', () => {
    const one = linesBill(usage, 1000, assume({}), round);
    const ten = linesBill(usage, 1000, assume({ lines_per_event: 10 }), round);
    expect(ten.items[0]).toEqual(one.items[0]);
    expect(ten.usd).toBeLessThan(one.usd);
  });
});

describe('the bill of a Collector in the function', () => {
  it('is what it adds: time, cold starts, memory', () => {
    const { items, usd } = collectorBill(
      usage,
      assume({ collector_ms: 20, collector_init_ms: 300, cold_percent: 2, collector_memory_mb: 256 }),
      round,
    );
    expect(items.map(({ usd: one }) => Number(one?.toFixed(9)))).toEqual([
      0.1, // 1e6 × 20 ms × 0.5 GB
      0.03, // 20 000 × 300 ms × 0.5 GB
      0.315, // (1e6 × 120 ms + 20 000 × 300 ms) × 0.25 GB
    ]);
    expect(usd).toBeCloseTo(0.445, 9);
  });

  it('takes longer where there is less processor', () => {
    expect(assume({}, 128).collector_ms.value).toBe(71.4);
    expect(assume({}, 3008).collector_ms.value).toBe(23);
  });
});

describe('assumptions', () => {
  it('are refused when there is no such name, or the value cannot be', () => {
    expect(() => assume({ magic: 1 })).toThrow('There are lines_per_event, forwarder_memory_mb');
    expect(() => assume({ cold_percent: 101 })).toThrow('at most 100');
    expect(() => assume({ lines_per_event: 0 })).toThrow('from 1 to 10000');
    expect(assume({ alarms: 0 }).alarms).toEqual({ name: 'alarms', value: 0, why: 'as given' });
  });
});
