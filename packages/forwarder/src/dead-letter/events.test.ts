import { doubleDestination, memoryStore, sampleLetter } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { deadLetters } from './dead-letters.ts';
import { eventIn } from './events.ts';
import { createRedrive, type RedriveOptions } from './redrive.ts';
import type { LaneReport, RedriveReport } from './redrive-report.ts';
import { StoreError } from './store-error.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const PREFIX = 'aws/lambda/async/otlp-forwarder/2026/11/20/';

/** What Lambda writes. Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations". */
const record = (payload: unknown): Buffer =>
  Buffer.from(
    JSON.stringify({
      version: '1.0',
      timestamp: '2026-11-20T11:59:00.000Z',
      requestContext: { requestId: 'r', functionArn: 'arn', condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: payload,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'RedeliverError' },
    }),
  );

const worldOf = (forward: (event: unknown) => unknown) => {
  const clock = { ms: T0 };
  const now = (): number => clock.ms;
  const broken = new Set<string>();
  const store = memoryStore({
    now,
    before: (operation, key) => {
      if (broken.has(`${operation} ${key}`)) throw new StoreError('memory: access denied', { permanent: true });
    },
  });
  const destination = doubleDestination('d');
  const forwarded: unknown[] = [];
  let count = 0;
  return {
    store,
    clock,
    destination,
    forwarded,
    broken,
    put: (body: Uint8Array, ageMs = 60_000): string => {
      const key = `${PREFIX}2026-11-20T11.59.00-${String(count++).padStart(4, '0')}`;
      store.objects.set(key, Uint8Array.from(body));
      store.times.set(key, clock.ms - ageMs);
      return key;
    },
    run: async (over: Partial<RedriveOptions> = {}, remainingMs = 60_000): Promise<RedriveReport> => {
      const end = clock.ms + remainingMs;
      const redrive = createRedrive({
        store,
        deadLetters: deadLetters({ store }),
        destinations: [{ exporter: destination.exporter }],
        forward: async (event) => {
          forwarded.push(event);
          await forward(event);
        },
        onReport: () => undefined,
        now,
        ...over,
      });
      const report = await redrive({}, { getRemainingTimeInMillis: () => end - clock.ms });
      expect(report.balanced).toBe(true);
      clock.ms += 60_000;
      return report;
    },
    keys: (prefix: string): readonly string[] => [...store.objects.keys()].filter((key) => key.startsWith(prefix)),
  };
};

const eventsOf = ({ events }: RedriveReport): LaneReport | undefined => events;
const fails = (): never => {
  throw new Error('3 items go back to the source');
};
const nothing = (): undefined => undefined;

describe('events that Lambda gave up', () => {
  it('D23: go through the whole pipeline, one at a time and after everything else', async () => {
    let inProgress = 0;
    const taken: number[] = [];
    const world = worldOf(async () => {
      expect(++inProgress).toBe(1);
      taken.push(world.destination.taken.length);
      await new Promise((resolve) => setImmediate(resolve));
      inProgress--;
    });
    for (let index = 0; index < 5; index++) world.put(record({ awslogs: { data: String(index) } }));
    const letter = sampleLetter({ timeMs: T0 - 5 });
    world.store.objects.set(letter.key, letter.body);
    const report = await world.run();
    expect(world.forwarded).toEqual([0, 1, 2, 3, 4].map((index) => ({ awslogs: { data: String(index) } })));
    expect(taken).toEqual([2, 2, 2, 2, 2]);
    expect(eventsOf(report)).toMatchObject({ found: 5, redriven: 5, remaining: 0, oldestPendingAgeMs: 0 });
    expect(world.keys('aws/')).toEqual([]);
  });

  it('D23: of a bucket of which the letters have but a part', async () => {
    const world = worldOf(nothing);
    const root = memoryStore({ now: () => T0 });
    root.objects.set(`${PREFIX}x`, record({ awslogs: { data: 'x' } }));
    const report = await world.run({ eventStore: root });
    expect(eventsOf(report)).toMatchObject({ redriven: 1 });
    expect(root.objects.size).toBe(0);
  });

  it('are left alone when nobody forwards them, and when a person means something else', async () => {
    const world = worldOf(nothing);
    world.put(record({}));
    const { forward: _, ...rest }: RedriveOptions = {
      store: world.store,
      deadLetters: deadLetters({ store: world.store }),
      destinations: [],
      forward: () => Promise.resolve(),
      onReport: nothing,
    };
    const context = { getRemainingTimeInMillis: () => 60_000 };
    expect((await createRedrive(rest)({}, context)).events).toBeUndefined();
    expect((await world.run({ selection: { reason: 'x' } })).events).toBeUndefined();
    expect(world.keys('aws/')).toHaveLength(1);
  });

  it('are reported also when there are none', async () => {
    expect(eventsOf(await worldOf(nothing).run())).toMatchObject({ found: 0, oldestPendingAgeMs: 0 });
  });

  it('D23: one that fails stays, and while none succeeds healthy destinations do not get them all again and again', async () => {
    const world = worldOf(fails);
    for (let index = 0; index < 10; index++) world.put(record({ index }), 120_000);
    for (let run = 1; run <= 12; run++) {
      const report = await world.run();
      expect(world.forwarded).toHaveLength(run);
      expect(eventsOf(report)).toMatchObject({ redriven: 0, error: '3 items go back to the source' });
      expect(eventsOf(report)?.oldestPendingAgeMs).toBeGreaterThanOrEqual(120_000);
    }
    // Each time another, and none is at fault as long as none succeeds.
    expect(new Set(world.forwarded.slice(0, 10).map((event) => JSON.stringify(event))).size).toBe(10);
    expect(world.keys('aws/')).toHaveLength(10);
    expect(world.keys('quarantine/')).toEqual([]);
  });

  it('D23: one that fails three runs while others succeed goes to the quarantine', async () => {
    const world = worldOf((event) => {
      if ((event as { index: number }).index === 1) fails();
    });
    world.put(record({ index: 0 }));
    const bad = record({ index: 1 });
    world.put(bad);
    for (let run = 0; run < 3; run++) {
      world.put(record({ index: 2 }));
      expect(eventsOf(await world.run())).toMatchObject({ remaining: 1 });
    }
    expect(eventsOf(await world.run())).toMatchObject({ found: 1, quarantined: 1, remaining: 0 });
    expect(world.keys('aws/')).toEqual([]);
    const [key = ''] = world.keys('quarantine/events/otlp-forwarder/');
    expect(world.store.objects.get(key)).toEqual(Uint8Array.from(bad));
  });

  it('D23: one that crashes three runs while others succeed goes to the quarantine', async () => {
    const world = worldOf((event) => ((event as { index: number }).index === 1 ? new Promise(nothing) : undefined));
    world.put(record({ index: 0 }));
    world.put(record({ index: 1 }));
    for (let run = 0; run < 3; run++) {
      world.put(record({ index: 2 }));
      const timeout = new Promise((resolve) => setTimeout(resolve, 100, 'crashed'));
      expect(await Promise.race([world.run(), timeout])).toBe('crashed');
    }
    expect(eventsOf(await world.run())).toMatchObject({ quarantined: 1, remaining: 0 });
    expect(world.forwarded.filter((event) => (event as { index: number }).index === 2)).toHaveLength(3);
  });

  it.each([
    ['garbage', Buffer.from('garbage')],
    ['nothing', Buffer.alloc(0)],
    ['null', Buffer.from('null')],
    ['a record without an event', Buffer.from('{"version":"1.0"}')],
    ['more than an event can be', Buffer.from(JSON.stringify({ requestPayload: 'x'.repeat(9 * 1024 * 1024) }))],
  ])('D23: an object of %s goes to the quarantine as it is', async (_, body) => {
    const world = worldOf(nothing);
    world.put(body);
    world.put(record({ fine: true }));
    const report = await world.run();
    expect(world.forwarded).toEqual([{ fine: true }]);
    expect(eventsOf(report)).toMatchObject({ found: 2, quarantined: 1, redriven: 1 });
    const [key = ''] = world.keys('quarantine/events/');
    expect(Buffer.compare(world.store.objects.get(key) ?? Buffer.from('?'), body)).toBe(0);
  });

  it('D22a: what is older than 14 days goes to expired/', async () => {
    const world = worldOf(nothing);
    world.put(record({}), 14 * DAY_MS + 1);
    expect(eventsOf(await world.run())).toMatchObject({ expired: 1 });
    expect(world.forwarded).toEqual([]);
    expect(world.keys('expired/events/otlp-forwarder/')).toHaveLength(1);
  });

  it('stops in time, and after some failures in a run', async () => {
    const slow = worldOf(() => (slow.clock.ms += 20_000));
    for (let index = 0; index < 10; index++) slow.put(record({ index }));
    expect(eventsOf(await slow.run())).toMatchObject({ redriven: 3, remaining: 1, more: true });

    const flaky = worldOf((event) => ((event as { index: number }).index > 0 ? fails() : undefined));
    for (let index = 0; index < 20; index++) flaky.put(record({ index }));
    expect(eventsOf(await flaky.run())).toMatchObject({ redriven: 1, more: true });
    expect(flaky.forwarded).toHaveLength(1 + 5);
  });

  it.each([
    [620, 0],
    [630, 1],
  ])(
    'D23: none is begun with less than 500 ms left: what is given up then, all destinations get twice (%i ms)',
    async (ms, times) => {
      const { put, run, forwarded } = worldOf(nothing);
      put(record('late'));
      const report = await run({}, ms);
      expect(forwarded).toHaveLength(times);
      expect(eventsOf(report)).toMatchObject({ found: 1, redriven: times, remaining: 1 - times });
    },
  );

  it('the pipeline is told how much time is left', async () => {
    const world = worldOf(nothing);
    world.put(record({}));
    let leftMs = 0;
    await world.run({
      forward: (_, context) => {
        leftMs = context.getRemainingTimeInMillis();
        return Promise.resolve();
      },
    });
    expect(leftMs).toBe(55_000);
  });

  it('the store failing at one of them is reported, keeps it and does not hold up the others', async () => {
    for (const operation of ['get', 'remove']) {
      const world = worldOf(nothing);
      const keys = Array.from({ length: 3 }, (_, index) => world.put(record({ index })));
      world.broken.add(`${operation} ${keys[0]}`);
      const report = await world.run();
      expect(report.errors).toEqual(['memory: access denied']);
      expect(eventsOf(report)).toMatchObject({ found: 3, redriven: 2, remaining: 1 });
      expect(world.keys('aws/')).toEqual([keys[0]]);
    }
  });

  it('an object that cannot be copied to the quarantine stays', async () => {
    const world = worldOf(nothing);
    const key = world.put(Buffer.from('garbage'));
    const failing = memoryStore({
      now: () => T0,
      before: (operation, of) => {
        if (operation === 'put' && of.startsWith('quarantine/')) throw new Error('access denied');
      },
    });
    const report = await world.run({ store: failing, eventStore: world.store });
    expect(report.errors).toEqual(['access denied']);
    expect(world.keys('aws/')).toEqual([key]);
  });

  it.each(['list aws/lambda/async/', 'get redrive/events.json', 'put redrive/events.json'])(
    'the store failing to %s loses nothing and is reported',
    async (operation) => {
      const world = worldOf(nothing);
      world.put(record({}));
      world.broken.add(operation);
      const report = await world.run();
      expect(report.errors).toEqual(['memory: access denied']);
      expect(eventsOf(report)?.oldestPendingAgeMs).toBeUndefined();
      expect(world.keys('aws/')).toHaveLength(1);
      world.broken.clear();
      expect(eventsOf(await world.run())).toMatchObject({ redriven: 1 });
    },
  );

  it('an event is what the record says it was', () => {
    expect(eventIn(record({ a: 1 }))).toEqual({ a: 1 });
    expect(eventIn(record(null))).toBeNull();
  });
});
