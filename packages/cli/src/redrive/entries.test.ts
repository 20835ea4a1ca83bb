import { type MemoryStore, memoryStore, sampleLetter, type SampleLetterOptions } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { entriesOf, readAll, type Entry } from './entries.ts';
import { filtersOf } from './filters.ts';
import { headOf } from './heads.ts';
import { createRows, SAMPLE } from './rows.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');

const put = (store: MemoryStore, options: Partial<SampleLetterOptions> = {}): string => {
  const letter = sampleLetter({ timeMs: T0, ...options });
  store.objects.set(letter.key, letter.body);
  return letter.key;
};

const all = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

const EVENT = Buffer.from(
  JSON.stringify({ requestContext: { condition: 'RetriesExhausted' }, requestPayload: { awslogs: { data: 'x' } } }),
);

describe('what waits', () => {
  it('is listed state by state; events that Lambda gave up are pending', async () => {
    const store = memoryStore({ now: () => T0 });
    const eventStore = memoryStore({ now: () => T0 });
    const keys = [
      put(store, { destination: 'a/1' }),
      put(store, { destination: 'b', signal: 'logs' }),
      put(store, { state: 'quarantine', seed: 2 }),
      put(store, { state: 'expired', seed: 3 }),
    ];
    store.objects.set('pending/b/logs/notes.txt', Buffer.from('mine'));
    store.objects.set('redrive/b.json', Buffer.from('{}'));
    eventStore.objects.set('aws/lambda/async/f/2026/x', EVENT);
    const entries = await all(entriesOf({ store, eventStore }, filtersOf({})));
    expect(entries.map(({ key }) => key)).toEqual([...keys.slice(0, 2), 'aws/lambda/async/f/2026/x', ...keys.slice(2)]);
    expect(entries[0]).toMatchObject({ state: 'pending', destination: 'a/1', kind: 'traces', timeMs: T0, store });
    expect(entries[2]).toMatchObject({ destination: 'events', kind: 'f', timeMs: T0, store: eventStore });
  });

  it('is narrowed by destination, state and time before anything is read', async () => {
    const store = memoryStore({
      now: () => T0,
      before: (operation) => {
        if (operation === 'get') throw new Error('nothing is to be read');
      },
    });
    const wanted = put(store, { destination: 'a', timeMs: T0 + 5 });
    put(store, { destination: 'a', timeMs: T0 + 4 });
    put(store, { destination: 'a', timeMs: T0 + 6 });
    put(store, { destination: 'b', timeMs: T0 + 5 });
    put(store, { destination: 'a', timeMs: T0 + 5, state: 'expired' });
    store.objects.set('aws/lambda/async/f/x', EVENT);
    const keysFor = async (options: Parameters<typeof filtersOf>[0]): Promise<readonly string[]> =>
      (await all(entriesOf({ store, eventStore: store }, filtersOf(options)))).map(({ key }) => key);
    const times = { since: String(T0 + 5), until: String(T0 + 6) };
    expect(await keysFor({ destination: ['a'], state: 'pending', ...times })).toEqual([wanted]);
    expect(await keysFor({ destination: ['events'] })).toEqual(['aws/lambda/async/f/x']);
    expect(await keysFor({ destination: ['none'] })).toEqual([]);
  });

  it('is read in order, and narrowed by reason', async () => {
    const store = memoryStore();
    for (let seed = 0; seed < 100; seed++)
      put(store, { seed, timeMs: T0 + seed, header: { reason: seed % 10 === 0 ? 'Answered 401' : 'answered 503' } });
    const listed = (): AsyncGenerator<Entry, void> => entriesOf({ store, eventStore: store }, filtersOf({}));
    const everything = await all(readAll(listed()));
    expect(everything.map(({ entry }) => entry.timeMs - T0)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    const some = await all(readAll(listed(), 'ANSWERED 401'));
    expect(some.map(({ entry }) => entry.timeMs - T0)).toEqual(Array.from({ length: 10 }, (_, at) => at * 10));
    expect(await all(readAll(listed(), 'nothing of the kind'))).toEqual([]);
  });
});

describe('what an object says of itself', () => {
  const headOfOne = async (body: Uint8Array | undefined, over: Partial<Entry> = {}) => {
    const store = memoryStore();
    const { key } = sampleLetter({ timeMs: T0 });
    if (body !== undefined) store.objects.set(key, body);
    return headOf({
      ...{ store, key, state: 'pending', destination: 'd', kind: 'traces', timeMs: T0, bytes: 1, modifiedMs: T0 },
      sha256: 'x',
      ...over,
    });
  };

  it('is its reason, and how much there is', async () => {
    expect(await headOfOne(sampleLetter({ timeMs: T0, items: 7 }).body)).toEqual({
      reason: 'collector.example answered 503',
      items: 7,
      attempts: 1,
    });
    const lines = sampleLetter({
      timeMs: T0,
      header: { content: 'lines', lines: 4, items: undefined, signal: undefined },
    });
    expect(await headOfOne(lines.body)).toEqual({ reason: 'collector.example answered 503', lines: 4, attempts: 1 });
    expect(await headOfOne(EVENT, { destination: 'events' })).toEqual({ reason: 'RetriesExhausted' });
    expect(await headOfOne(Buffer.from('{"requestPayload":1}'), { destination: 'events' })).toEqual({
      reason: 'given up by Lambda',
    });
  });

  it('is what is wrong with it when it is damaged, and that it is gone when it is', async () => {
    expect((await headOfOne(Buffer.from('garbage'))).damage).toContain('not a dead letter');
    expect((await headOfOne(Buffer.from('garbage'), { destination: 'events' })).damage).toContain('not an event');
    expect(await headOfOne(undefined)).toEqual({ reason: 'taken by somebody else meanwhile' });
  });

  it('is never long', async () => {
    const { reason } = await headOfOne(sampleLetter({ timeMs: T0, header: { reason: 'x'.repeat(10_000) } }).body);
    expect(reason).toHaveLength(300);
  });
});

describe('rows', () => {
  it('add up objects and tell the main reasons, of the oldest that are read', async () => {
    const store = memoryStore();
    for (let seed = 0; seed < SAMPLE + 20; seed++)
      put(store, {
        seed,
        items: 2,
        timeMs: T0 + seed,
        header: { reason: seed < 50 ? 'a' : seed < 80 ? 'b' : seed < 90 ? 'c' : 'd' },
      });
    const logs = put(store, { signal: 'logs', timeMs: T0 + 9_000 });
    const rows = createRows();
    const chosen: Entry[] = [];
    for await (const entry of entriesOf({ store, eventStore: store }, filtersOf({})))
      if (rows.add(entry)) chosen.push(entry);
    for await (const one of readAll(chosen)) rows.read(one);
    const [first, second] = rows.rows();
    expect(first).toMatchObject({
      kind: 'logs',
      objects: 1,
      bytes: store.objects.get(logs)?.length,
      read: 1,
      items: 2,
    });
    expect(second).toMatchObject({
      ...{ state: 'pending', destination: 'd', kind: 'traces', objects: 120, read: 100, items: 200 },
      oldest: '2026-11-20T12:00:00.000Z',
      newest: '2026-11-20T12:00:00.119Z',
      reasons: [
        { reason: 'a', objects: 50 },
        { reason: 'b', objects: 30 },
        { reason: 'c', objects: 10 },
      ],
    });
  });
});
