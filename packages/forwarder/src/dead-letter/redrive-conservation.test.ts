import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import {
  type DoubleAnswer,
  type DoubleRequest,
  doubleDestination,
  itemIds,
  memoryStore,
  type MemoryStore,
  sampleLetter,
  type StoreOperation,
} from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withSplit } from '../exporters/with-split.ts';
import type { DeadLetters } from '../types.ts';
import { deadLetters } from './dead-letters.ts';
import { readLetter } from './letter.ts';
import { createRedrive } from './redrive.ts';
import type { RedriveReport } from './redrive-report.ts';
import { StoreError } from './store-error.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;

const FOREVER = new Promise<never>(() => undefined);

/** The same for the same words, from 0 to 2^32 - 1. */
const draw = (...words: readonly (string | number)[]): number =>
  createHash('sha256').update(words.join(' ')).digest().readUInt32BE();

const LETTERS = 40;

/** Letters of several signals and tenants: some too old, some damaged, some that travel alone. Gives the ids in sound ones. */
const fill = (store: MemoryStore, seed: number): readonly string[] =>
  Array.from({ length: LETTERS }, (_, index): readonly string[] => {
    const kind = draw(seed, 'kind', index) % 10;
    const letter = sampleLetter({
      signal: SIGNALS[draw(seed, 'signal', index) % 3] as Signal,
      items: 1 + (draw(seed, 'items', index) % 4),
      seed: seed * 1_000 + index,
      timeMs: T0 - (kind === 0 ? 20 * DAY_MS : 60_000) + index,
      source: { owner: String(draw(seed, 'owner', index) % 2) },
      ...(kind === 1 ? { packed: Buffer.from('garbage') } : {}),
      ...(kind === 2 ? { header: { bisect: true } } : {}),
    });
    store.objects.set(letter.key, letter.body);
    return kind === 1 ? [] : letter.ids;
  }).flat();

/** Ids of the items below a prefix. */
const idsIn = (store: MemoryStore, prefix: string): readonly string[] =>
  [...store.objects]
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, object]) => {
      try {
        const { header, content } = readLetter(object);
        return itemIds(header.signal ?? 'traces', content);
      } catch {
        return [];
      }
    });

const ANSWERS: readonly DoubleAnswer[] = [
  { status: 'delivered' },
  { status: 'delivered' },
  { status: 'retryable', error: new Error('answered 503') },
  { status: 'rejected', fault: 'telemetry', error: new Error('answered 400'), httpStatus: 400 },
  { status: 'rejected', fault: 'destination', error: new Error('answered 500'), httpStatus: 500 },
];

/** Answers by content and by how often it has come: the same in whatever order requests arrive. */
const moody = (seed: number): ((request: DoubleRequest) => DoubleAnswer) => {
  const times = new Map<string, number>();
  return ({ ids }) => {
    const what = ids.join();
    times.set(what, (times.get(what) ?? 0) + 1);
    return ANSWERS[draw(seed, what, times.get(what) ?? 0) % ANSWERS.length] as DoubleAnswer;
  };
};

interface Run {
  /** The operation of the store at which it is killed; none: it ends by itself. */
  readonly killedAt?: number | undefined;
  /** So many turns of the event loop before each operation, at most. */
  readonly delay: number;
}

/** A redrive over the store of all, at a pace of its own. Resolves to nothing when it is killed. */
const runOnce = async (
  store: MemoryStore,
  answer: (request: DoubleRequest) => DoubleAnswer,
  taken: string[],
  { killedAt = Infinity, delay }: Run,
  clock: { ms: number },
): Promise<RedriveReport | undefined> => {
  let operations = 0;
  let kill: () => void = () => undefined;
  const killed = new Promise<undefined>((resolve) => (kill = () => resolve(undefined)));
  const pass = async (name: string): Promise<void> => {
    const index = operations++;
    for (let turns = draw(name, index, delay) % (delay + 1); turns > 0; turns--) await turn();
    if (index < killedAt) return;
    kill();
    await FOREVER;
  };
  const own = {
    ...store,
    put: async (key: string, body: Uint8Array) => {
      await pass('put');
      await store.put(key, body);
      await pass('has put');
    },
    get: async (key: string) => {
      await pass('get');
      return store.get(key);
    },
    remove: async (keys: readonly string[]) => {
      await pass('remove');
      await store.remove(keys);
      await pass('has removed');
    },
  };
  const now = (): number => clock.ms;
  const sleep = (ms: number): Promise<void> => {
    clock.ms += ms;
    return turn();
  };
  const destination = doubleDestination('d', async (request) => {
    await pass('export');
    const given = answer(request);
    // Whoever is killed now has delivered and does not know it.
    if ('status' in given && given.status === 'delivered') taken.push(...request.ids);
    await pass('exported');
    return given;
  });
  const redrive = createRedrive({
    store: own,
    deadLetters: deadLetters({ store: own, now, sleep }),
    destinations: [{ exporter: withSplit(destination.exporter) }],
    onReport: () => undefined,
    intervalMs: 0,
    now,
    sleep,
  });
  return Promise.race([redrive({}, { getRemainingTimeInMillis: () => 600_000 }), killed]);
};

const healthy = (): DoubleAnswer => ({ status: 'delivered' });

const scenario = fc.record({
  seed: fc.nat(1_000_000),
  runs: fc.array(
    fc.array(fc.record({ killedAt: fc.option(fc.nat(150), { nil: undefined }), delay: fc.nat(4) }), {
      minLength: 1,
      maxLength: 3,
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

describe('redrives of one store', () => {
  it('D24, D26: lose nothing, whatever fails, is refused or killed, and however many run at once', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, runs }) => {
        const store = memoryStore();
        const clock = { ms: T0 };
        const ids = fill(store, seed);
        const taken: string[] = [];
        const answer = moody(seed);
        for (const together of runs) {
          const reports = await Promise.all(together.map((run) => runOnce(store, answer, taken, run, clock)));
          for (const report of reports) if (report !== undefined) expect(report.balanced).toBe(true);
          clock.ms += 3_600_000;
        }
        for (let run = 0; run < 8; run++) {
          const report = await runOnce(store, healthy, taken, { delay: 0 }, clock);
          expect(report?.balanced).toBe(true);
          expect(report?.errors).toBeUndefined();
          clock.ms += 60_000;
        }
        expect(idsIn(store, 'pending/')).toEqual([]);
        const found = new Set([...taken, ...idsIn(store, 'quarantine/'), ...idsIn(store, 'expired/')]);
        expect([...found].sort()).toEqual([...ids].sort());
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('D24: two at once send what both had in their hands twice, and nothing three times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.nat(5), fc.nat(5), async (seed, a, b) => {
        const store = memoryStore();
        const clock = { ms: T0 };
        fill(store, seed);
        const taken: string[] = [];
        const reports = await Promise.all(
          [a, b].map((delay) => runOnce(store, healthy, taken, { delay }, clock) as Promise<RedriveReport>),
        );
        const times = new Map<string, number>();
        for (const id of taken) times.set(id, (times.get(id) ?? 0) + 1);
        expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(2);
        const sum = (of: (report: RedriveReport) => number): number => reports.reduce((all, one) => all + of(one), 0);
        expect(sum(({ destinations: { d } }) => d?.items ?? 0)).toBe(taken.length);
        expect(idsIn(store, 'pending/')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('D26: one alone accounts for every object, and sends nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
        const store = memoryStore();
        const clock = { ms: T0 };
        const ids = fill(store, seed);
        const before = store.objects.size;
        const taken: string[] = [];
        const report = await runOnce(store, moody(seed), taken, { delay: 0 }, clock);
        const lane = report?.destinations['d'];
        if (report === undefined || lane === undefined) throw new Error('no report');
        expect(lane.found).toBeLessThanOrEqual(before);
        expect(lane.found + lane.put).toBe(
          lane.redriven + lane.quarantined + lane.expired + lane.vanished + lane.remaining,
        );
        expect(lane.items).toBe(taken.length);
        expect(new Set(taken).size).toBe(taken.length);
        const found = [...taken, ...['pending/', 'quarantine/', 'expired/'].flatMap((prefix) => idsIn(store, prefix))];
        expect([...found].sort()).toEqual([...ids].sort());
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

/** Refuses some items and, when they come alone, fails on others: of a merged request some is taken, some set aside, some stored anew. */
const choosy = ({ ids }: DoubleRequest): DoubleAnswer => {
  const kindOf = (id: string): number => draw('choosy', id) % 8;
  if (ids.some((id) => kindOf(id) === 0)) return ANSWERS[3] as DoubleAnswer;
  return ids.length === 1 && ids.some((id) => kindOf(id) < 5) ? (ANSWERS[2] as DoubleAnswer) : { status: 'delivered' };
};

describe('a redrive whose store fails', () => {
  /** Letters of every fate, an answer for each, and a store of which one operation fails. */
  const failingAt = async (
    failing: number,
    when: 'before' | 'after',
  ): Promise<{ readonly operation: string | undefined; readonly report: RedriveReport; readonly lost: unknown[] }> => {
    let armed = false;
    let index = 0;
    let failed: string | undefined;
    const fail = (operation: StoreOperation, key: string): void => {
      if (!armed || index++ !== failing) return;
      failed = `${operation} ${key.split('/', 1)[0] ?? ''}`;
      throw new StoreError('memory: access denied', { permanent: true });
    };
    const store = memoryStore(when === 'before' ? { before: fail } : { after: fail });
    const ids = fill(store, 7);
    const taken: string[] = [];
    const clock = { ms: T0 };
    armed = true;
    const report = await runOnce(store, choosy, taken, { delay: 0 }, clock);
    armed = false;
    if (report === undefined) throw new Error('no report');
    clock.ms += 3_600_000;
    for (let run = 0; run < 8; run++) await runOnce(store, healthy, taken, { delay: 0 }, clock);
    const found = new Set([...taken, ...idsIn(store, 'quarantine/'), ...idsIn(store, 'expired/')]);
    return { operation: failed, report, lost: ids.filter((id) => !found.has(id)) };
  };

  it.each(['before', 'after'] as const)(
    'D22a: loses nothing at any operation that fails %s it has happened, and says so',
    async (when) => {
      const operations = new Set<string>();
      for (let failing = 0; ; failing++) {
        const { operation, report, lost } = await failingAt(failing, when);
        if (operation === undefined) break;
        operations.add(operation);
        expect(lost, operation).toEqual([]);
        expect(report.balanced, operation).toBe(true);
        expect(report.errors?.join(), operation).toContain('memory: access denied');
      }
      const expected = ['put redrive', 'put quarantine', 'put expired', 'remove pending', 'put pending'];
      expect([...operations]).toEqual(expect.arrayContaining(expected));
      if (when === 'before')
        expect([...operations]).toEqual(
          expect.arrayContaining(['get redrive', 'get pending', 'list pending', 'folders pending']),
        );
    },
    120_000,
  );

  it('an object that cannot be read stays, is reported, and does not hold up the others', async () => {
    const clock = { ms: T0 };
    const tooLarge = sampleLetter({ timeMs: T0 - 70_000, seed: 1 });
    const store = memoryStore({
      before: (operation, key) => {
        if (operation === 'get' && key === tooLarge.key) throw new StoreError('memory: too large', { permanent: true });
      },
    });
    store.objects.set(tooLarge.key, tooLarge.body);
    const ids = Array.from({ length: 30 }, (_, index) => {
      const letter = sampleLetter({ timeMs: T0 - 60_000 + index, seed: 2 + index });
      store.objects.set(letter.key, letter.body);
      return letter.ids;
    }).flat();
    const taken: string[] = [];
    for (let run = 0; run < 6; run++) {
      const report = await runOnce(store, healthy, taken, { delay: 0 }, clock);
      expect(report?.errors).toEqual(['memory: too large']);
      expect(report?.destinations['d']).toMatchObject({ remaining: expect.any(Number) as number });
      clock.ms += 60_000;
    }
    expect([...taken].sort()).toEqual([...ids].sort());
    expect([...store.objects.keys()].filter((key) => key.startsWith('pending/'))).toEqual([tooLarge.key]);
  });

  it('nobody knows the age of the oldest when the store cannot be listed', async () => {
    const store = memoryStore({
      before: (operation) => {
        if (operation === 'list') throw new Error('down');
      },
    });
    fill(store, 3);
    const report = await runOnce(store, healthy, [], { delay: 0 }, { ms: T0 });
    expect(report?.destinations['d']).toEqual({
      ...{ found: 0, put: 0, redriven: 0, quarantined: 0, expired: 0, vanished: 0, remaining: 0 },
      ...{ items: 0, rejected: 0, unconfirmed: 0, more: true, error: 'down' },
    });
  });

  it('letters that could not be stored anew stay where they are', async () => {
    const store = memoryStore();
    const letter = sampleLetter({ timeMs: T0 - 5, items: 2 });
    store.objects.set(letter.key, letter.body);
    const noStore: DeadLetters = {
      keep: (deliveries) =>
        Promise.resolve(
          deliveries.map((one) => ({ ...one, outcome: { status: 'retryable', error: new Error('not stored') } })),
        ),
      quarantine: () => Promise.resolve([]),
    };
    const destination = doubleDestination('d', ({ ids }) =>
      ids.length > 1 || ids[0] === letter.ids[0] ? (ANSWERS[3] as DoubleAnswer) : { status: 'delivered' },
    );
    const redrive = createRedrive({
      store,
      deadLetters: noStore,
      destinations: [{ exporter: withSplit(destination.exporter) }],
      onReport: () => undefined,
      now: () => T0,
    });
    const report = await redrive({}, { getRemainingTimeInMillis: () => 60_000 });
    expect(report.destinations['d']).toMatchObject({ found: 1, redriven: 0, remaining: 1 });
    expect(report.errors).toEqual(['not stored']);
    expect(store.objects.has(letter.key)).toBe(true);
  });

  it('what keeps dead letters and rejects is a bug that costs nothing but this run', async () => {
    const store = memoryStore();
    for (let index = 0; index < 3; index++) {
      const letter = sampleLetter({ timeMs: T0 - 5 + index, seed: index, items: 1 });
      store.objects.set(letter.key, letter.body);
    }
    const broken: DeadLetters = {
      keep: () => Promise.reject(new Error('a bug')),
      quarantine: () => Promise.resolve([]),
    };
    const redrive = createRedrive({
      store,
      deadLetters: broken,
      destinations: [{ exporter: doubleDestination('d', () => ANSWERS[3] as DoubleAnswer).exporter }],
      onReport: () => undefined,
      now: () => T0,
    });
    const report = await redrive({}, { getRemainingTimeInMillis: () => 60_000 });
    expect(report).toMatchObject({ errors: ['a bug'], balanced: true });
    expect([...store.objects.keys()].filter((key) => key.startsWith('pending/'))).toHaveLength(3);
  });
});
