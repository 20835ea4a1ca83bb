import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { SIGNALS } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import { forwardingOf } from './forwarding.ts';
import { opened } from './stored-files.ts';
import { eventOf, line } from './telemetry.ts';

/** What a letter's key may look like, and nothing else. */
const KEY =
  /^(pending|quarantine)\/(otlp_http(%2F[A-Za-z0-9._~%-]+)?|lines)\/(traces|metrics|logs|[a-z_0-9]+)\/\d{8}T\d{6}\.\d{3}Z\/[0-9a-f]{64}$/;

const DOWN = { endpoint: 'http://127.0.0.1:1', retry: { enabled: false } };

const HOSTILE_NAMES = [
  '../../../../etc/passwd',
  '..',
  '/',
  'a/../../b',
  'pending/otlp_http/traces',
  '\u0000',
  'a\nb',
  '\ud800',
  '%2e%2e%2f',
  '..\\..\\windows',
  's3://other-bucket/x',
  '__proto__',
  'x'.repeat(5_000),
];

describe('filling the dead-letter store', () => {
  it('D22: an invocation makes one object per destination, signal and origin, however many lines it has', async () => {
    const { invoke, stored, reports } = await forwardingOf({
      exporters: { 'otlp_http/a': DOWN, 'otlp_http/b': DOWN },
    });
    const lines = Array.from({ length: 3_000 }, (_, index) => line(SIGNALS[index % 3] ?? 'logs', `n${index}`));
    await invoke(eventOf(lines), 20_000);
    const keys = stored().map(({ key }) => key.split('/').slice(0, 3).join('/'));
    expect(keys.sort()).toEqual(
      ['otlp_http%2Fa', 'otlp_http%2Fb'].flatMap((id) =>
        ['logs', 'metrics', 'traces'].map((signal) => `pending/${id}/${signal}`),
      ),
    );
    expect(reports[0]).toMatchObject({ lines: { decoded: 3_000 }, balanced: true });
  });

  it('D16, D22: lines that cannot be read share objects, one per reason', async () => {
    const { invoke, stored } = await forwardingOf();
    const broken = [
      '{"__otel_otlp_stdout":1}',
      '{"resourceSpans":7}',
      line('traces', 'a', { payload: '####' }),
      line('traces', 'a').slice(0, -4),
      line('traces', 'a', { 'content-type': 'text/html' }),
      line('traces', 'a', { payload: 'AAAA' }),
    ];
    await invoke(
      eventOf(
        Array.from({ length: 6_000 }, (_, index) => `${broken[index % broken.length] ?? ''}${' '.repeat(index % 7)}`),
      ),
    );
    expect(stored().length).toBeLessThanOrEqual(broken.length);
    const lines = stored().map((file) => opened(file).header['lines']);
    expect(lines.reduce((sum: number, count) => sum + Number(count), 0)).toBe(6_000);
  });

  it('D20, D22: names of tenants without end become no objects without end', async () => {
    const { invoke, stored, reports } = await forwardingOf({
      exporters: { otlp_http: DOWN },
      encodings: { otlp_stdout: { headers: ['tenant'] } },
    });
    const lines = Array.from({ length: 1_500 }, (_, index) =>
      line('logs', 'n', { headers: { tenant: `made-up-${index}` } }),
    );
    await invoke(eventOf(lines), 60_000);
    expect(stored().length).toBeLessThanOrEqual(1_001);
    expect(reports[0]).toMatchObject({ lines: { in: 1_500, decoded: 1_000, quarantined: 500 }, balanced: true });
  });

  it('D22: the same event again replaces its objects instead of adding to them', async () => {
    const { invoke, stored } = await forwardingOf({ exporters: { otlp_http: DOWN } });
    const event = eventOf([...SIGNALS.map((signal) => line(signal, 'n')), '{"_otel":1}']);
    for (let time = 0; time < 5; time++) await invoke(event);
    expect(stored()).toHaveLength(4);
  });
});

describe('steering the keys of the store', () => {
  it('D22: no word of a line, a log group, a stream, an account or an id gets into a key', async () => {
    const { invoke, stored, folder } = await forwardingOf({
      exporters: { otlp_http: DOWN },
      encodings: { otlp_stdout: { headers: ['tenant'] } },
    });
    for (const name of HOSTILE_NAMES)
      await invoke(
        eventOf([], {
          owner: name,
          logGroup: name,
          logStream: name,
          logEvents: [
            line('traces', name, { source: name, headers: { tenant: name } }),
            line('logs', name, { payload: name }),
          ].map((message, index) => ({ id: name + String(index), message, timestamp: 1_795_000_000_000 })),
        }),
      );
    expect(stored().length).toBeGreaterThan(HOSTILE_NAMES.length);
    for (const { key } of stored()) expect(key).toMatch(KEY);
    expect(readdirSync(dirname(folder)).sort()).toEqual(['forwarder.json', 'letters']);
  });

  it('D22: times of events that no clock shows become times all the same', async () => {
    const { invoke, stored, reports } = await forwardingOf({ exporters: { otlp_http: DOWN } });
    const times = [-1, 1e300, -1e300, 8.64e15 + 1, NaN, '9', null, {}, 253_402_300_800_000];
    for (const timestamp of times)
      await invoke(
        eventOf([], {
          logEvents: [line('traces', 'n'), '{"_otel":1}'].map((message) => ({ id: '1', timestamp, message })),
        }),
      );
    for (const { key } of stored()) expect(key).toMatch(KEY);
    expect(
      reports.every(
        ({ balanced, errors }) => balanced && errors?.every(({ error }) => !error.includes('bug')) === true,
      ),
    ).toBe(true);
  });

  it.each([
    'otlp_http/..',
    'otlp_http/../../../etc',
    'otlp_http/a b',
    'otlp_http/ü',
    'otlp_http/%2e%2e',
    'otlp_http/__proto__',
  ])('D22: the id %s of a destination stays one segment below its prefix', async (id) => {
    const { invoke, stored } = await forwardingOf({ exporters: { [id]: DOWN } });
    await invoke(eventOf([line('traces', 'n')]));
    const [{ key } = { key: '' }, ...others] = stored();
    expect(others).toEqual([]);
    expect(key).toMatch(KEY);
    expect(decodeURIComponent(key.split('/')[1] ?? '')).toBe(id);
  });
});

describe('provoking storms of refused requests', () => {
  it('D10: a collector that answers 401 gets one request per interval, whatever arrives', async () => {
    const { invoke, collector, stored, reports } = await forwardingOf({}, { script: () => ({ status: 401 }) });
    await Promise.all(Array.from({ length: 10 }, (_, index) => invoke(eventOf([line('traces', `first${index}`)]))));
    for (let index = 0; index < 60; index++) await invoke(eventOf([line('traces', `n${index}`)]));
    // Those that were on their way together, and then none in the 30 s of an interval.
    expect(collector.requests.length).toBeLessThanOrEqual(10);
    const { length: before } = collector.requests;
    for (let index = 0; index < 60; index++) await invoke(eventOf([line('traces', `m${index}`)]));
    expect(collector.requests).toHaveLength(before);
    expect(stored().length).toBeGreaterThan(100);
    expect(reports.every(({ balanced }) => balanced)).toBe(true);
  });

  it('D10: with a short interval, one per interval', async () => {
    const { collector } = await forwardingOf({}, { script: () => ({ status: 401 }) });
    const { invoke } = await forwardingOf({
      exporters: { otlp_http: { endpoint: collector.url, breaker: { interval_ms: 200 } } },
    });
    const start = performance.now();
    for (let index = 0; performance.now() - start < 900; index++) await invoke(eventOf([line('traces', `n${index}`)]));
    expect(collector.requests.length).toBeGreaterThanOrEqual(2);
    expect(collector.requests.length).toBeLessThanOrEqual(6);
  });
});
