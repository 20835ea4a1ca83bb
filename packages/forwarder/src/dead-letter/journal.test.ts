import { doubleDestination, memoryStore, sampleLetter, type SampleLetterOptions } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { deadLetters } from './dead-letters.ts';
import { openJournal } from './journal.ts';
import { createRedrive } from './redrive.ts';
import type { LaneReport } from './redrive-report.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
const JOURNAL = 'redrive/d.json';

/** What a crash leaves of a run: nothing but what is in the store. */
const CRASH = new Promise<never>(() => undefined);

/** A store with a destination, and runs of which some crash. */
const worldOf = (answer?: Parameters<typeof doubleDestination>[1]) => {
  let ms = T0;
  const now = (): number => ms;
  const sleep = (pause: number): Promise<void> => {
    ms += pause;
    return Promise.resolve();
  };
  const crashing = { key: '' };
  const store = memoryStore({
    before: (operation, key) => (operation === 'get' && key === crashing.key ? CRASH : undefined),
    now,
  });
  const destination = doubleDestination('d', answer);
  let seed = 0;
  return {
    store,
    destination,
    put: (options: Partial<SampleLetterOptions> = {}): { readonly key: string; readonly ids: readonly string[] } => {
      seed++;
      const letter = sampleLetter({ timeMs: T0 - 60_000 + seed, seed, source: { owner: String(seed) }, ...options });
      store.objects.set(letter.key, letter.body);
      return letter;
    },
    /** A run, and the minute until the next. When it reads the key, it is killed. */
    run: async (crashAt = ''): Promise<LaneReport | 'crashed'> => {
      crashing.key = crashAt;
      const redrive = createRedrive({
        store,
        deadLetters: deadLetters({ store, now, sleep }),
        destinations: [{ exporter: destination.exporter }],
        onReport: () => undefined,
        now,
        sleep,
      });
      const crashed = new Promise<'crashed'>((resolve) => setTimeout(resolve, 200, 'crashed').unref());
      const report = await Promise.race([redrive({}, { getRemainingTimeInMillis: () => 60_000 }), crashed]);
      ms = T0 + Math.ceil((ms - T0 + 1) / 60_000) * 60_000;
      if (report === 'crashed') return report;
      expect(report.balanced).toBe(true);
      return report.destinations['d'] as LaneReport;
    },
    keys: (prefix: string): readonly string[] => [...store.objects.keys()].filter((key) => key.startsWith(prefix)),
  };
};

const journalIn = ({ store }: { readonly store: ReturnType<typeof memoryStore> }): Record<string, unknown> =>
  JSON.parse(Buffer.from(store.objects.get(JOURNAL) ?? []).toString()) as Record<string, unknown>;

const DOWN = { status: 'retryable', error: new Error('answered 503') } as const;
const STUMBLES = {
  status: 'rejected',
  fault: 'destination',
  error: new Error('answered 500'),
  httpStatus: 500,
} as const;

describe('what a redrive remembers', () => {
  it('D22b: an attempt is in the store before the object is read', async () => {
    const order: string[] = [];
    const inner = worldOf();
    const { key } = inner.put();
    const store = memoryStore({ before: (operation, of) => order.push(`${operation} ${of}`) });
    for (const [name, body] of inner.store.objects) store.objects.set(name, body);
    const redrive = createRedrive({
      store,
      deadLetters: deadLetters({ store }),
      destinations: [{ exporter: inner.destination.exporter }],
      onReport: () => undefined,
      now: () => T0,
    });
    await redrive({}, { getRemainingTimeInMillis: () => 60_000 });
    expect(order.indexOf(`put ${JOURNAL}`)).toBeGreaterThan(-1);
    expect(order.indexOf(`put ${JOURNAL}`)).toBeLessThan(order.indexOf(`get ${key}`));
  });

  it.each(['when it is read', 'when it is sent'])(
    'D22b: an object that crashes three runs %s while others succeed goes to the quarantine, and the others arrive',
    async (when) => {
      let poison = '';
      const world = worldOf(({ ids }) => (ids[0] === poison ? CRASH : { status: 'delivered' }));
      const before = world.put();
      const bad = world.put();
      if (when === 'when it is sent') poison = bad.ids[0] ?? '';
      const others = Array.from({ length: 30 }, () => world.put());
      let crashes = 0;
      for (let run = 0; run < 10 && world.keys('pending/').length > 0; run++)
        if ((await world.run(poison === '' && crashes < 3 ? bad.key : '')) === 'crashed') crashes++;
      expect(crashes).toBe(3);
      expect(world.keys('quarantine/')).toEqual([bad.key.replace('pending', 'quarantine')]);
      expect(new Set(world.destination.taken)).toEqual(new Set([before, ...others].flatMap(({ ids }) => ids)));
      // What was in flight at a crash may come twice.
      expect(world.destination.taken.length).toBeLessThanOrEqual(2 * (31 + 8));
    },
  );

  it('an object that crashes whoever reads it, and be it to move it, does not hold up the others', async () => {
    const world = worldOf();
    const bad = world.put();
    const ids = new Set<string>();
    for (let run = 0; run < 6; run++) {
      for (let count = 0; count < 5; count++) for (const id of world.put().ids) ids.add(id);
      await world.run(bad.key);
    }
    expect(new Set(world.destination.taken)).toEqual(ids);
    expect(world.keys('pending/')).toEqual([bad.key]);
  });

  it('D22b: an object that fails three runs while others succeed goes to the quarantine', async () => {
    let poison = '';
    const world = worldOf(({ ids }) => (ids[0] === poison ? STUMBLES : { status: 'delivered' }));
    world.put();
    const bad = world.put();
    poison = bad.ids[0] ?? '';
    for (let run = 1; run <= 3; run++) {
      await world.run();
      expect(world.keys('pending/')).toEqual([bad.key]);
      world.put();
      world.put();
    }
    await world.run();
    expect(world.keys('pending/')).toEqual([]);
    expect(world.keys('quarantine/')).toHaveLength(1);
  });

  it('D22b: nothing that fails goes to the quarantine as long as nothing succeeds', async () => {
    const world = worldOf(() => DOWN);
    for (let count = 0; count < 3; count++) world.put();
    for (let run = 0; run < 20; run++) expect(await world.run()).toMatchObject({ redriven: 0, quarantined: 0 });
    expect(world.keys('quarantine/')).toEqual([]);
    expect(world.keys('pending/')).toHaveLength(3);
    expect(world.destination.requests).toHaveLength(20);
  });

  it('D22b: nothing that crashes goes to the quarantine as long as nothing succeeds', async () => {
    const world = worldOf();
    const { key } = world.put();
    for (let run = 0; run < 6; run++) expect(await world.run(key)).toBe('crashed');
    expect(world.keys('pending/')).toEqual([key]);
    expect(await world.run()).toMatchObject({ redriven: 1 });
  });

  it('D22b: the next probe is another object, and what was tried before comes last', async () => {
    let up = false;
    const world = worldOf(() => (up ? { status: 'delivered' } : DOWN));
    const letters = Array.from({ length: 4 }, () => world.put());
    await world.run();
    await world.run();
    up = true;
    await world.run();
    const [first, second, ...others] = letters.map(({ ids }) => ids).map((ids) => ids.join());
    expect(world.destination.requests.map(({ ids }) => ids.join())).toEqual([first, second, ...others, first, second]);
  });

  it('a signal that the destination never takes condemns nothing, whatever succeeds beside it', async () => {
    const world = worldOf(({ telemetry }) =>
      telemetry.request.signal === 'logs' ? STUMBLES : { status: 'delivered' },
    );
    for (let count = 0; count < 3; count++) world.put({ signal: 'logs' });
    for (let run = 0; run < 12; run++) {
      world.put();
      await world.run();
    }
    expect(world.keys('quarantine/')).toEqual([]);
    expect(world.keys('pending/')).toHaveLength(3);
  });

  it('what the time of a run did not suffice for was not tried', async () => {
    const world = worldOf();
    for (let count = 0; count < 40; count++) world.put();
    const { store, destination } = world;
    let ms = T0;
    const exporter = {
      name: 'd',
      export: (...args: Parameters<typeof destination.exporter.export>) => {
        ms += 10_000;
        return destination.exporter.export(...args);
      },
    };
    const redrive = createRedrive({
      store,
      deadLetters: deadLetters({ store }),
      destinations: [{ exporter }],
      onReport: () => undefined,
      now: () => ms,
    });
    await redrive({}, { getRemainingTimeInMillis: () => 60_000 });
    expect(destination.requests.length).toBeLessThan(10);
    expect(journalIn(world)['attempts']).toEqual({});
  });

  it('what the end of a run cut short is not at fault, though others succeeded', async () => {
    const world = worldOf();
    for (let count = 0; count < 9; count++) world.put();
    const { store, destination } = world;
    let ms = T0;
    const exporter = {
      name: 'd',
      export: async (...args: Parameters<typeof destination.exporter.export>) => {
        const [telemetry] = args;
        if (destination.requests.length === 0) return destination.exporter.export(...args);
        ms += 60_000;
        return [{ destination: 'd', telemetry, outcome: DOWN }];
      },
    };
    const redrive = createRedrive({
      store,
      deadLetters: deadLetters({ store }),
      destinations: [{ exporter }],
      onReport: () => undefined,
      now: () => ms,
    });
    await redrive({}, { getRemainingTimeInMillis: () => 60_000 });
    const runs = Object.values(journalIn(world)['attempts'] as Record<string, { readonly runs: number }>);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.every((attempt) => attempt.runs === 0)).toBe(true);
  });

  it('what the store kept from being tried was not tried', async () => {
    const world = worldOf();
    for (let count = 0; count < 9; count++) world.put();
    let saves = 0;
    const store = {
      ...world.store,
      put: (key: string, body: Uint8Array) =>
        key === JOURNAL && ++saves === 2 ? Promise.reject(new Error('down')) : world.store.put(key, body),
    };
    const redrive = createRedrive({
      store,
      deadLetters: deadLetters({ store }),
      destinations: [{ exporter: world.destination.exporter }],
      onReport: () => undefined,
      now: () => T0,
    });
    const report = await redrive({}, { getRemainingTimeInMillis: () => 60_000 });
    expect(report).toMatchObject({ errors: ['down'], destinations: { d: { redriven: 1 } } });
    expect(journalIn(world)).toEqual({ redriven: 1, notBeforeMs: 0, attempts: {} });
  });

  it('keeps nothing of what is gone', async () => {
    const world = worldOf();
    for (let count = 0; count < 300; count++) world.put();
    await world.run();
    expect(journalIn(world)).toEqual({ redriven: 300, notBeforeMs: 0, attempts: {} });
  });

  it('writes nothing when nothing waits', async () => {
    const world = worldOf();
    await world.run();
    expect(world.keys('')).toEqual([]);
  });

  it.each([
    ['no JSON', '{"redriven":'],
    ['null', 'null'],
    ['a list', '[1,2]'],
    ['numbers that are none', '{"redriven":"x","notBeforeMs":-1,"attempts":{"a":{"runs":1e99,"since":null}}}'],
    ['attempts that are text', '{"attempts":"oops"}'],
    ['a time beyond all times', `{"notBeforeMs":${Number.MAX_SAFE_INTEGER}}`],
    ['a time far away', `{"notBeforeMs":${T0 + 365 * 86_400_000}}`],
    ['a prototype', '{"attempts":{"__proto__":{"runs":9,"since":0,"triedMs":0}},"__proto__":{"redriven":1}}'],
    ['nothing', ''],
    ['too much', `{"x":"${'x'.repeat(9 * 1024 * 1024)}"}`],
  ])('begins anew after a journal of %s', async (_, text) => {
    const world = worldOf();
    world.store.objects.set(JOURNAL, Buffer.from(text));
    world.put();
    expect(await world.run()).toMatchObject({ redriven: 1, remaining: 0 });
  });

  it('stays small: what was tried longest ago, or long ago, is forgotten', async () => {
    const store = memoryStore();
    const attempts = Object.fromEntries(
      Array.from({ length: 25_000 }, (_, index) => [`pending/d/${index}`, { runs: 1, since: 0, triedMs: T0 - index }]),
    );
    const old = { 'pending/d/old': { runs: 2, since: 0, triedMs: T0 - 31 * 86_400_000 } };
    store.objects.set(JOURNAL, Buffer.from(JSON.stringify({ attempts: { ...old, ...attempts } })));
    const journal = await openJournal(store, 'd', T0);
    expect(['old', '0', '19999', '20000'].map((name) => journal.knows(`pending/d/${name}`))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    await journal.begin(
      Array.from({ length: 256 }, (_, index) => `new/${index}`),
      T0 + 1,
    );
    const again = await openJournal(store, 'd', T0);
    expect(['new/255', 'pending/d/19743', 'pending/d/19744'].map((name) => again.knows(name))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('takes an attempt back as it was', async () => {
    const store = memoryStore();
    const journal = await openJournal(store, 'd', T0);
    await journal.begin(['a', 'b'], T0);
    journal.blame('a');
    journal.undo('b');
    expect([journal.knows('a'), journal.knows('b')]).toEqual([true, false]);
    for (let run = 0; run < 5; run++) {
      await journal.begin(['a'], T0 + run);
      journal.undoOpen();
      await journal.begin(['a'], T0 + run);
      journal.excuse('a');
    }
    journal.succeed(1);
    await journal.save();
    expect((await openJournal(store, 'd', T0)).condemns('a')).toBe(false);
    for (let run = 0; run < 2; run++) {
      await journal.begin(['a'], T0);
      journal.blame('a');
    }
    await journal.save();
    expect((await openJournal(store, 'd', T0)).condemns('a')).toBe(true);
    // What succeeds in this very run says nothing about the runs before.
    expect(journal.condemns('a')).toBe(false);
  });
});
