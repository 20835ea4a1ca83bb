import { randomBytes } from 'node:crypto';

import { readLetter } from '@serverless-otlp/forwarder';
import { describe, expect, it, onTestFinished } from 'vitest';

import { became, errorsOf, expectAll, expectPending } from './outage-checks.ts';
import { linesOf, openWorld, SICK } from './outage-world.ts';
import { startRelay } from './relay.ts';
import { SIGNALS } from './schema.ts';

const NOT_SENT = 'not sent, the breaker is open: ';

describe('a Collector without memory', () => {
  const ANSWER = 'HOST answered 503: data refused due to high memory usage';

  it('D5, D22a: refuses; what it refused waits, and arrives once it has been given some', async () => {
    const world = await openWorld();
    await world.sick.start({ outOfMemory: true });
    const forward = await world.environment();
    for (const seed of ['a', 'b', 'c']) {
      const report = await forward(linesOf(seed));
      expectPending(report);
      for (const error of errorsOf(report)) expect([ANSWER, NOT_SENT + ANSWER]).toContain(error);
    }
    const inVain = await world.redrive();
    expect(inVain.destinations[SICK]).toMatchObject({ redriven: 0, items: 0, quarantined: 0, more: true });
    await world.sick.start();
    await world.redriveAll();
    await expectAll(world);
  });
});

describe('a Collector that takes small requests only', () => {
  const LIMIT = 4_000;
  const ANSWER = 'HOST answered 400: http: request body too large';

  /** A log record that no compression makes small. */
  const largeLog = (bytes: number): string => {
    const body = { stringValue: randomBytes(bytes / 2).toString('hex') };
    return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: '1', body }] }] }] });
  };

  it.each([10_000, 700_000])(
    'D12: gets all but one item of %i bytes, which waits in the quarantine until it takes larger ones',
    async (bytes) => {
      const world = await openWorld();
      await world.sick.start({ maxRequestBytes: LIMIT });
      const forward = await world.environment();
      const report = await forward([...linesOf('a', 12), largeLog(bytes), ...linesOf('b', 12)]);
      for (const signal of SIGNALS) expect(became(report, signal)).toMatchObject({ pending: 0, returned: 0 });
      expect(became(report, 'logs')).toMatchObject({ quarantined: 1 });
      expect(errorsOf(report)).toEqual([ANSWER]);
      const [key = '', ...others] = await world.storedKeys();
      expect(others).toEqual([]);
      expect(report.quarantined).toMatchObject([{ destination: SICK, signal: 'logs', items: 1, key }]);
      const { header } = readLetter((await world.store.get(key)) ?? new Uint8Array());
      expect(header).toMatchObject({ items: 1, attempts: 1, signal: 'logs' });
      expect(header.reason).toMatch(/^127\.0\.0\.1:\d+ answered 400: http: request body too large$/);

      await world.redriveAll();
      await world.redrive({ state: 'quarantine' });
      expect(await world.storedKeys()).toEqual([key]);
      await world.sick.start({ maxRequestBytes: 2_000_000 });
      await world.redriveAll({ state: 'quarantine' });
      await expectAll(world);
    },
  );

  it('D12: a redrive divides what waited, too, and sets aside what it cannot', async () => {
    const world = await openWorld();
    const forward = await world.environment();
    const large = largeLog(10_000);
    for (const lines of [linesOf('a', 12), [...linesOf('b', 12), large], linesOf('c', 12)])
      expectPending(await forward(lines));
    await world.sick.start({ maxRequestBytes: LIMIT });
    await world.redriveAll();
    expect(await world.storedKeys()).toEqual([expect.stringMatching(/^quarantine\/otlp_http%2Fsick\/logs\//)]);
    await world.sick.start();
    await world.redriveAll({ state: 'quarantine' });
    await expectAll(world);
  });
});

describe('a Collector that wants another token', () => {
  const ANSWER = 'HOST answered 401: provided authorization does not match expected scheme or token';
  const WRONG = 'the-wrong-token';

  it('D5a, D10, D27: is asked once per signal, and gets everything when the token is right', async () => {
    const world = await openWorld();
    await world.sick.start({ bearerToken: 'the-right-token' });
    const relay = await startRelay(world.sick.endpoint);
    onTestFinished(relay.stop);
    const settings = { endpoint: relay.endpoint, breaker: { interval_ms: 2_000 } };
    await world.configure({ ...settings, headers: { authorization: `Bearer ${WRONG}` } });
    const forward = await world.environment();

    const first = await forward(linesOf('a'));
    expect(errorsOf(first)).toEqual([ANSWER]);
    const later = [await forward(linesOf('b')), await forward(linesOf('c'))];
    for (const report of later) expect(errorsOf(report)).toEqual([NOT_SENT + ANSWER]);
    for (const report of [first, ...later]) expectPending(report);
    expect(relay.requests).toHaveLength(SIGNALS.length);

    const inVain = await world.redrive();
    expect(inVain.destinations[SICK]).toMatchObject({ redriven: 0, quarantined: 0, more: true });
    for (const key of await world.storedKeys())
      expect(Buffer.from((await world.store.get(key)) ?? []).toString('latin1')).not.toContain(WRONG);
    expect(JSON.stringify([first, later, inVain])).not.toContain(WRONG);

    await world.configure({ ...settings, headers: { authorization: 'Bearer the-right-token' } });
    await world.redriveAll();
    await expectAll(world);
  });
});

describe('a Collector that has no pipeline for logs', () => {
  it('D5a, D10: takes the other signals all the time, and the logs when it has one', async () => {
    const world = await openWorld();
    await world.sick.start({ signals: ['traces', 'metrics'] });
    const forward = await world.environment();
    for (const seed of ['a', 'b', 'c']) {
      const report = await forward(linesOf(seed));
      expectPending(report, ['logs']);
      for (const signal of ['traces', 'metrics'] as const) expect(became(report, signal)).toMatchObject({ pending: 0 });
      for (const error of errorsOf(report))
        expect(error).toMatch(/^(not sent, the breaker is open: )?HOST answered 404$/);
    }
    const [traces = '', metrics = '', logs = ''] = linesOf('d');
    expectPending(await forward([logs]), ['logs']);
    expect(errorsOf(await forward([traces, metrics]))).toEqual([]);
    const inVain = await world.redrive();
    expect(inVain.destinations[SICK]).toMatchObject({ redriven: 0, quarantined: 0, more: true });
    await world.sick.start();
    await world.redriveAll();
    await expectAll(world);
  });
});
