import { type Signal, SIGNALS, splitRequest } from '@serverless-otlp/otlp';
import {
  type DoubleDestination,
  doubleDestination,
  type DoubleRequest,
  type MemoryStore,
  memoryStore,
  sampleLetter,
  type SampleLetterOptions,
} from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { withSplit } from '../exporters/with-split.ts';
import type { Outcome } from '../types.ts';
import { deadLetters } from './dead-letters.ts';
import type { LaneDestination } from './lane-context.ts';
import { createRedrive, type RedriveOptions } from './redrive.ts';
import type { RedriveReport } from './redrive-report.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const TAKES: Outcome = { status: 'delivered' };
const DOWN: Outcome = { status: 'retryable', error: new Error('127.0.0.1:1: ECONNREFUSED') };
const refuses = (httpStatus: number): Outcome => ({
  status: 'rejected',
  fault: [400, 413, 422].includes(httpStatus) ? 'telemetry' : 'destination',
  error: new Error(`answered ${httpStatus}`),
  httpStatus,
});

interface World {
  readonly store: MemoryStore;
  readonly clock: { ms: number; readonly slept: number[] };
  /** Puts a letter, by default a minute old and one millisecond younger than the last; gives its ids. */
  put(options?: Partial<SampleLetterOptions>): readonly string[];
  run(over?: Partial<RedriveOptions>, remainingMs?: number): Promise<RedriveReport>;
  /** Keys below a prefix. */
  keys(prefix: string): readonly string[];
}

const worldOf = (
  destinations: readonly (DoubleDestination | LaneDestination)[],
  store: MemoryStore = memoryStore(),
): World => {
  const clock = { ms: T0, slept: [] as number[] };
  const now = (): number => clock.ms;
  const sleep = (ms: number): Promise<void> => {
    clock.slept.push(ms);
    clock.ms += ms;
    return Promise.resolve();
  };
  let seed = 0;
  return {
    store,
    clock,
    put: (options = {}) => {
      seed++;
      const letter = sampleLetter({ timeMs: T0 - MINUTE_MS + seed, seed, ...options });
      store.objects.set(letter.key, letter.body);
      return letter.ids;
    },
    run: async (over = {}, remainingMs = MINUTE_MS) => {
      const reports: RedriveReport[] = [];
      const redrive = createRedrive({
        store,
        deadLetters: deadLetters({ store, now, sleep, random: () => 0.5 }),
        destinations: destinations.map((one) => ('requests' in one ? { exporter: one.exporter } : one)),
        onReport: (report) => reports.push(report),
        now,
        sleep,
        ...over,
      });
      const end = clock.ms + remainingMs;
      const report = await redrive({}, { getRemainingTimeInMillis: () => end - clock.ms });
      expect(reports).toEqual([report]);
      expect(report.balanced).toBe(true);
      return report;
    },
    keys: (prefix) => [...store.objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
};

const sizes = ({ requests }: DoubleDestination): readonly number[] => requests.map(({ ids }) => ids.length);

describe('a redrive', () => {
  it('says that nothing waits when nothing does', async () => {
    const destination = doubleDestination('d');
    const report = await worldOf([destination]).run();
    expect(destination.requests).toEqual([]);
    expect(report).toEqual({
      durationMs: 0,
      destinations: {
        d: {
          ...{ found: 0, put: 0, redriven: 0, quarantined: 0, expired: 0, vanished: 0, remaining: 0 },
          ...{ items: 0, rejected: 0, unconfirmed: 0, oldestPendingAgeMs: 0 },
        },
      },
      balanced: true,
    });
  });

  it('D22a: sends what waits to the destination that did not take it and to no other, then deletes it', async () => {
    const [a, b] = [doubleDestination('a/1'), doubleDestination('b')];
    const world = worldOf([a, b]);
    const ids = [world.put({ destination: 'a/1' }), world.put({ destination: 'a/1', signal: 'logs' })].flat();
    const report = await world.run();
    expect(a.taken).toEqual(ids);
    expect(b.requests).toEqual([]);
    expect(world.keys('pending/')).toEqual([]);
    expect(report.destinations['a/1']).toMatchObject({ found: 2, redriven: 2, items: 4, remaining: 0 });
    expect(report.destinations['b']).toMatchObject({ found: 0, redriven: 0 });
  });

  it('D22a: the first is a probe of one object, then come more and more', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    const ids = Array.from({ length: 1 + 8 + 64 + 256 + 10 }, () => world.put({ items: 1 })).flat();
    await world.run();
    expect(sizes(destination)).toEqual([1, 8, 64, 256, 10]);
    expect(destination.taken).toEqual(ids);
  });

  it('D22a: a dead destination gets exactly one request per run, and its letters stay', async () => {
    const destination = doubleDestination('d', () => DOWN);
    const world = worldOf([destination]);
    for (let count = 0; count < 40; count++) world.put({ signal: SIGNALS[count % 3] ?? 'logs' });
    const before = world.keys('pending/');
    for (let run = 1; run <= 5; run++) {
      const report = await world.run();
      expect(destination.requests).toHaveLength(run);
      expect(report.destinations['d']).toMatchObject({ redriven: 0, more: true, error: '127.0.0.1:1: ECONNREFUSED' });
      world.clock.ms += MINUTE_MS;
    }
    expect(world.keys('pending/')).toEqual(before);
    // Each probe was another object: one that is at fault itself must not stand in the way of all others.
    expect(new Set(destination.requests.map(({ ids }) => ids[0])).size).toBe(5);
  });

  it('D22a: after a probe that failed the destination is left alone for the interval; not when a person asks', async () => {
    const destination = doubleDestination('d', () => DOWN);
    const world = worldOf([destination]);
    world.put();
    await world.run();
    world.clock.ms += 29_000;
    const report = await world.run();
    expect(destination.requests).toHaveLength(1);
    expect(report.destinations['d']).toMatchObject({ found: 1, remaining: 1 });
    expect(report.destinations['d']?.error).toContain('not asked again before 2026-11-20T12:00:30.000Z');
    expect(report.destinations['d']?.oldestPendingAgeMs).toBe(MINUTE_MS + 29_000 - 1);
    await world.run({ intervalMs: 0 });
    expect(destination.requests).toHaveLength(2);
    world.clock.ms += 31_000;
    await world.run();
    expect(destination.requests).toHaveLength(3);
  });

  it('D22a: an answer that holds for one signal spares the others: a backend that takes no logs gets its traces', async () => {
    const destination = doubleDestination('d', ({ telemetry }) =>
      telemetry.request.signal === 'logs' ? refuses(404) : TAKES,
    );
    const world = worldOf([destination]);
    for (let count = 0; count < 20; count++) world.put({ signal: 'logs' });
    const traces = Array.from({ length: 20 }, () => world.put()).flat();
    const report = await world.run();
    expect(destination.taken).toEqual(traces);
    expect(destination.requests.filter(({ telemetry }) => telemetry.request.signal === 'logs')).toHaveLength(1);
    expect(report.destinations['d']).toMatchObject({ redriven: 20, remaining: 2, more: true, error: 'answered 404' });
    for (let run = 0; run < 5; run++) await world.run();
    expect(world.keys('pending/')).toHaveLength(20);
  });

  it('D22a: sends the oldest first, across signals', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    const order: readonly Signal[] = ['logs', 'traces', 'metrics', 'traces', 'logs', 'metrics'];
    const ids = order.map((signal, index) => world.put({ signal, timeMs: T0 - 1_000_000 + index }));
    await world.run({ selection: { untilMs: T0 - 1_000_000 + 1 } });
    expect(destination.taken).toEqual(ids[0]);
    await world.run({ selection: { untilMs: T0 - 1_000_000 + 2 } });
    expect(destination.taken.slice(2)).toEqual(ids[1]);
    await world.run();
    expect(new Set(destination.taken)).toEqual(new Set(ids.flat()));
  });

  it('D20: merges letters of equal signal and origin only: tenants never mix', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    const owners = new Map<string, string>();
    for (let count = 0; count < 60; count++) {
      const owner = String(count % 2);
      const ids = world.put({ signal: SIGNALS[count % 3] ?? 'logs', source: { owner, log_group: 'g' } });
      for (const id of ids) owners.set(id, owner);
    }
    await world.run();
    expect(new Set(destination.taken)).toEqual(new Set(owners.keys()));
    expect(destination.requests.length).toBeLessThan(30);
    for (const { ids, telemetry } of destination.requests) {
      expect(new Set(ids.map((id) => owners.get(id)))).toEqual(new Set([telemetry.metadata['owner']]));
      expect(telemetry.metadata['log_group']).toBe('g');
    }
  });

  it('D13: merges up to the limits of the destination, and no further', async () => {
    const destination = doubleDestination('d');
    const limits = { traces: { maxItems: 5 }, logs: { maxBytes: 2_000 } };
    const world = worldOf([{ exporter: destination.exporter, limits }]);
    for (let count = 0; count < 73; count++) world.put({ signal: count < 40 ? 'traces' : 'logs' });
    await world.run();
    for (const { telemetry, ids } of destination.requests) {
      if (telemetry.request.signal === 'traces') expect(ids.length).toBeLessThanOrEqual(5);
      else expect(telemetry.request.bytes.length).toBeLessThanOrEqual(2_000);
    }
    expect(Math.max(...sizes(destination))).toBeGreaterThan(2);
    expect(destination.taken).toHaveLength(146);
  });

  it('D13: a letter over the limits is divided, and an item over them set aside', async () => {
    const destination = doubleDestination('d');
    const exporter = withSplit(destination.exporter, { maxItems: 3, maxBytes: 200 });
    const world = worldOf([{ exporter }]);
    const ids = world.put({ items: 10 });
    const report = await world.run();
    expect(destination.taken).toHaveLength(0);
    expect(report.destinations['d']).toMatchObject({ found: 1, put: 1, redriven: 1, quarantined: 1 });
    const [kept = ''] = world.keys('quarantine/d/traces/');
    expect(world.store.objects.get(kept)).toBeDefined();
    expect(ids).toHaveLength(10);
  });

  it('D12: the rest of a refused batch travels alone', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    for (let count = 0; count < 20; count++) world.put(count % 4 === 0 ? { header: { bisect: true } } : {});
    await world.run();
    const alone = destination.requests.filter(({ ids }) => ids.length === 2);
    expect(alone.length).toBeGreaterThanOrEqual(5);
    expect(destination.taken).toHaveLength(40);
  });

  it('D12: of a merged request with one poisoned item all others arrive, and it alone goes to the quarantine', async () => {
    let poison = '';
    const destination = doubleDestination('d', ({ ids }) => (ids.includes(poison) ? refuses(400) : TAKES));
    const world = worldOf([{ exporter: withSplit(destination.exporter) }]);
    const ids = Array.from({ length: 30 }, () => world.put()).flat();
    poison = ids[31] ?? '';
    const report = await world.run();
    expect([...destination.taken].sort()).toEqual(ids.filter((id) => id !== poison).sort());
    expect(report.destinations['d']).toMatchObject({ found: 30, put: 1, redriven: 30, quarantined: 1, remaining: 0 });
    expect(world.keys('pending/')).toEqual([]);
    expect(world.keys('quarantine/')).toHaveLength(1);
  });

  it('D12: who refuses everything alike is at fault himself, and nothing goes to the quarantine', async () => {
    const destination = doubleDestination('d', () => refuses(400));
    const world = worldOf([{ exporter: withSplit(destination.exporter) }]);
    for (let count = 0; count < 30; count++) world.put({ items: 4 });
    await world.run();
    expect(world.keys('quarantine/')).toEqual([]);
    expect(world.keys('pending/')).toHaveLength(30);
  });

  it('D12: what 32 requests did not find stays pending, flagged, and later runs find it', async () => {
    const bad = new Set<string>();
    const destination = doubleDestination('d', ({ ids }) => (ids.some((id) => bad.has(id)) ? refuses(422) : TAKES));
    const world = worldOf([{ exporter: withSplit(destination.exporter, { maxRequests: 8 }) }]);
    const ids = world.put({ items: 64 });
    for (const index of [3, 9, 13]) bad.add(ids[index] ?? '');
    let runs = 0;
    while (world.keys('pending/').length > 0 && runs < 20) {
      const report = await world.run();
      expect(report.destinations['d']?.oldestPendingAgeMs).toBe(
        world.keys('pending/').length > 0 ? world.clock.ms - T0 + MINUTE_MS - 1 : 0,
      );
      runs++;
    }
    expect(runs).toBeGreaterThan(1);
    expect([...destination.taken].sort()).toEqual(ids.filter((id) => !bad.has(id)).sort());
    expect(world.keys('quarantine/').length).toBeGreaterThan(0);
  });

  it('deletes only what was delivered: of a merged request taken in part, the rest is stored anew before', async () => {
    const half = ({ telemetry }: DoubleRequest) => {
      const [taken, failed] = splitRequest(telemetry.request, { maxItems: telemetry.request.items / 2 });
      return [taken, failed].flatMap((request, index) =>
        request === undefined
          ? []
          : [{ destination: 'd', telemetry: { ...telemetry, request }, outcome: index === 0 ? TAKES : DOWN }],
      );
    };
    const destination = doubleDestination('d', (request, index) => (index === 1 ? half(request) : TAKES));
    const removed: (readonly string[])[] = [];
    const store = memoryStore({
      before: (operation) => {
        if (operation === 'remove') removed.push([...store.objects.keys()]);
      },
    });
    const world = worldOf([destination], store);
    const ids = Array.from({ length: 9 }, () => world.put()).flat();
    const report = await world.run();
    expect(report.destinations['d']).toMatchObject({ found: 9, put: 1, redriven: 9, remaining: 1, items: 10 });
    // When the eight were deleted, the new one was there.
    expect(removed[1]?.filter((key) => key.startsWith('pending/'))).toHaveLength(9);
    world.clock.ms += MINUTE_MS;
    await world.run();
    expect([...destination.taken].sort()).toEqual([...ids].sort());
    expect(world.keys('pending/')).toEqual([]);
  });

  it('D22a: what is too old goes to expired/, unsent, byte for byte', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([{ exporter: destination.exporter, maxAgeMs: DAY_MS }]);
    world.put({ timeMs: T0 - DAY_MS - 1 });
    const young = world.put({ timeMs: T0 - DAY_MS + 1 });
    const [old = '', kept = ''] = world.keys('pending/');
    const body = Uint8Array.from(world.store.objects.get(old) ?? []);
    const report = await world.run();
    expect(destination.taken).toEqual(young);
    expect(report.destinations['d']).toMatchObject({ found: 2, expired: 1, redriven: 1 });
    expect(world.store.objects.get(old.replace('pending/', 'expired/'))).toEqual(body);
    expect(world.store.objects.has(kept)).toBe(false);
  });

  it('D22a: 14 days are too old unless told otherwise', async () => {
    const world = worldOf([doubleDestination('d')]);
    world.put({ timeMs: T0 - 14 * DAY_MS - 1 });
    world.put({ timeMs: T0 - 14 * DAY_MS });
    expect((await world.run()).destinations['d']).toMatchObject({ expired: 1, redriven: 1 });
  });

  it('D22a: letters of a destination that nobody configured are counted and left alone', async () => {
    const world = worldOf([doubleDestination('d')]);
    world.put();
    for (let count = 0; count < 3; count++) world.put({ destination: 'gone/1', timeMs: T0 - 100 * DAY_MS + count });
    world.store.objects.set('pending/%zz/traces/x', Buffer.from('hostile'));
    const report = await world.run();
    expect(report.unknown).toEqual({ 'gone/1': 3, '%zz': 1 });
    expect(world.keys('pending/gone')).toHaveLength(3);
    expect(world.keys('expired/')).toEqual([]);
  });

  it('D22a: stops in time, and the next run goes on', async () => {
    const clock = { ms: 0 };
    const destination = doubleDestination('d', () => {
      clock.ms += 2_000;
      return TAKES;
    });
    const world = worldOf([{ exporter: destination.exporter, limits: { traces: { maxItems: 2 } } }]);
    const ids = Array.from({ length: 100 }, () => world.put()).flat();
    let runs = 0;
    while (world.keys('pending/').length > 0 && runs < 20) {
      clock.ms = 0;
      const before = destination.requests.length;
      const report = await world.run({ now: () => world.clock.ms + clock.ms }, MINUTE_MS);
      // 55 s are for sending, two at a time in the end; what is begun ends.
      expect(destination.requests.length - before).toBeLessThanOrEqual(28 + 9);
      expect(report.destinations['d']?.remaining).toBeGreaterThan(world.keys('pending/').length > 0 ? 0 : -1);
      expect(report.destinations['d']?.error).toBeUndefined();
      world.clock.ms += MINUTE_MS;
      runs++;
    }
    expect(runs).toBeGreaterThan(3);
    expect(destination.taken).toHaveLength(200);
    expect(new Set(destination.taken)).toEqual(new Set(ids));
  });

  it('has no time for anything in an invocation that is nearly over', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    world.put();
    const report = await world.run({}, 300);
    expect(destination.requests).toEqual([]);
    expect(report.destinations['d']).toMatchObject({ found: 1, remaining: 1, more: true });
  });

  it('ends when it is told to: what is on its way ends, nothing more is begun', async () => {
    const stop = new AbortController();
    const destination = doubleDestination('d', (_, index) => {
      if (index === 1) stop.abort();
      return TAKES;
    });
    const world = worldOf([destination]);
    for (let count = 0; count < 50; count++) world.put();
    const report = await world.run({ abort: stop.signal });
    expect(destination.requests).toHaveLength(2);
    expect(report.destinations['d']).toMatchObject({ redriven: 9, more: true });
  });

  it('D6: waits as long as the destination asks, when the run has the time', async () => {
    const destination = doubleDestination('d', (_, index) => (index === 1 ? { ...DOWN, retryAfterMs: 7_000 } : TAKES));
    const world = worldOf([destination]);
    for (let count = 0; count < 40; count++) world.put();
    await world.run();
    expect(world.clock.slept).toEqual([7_000]);
    // The eight of the second request are tried last and one at a time: they may be at fault.
    expect(sizes(destination)).toEqual([2, 16, 2, 16, 44]);
    await world.run();
    expect(world.keys('pending/')).toEqual([]);
  });

  it('D6: ends when the destination asks for more time than the run has, and does not ask it before', async () => {
    const destination = doubleDestination('d', (_, index) =>
      index === 1 ? { ...DOWN, retryAfterMs: 10 * MINUTE_MS } : TAKES,
    );
    const world = worldOf([destination]);
    for (let count = 0; count < 40; count++) world.put();
    await world.run();
    for (let minute = 1; minute < 10; minute++) {
      world.clock.ms += MINUTE_MS;
      await world.run();
    }
    expect(destination.requests).toHaveLength(2);
    world.clock.ms += MINUTE_MS;
    await world.run();
    expect(world.keys('pending/')).toEqual([]);
  });

  it('D7: a letter is not sent before its time, and its destination not asked for others; a damaged time is none', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    const notBefore = new Date(T0 + 2 * MINUTE_MS).toISOString();
    world.put({ header: { notBefore } });
    world.put({ header: { notBefore: '2999-01-01T00:00:00.000Z' } });
    const report = await world.run();
    expect(report.destinations['d']).toMatchObject({
      remaining: 2,
      more: true,
      error: `not to be sent before ${notBefore}`,
    });
    expect(destination.requests).toEqual([]);
    world.clock.ms += 2 * MINUTE_MS;
    await world.run();
    expect(destination.taken).toHaveLength(4);
  });

  it('goes back to a single object when the destination dies, and asks it at most a few times more', async () => {
    const destination = doubleDestination('d', (_, index) => (index < 12 ? TAKES : DOWN));
    const world = worldOf([{ exporter: destination.exporter, limits: { traces: { maxItems: 2 } } }]);
    for (let count = 0; count < 500; count++) world.put();
    const report = await world.run();
    expect(destination.requests.length).toBeLessThanOrEqual(12 + 5 + 4 + 1);
    expect(report.destinations['d']).toMatchObject({ redriven: 12, more: true });
    expect(world.keys('pending/')).toHaveLength(488);
  });

  it('a few letters that make the destination stumble do not slow down the others', async () => {
    const bad = new Set<string>();
    const destination = doubleDestination('d', ({ ids }) => (ids.some((id) => bad.has(id)) ? refuses(500) : TAKES));
    const world = worldOf([{ exporter: destination.exporter, limits: { traces: { maxItems: 2 } } }]);
    const all = Array.from({ length: 300 }, () => world.put());
    all.forEach((ids, index) => index % 10 === 5 && bad.add(ids[0] ?? ''));
    const report = await world.run();
    expect(report.destinations['d']).toMatchObject({ redriven: 270, remaining: 30 });
    expect(world.clock.slept).toEqual([]);
  });

  it('D14: what a partial success rejects is counted, and not sent again', async () => {
    const destination = doubleDestination('d', () => ({ ...TAKES, rejectedItems: 1, unconfirmed: true }));
    const world = worldOf([destination]);
    world.put({ items: 5 });
    const report = await world.run();
    expect(report.destinations['d']).toMatchObject({ redriven: 1, items: 5, rejected: 1, unconfirmed: 5 });
    expect(world.keys('pending/')).toEqual([]);
  });

  it('a single item that is refused alone moves to the quarantine', async () => {
    const destination = doubleDestination('d', () => refuses(400));
    const world = worldOf([destination]);
    world.put({ items: 1 });
    const report = await world.run();
    expect(report.destinations['d']).toMatchObject({ found: 1, put: 1, redriven: 1, quarantined: 1, remaining: 0 });
    expect(world.keys('')).toEqual([expect.stringMatching(/^quarantine\/d\/traces\//), 'redrive/d.json']);
  });

  it('who refuses a good many single items in a row and takes none is not asked on: he may refuse everything', async () => {
    const destination = doubleDestination('d', () => refuses(400));
    const world = worldOf([destination]);
    for (let count = 0; count < 200; count++) world.put({ items: 1, source: { owner: String(count) } });
    const report = await world.run();
    expect(destination.requests).toHaveLength(20);
    expect(report.destinations['d']).toMatchObject({
      quarantined: 20,
      remaining: 1,
      more: true,
      error: 'answered 400',
    });
  });

  it.each([
    ['garbage', { packed: Buffer.from('garbage') }],
    ['a header that is none', { header: { version: 99 } }],
    ['a checksum of something else', { header: { sha256: '0'.repeat(64) } }],
    ['a length of something else', { header: { bytes: 1 } }],
    ['another signal', { header: { signal: 'logs' } }],
    ['lines', { header: { content: 'lines' } }],
    ['a request that is no protobuf', { packed: Buffer.from('\u0007'), header: { encoding: 'identity', bytes: 1 } }],
  ])('D22a: a letter of %s goes to the quarantine, and its neighbours arrive', async (_, damage) => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    const ids = [world.put(), world.put()].flat();
    const damaged = sampleLetter({ timeMs: T0 - 2 * MINUTE_MS, seed: 99, ...damage });
    world.store.objects.set(damaged.key, damaged.body);
    for (let count = 0; count < 2; count++) ids.push(...world.put());
    const report = await world.run();
    expect(destination.taken).toEqual(ids);
    // It was no probe: the destination was not asked.
    expect(sizes(destination)).toEqual([2, 6]);
    expect(report.destinations['d']).toMatchObject({ found: 5, quarantined: 1, redriven: 4 });
    expect(world.store.objects.get(damaged.key.replace('pending', 'quarantine'))).toEqual(new Uint8Array(damaged.body));
  });

  it('D1: telemetry that the destination does not take any more by its match goes to the quarantine, unsent', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([{ exporter: destination.exporter, matches: ({ owner }) => owner === '1' }]);
    const ids = world.put();
    world.put({ source: { owner: '2' } });
    const report = await world.run();
    expect(destination.taken).toEqual(ids);
    expect(report.destinations['d']).toMatchObject({ quarantined: 1, redriven: 1 });
  });

  it('D1: when its match throws nothing is sent and nothing moved, and the report says so', async () => {
    const destination = doubleDestination('d');
    const matches = (): boolean => {
      throw new Error('a bug');
    };
    const world = worldOf([{ exporter: destination.exporter, matches }]);
    world.put();
    const report = await world.run();
    expect(destination.requests).toEqual([]);
    expect(report.errors).toEqual(['a bug']);
    expect(world.keys('pending/')).toHaveLength(1);
  });

  it('an exporter that throws, or leaves something out, is reported, and the letters stay', async () => {
    const broken = { name: 'd', export: () => Promise.reject(new Error('oops')) };
    const silent = { name: 'e', export: () => Promise.resolve([]) };
    const world = worldOf([{ exporter: broken }, { exporter: silent }]);
    world.put();
    world.put({ destination: 'e' });
    const report = await world.run();
    expect(report.destinations['d']?.error).toBe('exporter d threw: oops');
    expect(report.destinations['e']?.error).toContain('this is a bug in it');
    expect(world.keys('pending/')).toHaveLength(2);
  });

  it('what is no letter by its key is left alone', async () => {
    const world = worldOf([doubleDestination('d')]);
    const strays = ['pending/d/traces/notes.txt', 'pending/d/other/20261120T115900.000Z/aa', 'pending/d/x'];
    for (const key of strays) world.store.objects.set(key, Buffer.from('mine'));
    world.put();
    const report = await world.run();
    expect(report.destinations['d']).toMatchObject({ found: 1, redriven: 1 });
    expect(world.keys('pending/')).toEqual([...strays].sort());
  });

  it('sends a letter that was copied below another destination there', async () => {
    const destination = doubleDestination('e');
    const world = worldOf([destination]);
    const letter = sampleLetter({ timeMs: T0 - 5, destination: 'e', header: { destination: 'd' } });
    world.store.objects.set(letter.key, letter.body);
    await world.run();
    expect(destination.taken).toEqual(letter.ids);
  });
});

describe('a redrive of a selection', () => {
  it('takes destinations, times and reasons, and leaves everything else alone', async () => {
    const [d, e] = [doubleDestination('d'), doubleDestination('e')];
    const world = worldOf([d, e]);
    world.put({ destination: 'e' });
    const ids = [10, 20, 30].map((timeMs) => world.put({ timeMs: T0 - MINUTE_MS * 10 + timeMs }));
    world.put({ timeMs: T0 - MINUTE_MS * 10 + 20, header: { reason: 'answered 401' } });
    const times = { sinceMs: T0 - MINUTE_MS * 10 + 20, untilMs: T0 - MINUTE_MS * 10 + 30 };
    const report = await world.run({ selection: { destinations: ['d'], reason: 'ANSWERED 503', ...times } });
    expect(d.taken).toEqual(ids[1]);
    expect(e.requests).toEqual([]);
    expect(Object.keys(report.destinations)).toEqual(['d']);
    expect(report.destinations['d']).toMatchObject({ found: 1, redriven: 1 });
  });

  it('finds a reason among many letters', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    for (let count = 0; count < 300; count++) world.put();
    const ids = world.put({ header: { reason: 'TLS: certificate has expired' } });
    world.store.objects.set(sampleLetter({ timeMs: T0 - 1, seed: 9_999 }).key, Buffer.from('damaged'));
    await world.run({ selection: { reason: 'certificate' } });
    expect(destination.taken).toEqual(ids);
    expect(world.keys('pending/')).toHaveLength(301);
    expect(world.keys('quarantine/')).toEqual([]);
  });

  it('sends what is in the quarantine again when a person says so', async () => {
    const destination = doubleDestination('d');
    const world = worldOf([destination]);
    const ids = world.put({ state: 'quarantine', timeMs: T0 - 100 * DAY_MS });
    const report = await world.run({ selection: { state: 'quarantine' } });
    expect(destination.taken).toEqual(ids);
    expect(report.destinations['d']).toMatchObject({ found: 1, redriven: 1, expired: 0 });
    expect(world.keys('quarantine/')).toEqual([]);
  });

  it('a quarantined letter that is refused again stays in the quarantine', async () => {
    const destination = doubleDestination('d', () => refuses(400));
    const world = worldOf([destination]);
    world.put({ state: 'quarantine', items: 1 });
    const before = world.keys('quarantine/');
    for (let run = 0; run < 5; run++) {
      const report = await world.run({ selection: { state: 'quarantine' } });
      expect(report.destinations['d']).toMatchObject({ found: 1, redriven: 0, remaining: 1 });
      expect(world.keys('quarantine/')).toEqual(before);
    }
  });

  it('a damaged letter in the quarantine stays there', async () => {
    const world = worldOf([doubleDestination('d')]);
    world.put({ state: 'quarantine', packed: Buffer.from('garbage') });
    world.put({ state: 'quarantine', header: { version: 2 } });
    const report = await world.run({ selection: { state: 'quarantine' } });
    expect(report.destinations['d']).toMatchObject({ found: 2, remaining: 2, quarantined: 0 });
    expect(world.keys('quarantine/')).toHaveLength(2);
  });

  it('what has expired is sent when a person says so, and stays when the destination is down', async () => {
    let up = false;
    const destination = doubleDestination('d', () => (up ? TAKES : DOWN));
    const world = worldOf([destination]);
    const ids = world.put({ state: 'expired', timeMs: T0 - 100 * DAY_MS });
    await world.run({ selection: { state: 'expired' }, intervalMs: 0 });
    expect(world.keys('expired/')).toHaveLength(1);
    up = true;
    await world.run({ selection: { state: 'expired' }, intervalMs: 0 });
    expect(destination.taken).toEqual(ids);
    expect(world.keys('expired/')).toEqual([]);
  });
});
