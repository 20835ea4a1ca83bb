import { doubleDestination, memoryStore, sampleLetter } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { deadLetters } from './dead-letters.ts';
import { planRedrive } from './plan.ts';
import { createRedrive } from './redrive.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const now = (): number => T0;

const worldOf = () => {
  const written: string[] = [];
  const store = memoryStore({
    now,
    before: (operation, key) => operation !== 'get' && operation !== 'list' && written.push(`${operation} ${key}`),
  });
  let seed = 0;
  const put = (options: Partial<Parameters<typeof sampleLetter>[0]> = {}): { key: string; bytes: number } => {
    seed++;
    const letter = sampleLetter({ timeMs: T0 - 60_000 + seed, seed, ...options });
    store.objects.set(letter.key, Uint8Array.from(letter.body));
    return { key: letter.key, bytes: letter.body.length };
  };
  return { store, written, put };
};

describe('the plan of a redrive', () => {
  it('D25: is what the redrive then does, and changes nothing', async () => {
    const { store, written, put } = worldOf();
    for (let count = 0; count < 70; count++) put({ items: 3 });
    put({ signal: 'logs', items: 5 });
    put({ timeMs: T0 - 15 * DAY_MS });
    put({ packed: Buffer.from('garbage') });
    put({ source: { owner: '2' } });
    const { key } = put();
    const attempts = { [key]: { runs: 3, since: 0, triedMs: T0 - 5 } };
    store.objects.set('redrive/d.json', Buffer.from(JSON.stringify({ redriven: 1, notBeforeMs: 0, attempts })));
    const before = new Map(store.objects);
    const { exporter } = doubleDestination('d');
    const destinations = [{ exporter, matches: ({ owner }: Readonly<Record<string, string>>) => owner === '1' }];

    let looked = 0;
    const plan = await planRedrive({ store, destinations, now, onProgress: (objects) => (looked = objects) });
    expect(written).toEqual(['folders pending/']);
    expect(store.objects).toEqual(before);
    expect(looked).toBe(75);
    expect(plan.unknown).toEqual({});
    expect(plan.destinations['d']).toMatchObject({
      send: { traces: { objects: 70, items: 210 }, logs: { objects: 1, items: 5 } },
      expire: { traces: { objects: 1, items: 2 } },
      quarantine: { traces: { objects: 3, items: 4 } },
      leave: {},
    });

    const kept = deadLetters({ store });
    const redrive = createRedrive({ store, deadLetters: kept, destinations, now, onReport: () => undefined });
    const report = await redrive({}, { getRemainingTimeInMillis: () => 60_000 });
    expect(report.destinations['d']).toMatchObject({ redriven: 71, items: 215, expired: 1, quarantined: 3 });
  });

  it('counts bytes as they are in the store', async () => {
    const { store, put } = worldOf();
    const [a, b] = [put(), put()];
    const plan = await planRedrive({ store, destinations: [doubleDestination('d')], now });
    expect(plan.destinations['d']?.send.traces?.bytes).toBe(a.bytes + b.bytes);
  });

  it('looks at what a selection means, and at no more', async () => {
    const { store, put } = worldOf();
    put({ destination: 'e' });
    put({ header: { reason: 'answered 401' } });
    put();
    put({ state: 'quarantine', timeMs: T0 - 100 * DAY_MS });
    put({ state: 'quarantine', packed: Buffer.from('garbage') });
    const destinations = [doubleDestination('d'), doubleDestination('e')];
    const byReason = await planRedrive({ store, destinations, now, selection: { destinations: ['d'], reason: '401' } });
    expect(Object.keys(byReason.destinations)).toEqual(['d']);
    expect(byReason.destinations['d']?.send).toMatchObject({ traces: { objects: 1 } });
    const aside = await planRedrive({ store, destinations, now, selection: { state: 'quarantine' } });
    expect(aside.destinations['d']).toMatchObject({ send: { traces: { objects: 1 } }, expire: {}, quarantine: {} });
    expect(aside.destinations['d']?.leave).toMatchObject({ traces: { objects: 1 } });
  });

  it('counts events that Lambda gave up, and objects nobody is configured for', async () => {
    const { store, put } = worldOf();
    put({ destination: 'gone' });
    const payload = Buffer.from('{"requestPayload":{"awslogs":{}}}');
    for (const [name, body] of [
      ['a', payload],
      ['b', Buffer.from('garbage')],
      ['c', payload],
    ] as const)
      store.objects.set(`aws/lambda/async/f/${name}`, body);
    store.times.set('aws/lambda/async/f/c', T0 - 15 * DAY_MS);
    const destinations = [doubleDestination('d')];
    const plan = await planRedrive({ store, eventStore: store, destinations, now });
    expect(plan.unknown).toEqual({ gone: 1 });
    expect(plan.events).toMatchObject({ send: { objects: 1 }, quarantine: { objects: 1 }, expire: { objects: 1 } });
    const some = await planRedrive({ store, eventStore: store, destinations, now, selection: { sinceMs: 0 } });
    expect(some).toMatchObject({ unknown: {}, events: { send: { objects: 0 } } });
  });

  it('ends when it is told to', async () => {
    const { store, put } = worldOf();
    for (let count = 0; count < 200; count++) put();
    const stop = new AbortController();
    const looked: number[] = [];
    await planRedrive({
      store,
      destinations: [doubleDestination('d')],
      now,
      abort: stop.signal,
      onProgress: (objects) => {
        looked.push(objects);
        stop.abort();
      },
    });
    expect(looked).toEqual([32]);
  });

  it('rejects with what the store fails with', async () => {
    const store = memoryStore({ before: () => Promise.reject(new Error('access denied')) });
    const planned = planRedrive({ store, destinations: [doubleDestination('d')], now });
    await expect(planned).rejects.toThrow('access denied');
  });
});
