import { type OtlpRequest, parseRequest, type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { itemIds, sampleBytes } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, Metadata, Outcome, Store, Telemetry, Unreadable } from '../types.ts';
import { deadLetters, type DeadLettersOptions } from './dead-letters.ts';
import { parseLetterKey } from './keys.ts';
import { type Letter, readLetter, requestIn } from './letter.ts';
import { StoreError } from './store-error.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 18, 13, 20);
const EVENT_MS = NOW_MS - 5_000;
const UNTIL_MS = NOW_MS + 10_000;
const METADATA: Metadata = { owner: '123456789012', log_group: '/aws/lambda/shop' };

const requests = new Map<string, OtlpRequest>();
const requestOf = (signal: Signal, seed: number, items = 3): OtlpRequest => {
  const key = `${signal} ${seed} ${items}`;
  const known = requests.get(key) ?? parseRequest(signal, sampleBytes(signal, { items, seed }));
  requests.set(key, known);
  return known;
};
const telemetryOf = (over: Partial<Telemetry> & { signal?: Signal; seed?: number } = {}): Telemetry => {
  const { signal = 'traces', seed = 1, ...rest } = over;
  return { request: requestOf(signal, seed), records: new Set(['r']), metadata: METADATA, timeMs: EVENT_MS, ...rest };
};

const DELIVERED: Outcome = { status: 'delivered' };
const DOWN: Outcome = { status: 'retryable', error: new Error('answered 503') };
const POISON: Outcome = { status: 'rejected', fault: 'telemetry', error: new Error('answered 400'), httpStatus: 400 };
const UNAUTHORIZED: Outcome = { status: 'rejected', fault: 'destination', error: new Error('answered 401') };
const BISECT: Outcome = { status: 'retryable', error: new Error('bisect: not tried again'), bisect: true };

const deliveryOf = (outcome: Outcome, telemetry: Telemetry = telemetryOf(), destination = 'otlp_http'): Delivery => ({
  destination,
  telemetry,
  outcome,
});

/** A store in memory. */
const memory = (put: Store['put'] = () => Promise.resolve()) => {
  const objects = new Map<string, Uint8Array>();
  const tries: string[] = [];
  const store: Store = {
    name: 'memory',
    put: async (key, body, abort) => {
      tries.push(key);
      await put(key, body, abort);
      objects.set(key, body);
    },
    get: (key) => Promise.resolve(objects.get(key)),
    list: () => {
      throw new Error('the dead letters only write');
    },
    folders: () => Promise.reject(new Error('the dead letters only write')),
    remove: () => Promise.reject(new Error('the dead letters only write')),
  };
  const letters = (): readonly Letter[] => [...objects.values()].map(readLetter);
  return { store, objects, tries, letters };
};
const idsOf = ({ signal, bytes }: OtlpRequest): readonly string[] => itemIds(signal, bytes);
const errorOf = (outcome: Outcome | undefined): string =>
  outcome !== undefined && 'error' in outcome ? outcome.error.message : '';

/** Keeps deliveries on a clock of its own. */
const keep = async (
  deliveries: readonly Delivery[],
  { store, ...options }: Partial<DeadLettersOptions> & { store: Store },
  until = UNTIL_MS,
  attempts?: number,
): Promise<{ kept: readonly Delivery[]; sleeps: readonly number[] }> => {
  let clock = NOW_MS;
  const sleeps: number[] = [];
  const letters = deadLetters({
    store,
    now: () => clock,
    random: () => 0.5,
    sleep: (ms) => {
      sleeps.push(ms);
      clock += ms;
      return Promise.resolve();
    },
    ...options,
  });
  return { kept: await letters.keep(deliveries, until, attempts), sleeps };
};

describe('what destinations did not take', () => {
  it('D22: becomes an object that says where it was to go, why it is here and whence it came', async () => {
    const { store, objects, letters } = memory();
    const { kept } = await keep([deliveryOf(DOWN)], { store });
    const [key = ''] = objects.keys();
    expect(parseLetterKey(key)).toMatchObject({
      state: 'pending',
      destination: 'otlp_http',
      kind: 'traces',
      timeMs: EVENT_MS,
    });
    expect(kept).toEqual([
      deliveryOf({ status: 'stored', as: 'pending', key, error: new Error('answered 503') }, telemetryOf()),
    ]);
    const { bytes, items } = requestOf('traces', 1);
    expect(letters()[0]?.header).toMatchObject({
      version: 1,
      content: 'request',
      destination: 'otlp_http',
      signal: 'traces',
      items,
      bytes: bytes.length,
      reason: 'answered 503',
      attempts: 1,
      storedAt: '2026-11-20T18:13:20.000Z',
      firstEventAt: '2026-11-20T18:13:15.000Z',
      source: METADATA,
    });
    expect(letters()[0]?.header).not.toHaveProperty('notBefore');
    expect(letters()[0]?.header).not.toHaveProperty('bisect');
    expect(Buffer.from(letters()[0]?.content ?? '').equals(bytes)).toBe(true);
  });

  it.each<[Outcome, string, string]>([
    [DOWN, 'pending', 'pending'],
    [UNAUTHORIZED, 'pending', 'pending'],
    [BISECT, 'pending', 'pending'],
    [POISON, 'quarantine', 'quarantined'],
  ])('D5a, D22: of %j waits in %s/', async (outcome, state, as) => {
    const { store } = memory();
    const { kept } = await keep([deliveryOf(outcome)], { store });
    expect(kept[0]?.outcome).toMatchObject({
      status: 'stored',
      as,
      key: expect.stringMatching(`^${state}/`) as string,
    });
  });

  it('D22: is one object per destination, signal and origin, however many parts it has', async () => {
    const { store, letters } = memory();
    const tenant = { ...METADATA, 'header.tenant': 'b' };
    const deliveries = ['a', 'b'].flatMap((destination) =>
      SIGNALS.flatMap((signal) =>
        [METADATA, tenant, { ...METADATA }].flatMap((metadata, index) =>
          [1, 2].map((seed) =>
            deliveryOf(DOWN, telemetryOf({ signal, seed: index * 2 + seed, metadata }), destination),
          ),
        ),
      ),
    );
    const { kept } = await keep(deliveries, { store });
    expect(deliveries).toHaveLength(36);
    expect(letters()).toHaveLength(2 * 3 * 2);
    for (const { header } of letters()) expect(header.items).toBe('header.tenant' in header.source ? 6 : 12);
    expect(new Set(kept.map(({ outcome }) => (outcome.status === 'stored' ? outcome.key : ''))).size).toBe(12);
  });

  it('D22: has the order of its metadata nowhere', async () => {
    const { store, objects } = memory();
    const reversed = Object.fromEntries(Object.entries(METADATA).reverse());
    await keep([deliveryOf(DOWN), deliveryOf(DOWN, telemetryOf({ seed: 2, metadata: reversed }))], { store });
    expect(objects.size).toBe(1);
  });

  it('D20, D22: of two origins is never one object, even when both say the same at the same time', async () => {
    const { store, letters } = memory();
    const other = { ...METADATA, 'header.tenant': 'b' };
    await keep([deliveryOf(DOWN), deliveryOf(DOWN, telemetryOf({ metadata: other }))], { store });
    expect(letters().map(({ header }) => header.source)).toEqual([METADATA, other]);
    const again = memory();
    await keep([deliveryOf(DOWN)], again);
    await keep([deliveryOf(DOWN, telemetryOf({ metadata: other }))], again);
    expect(again.objects.size).toBe(2);
  });

  it('D22: has the same key when its event is delivered again, and replaces what is there', async () => {
    const { store, objects } = memory();
    const deliveries = [
      deliveryOf(DOWN),
      deliveryOf(DOWN, telemetryOf({ seed: 2, timeMs: EVENT_MS + 7 })),
      deliveryOf(POISON, telemetryOf({ signal: 'logs' })),
    ];
    await keep(deliveries, { store });
    const before = [...objects.keys()];
    await keep(
      deliveries.map((one) => ({ ...one, telemetry: { ...one.telemetry, records: new Set(['another']) } })),
      { store, now: () => NOW_MS + 90_000 },
      UNTIL_MS + 90_000,
    );
    expect([...objects.keys()]).toEqual(before);
    expect(before).toHaveLength(2);
  });

  it('D22: is as old as its first line', async () => {
    const { store, objects } = memory();
    const times = [EVENT_MS, EVENT_MS - 3_000, EVENT_MS + 9];
    await keep(
      times.map((timeMs, seed) => deliveryOf(DOWN, telemetryOf({ seed, timeMs }))),
      { store },
    );
    expect([...objects.keys()].map((key) => parseLetterKey(key)?.timeMs)).toEqual([EVENT_MS - 3_000]);
  });

  it('D22: is as old as now where its source does not say', async () => {
    const { store, objects } = memory();
    const { timeMs: _timeMs, ...telemetry } = telemetryOf();
    await keep([deliveryOf(DOWN, telemetry)], { store });
    expect([...objects.keys()].map((key) => parseLetterKey(key)?.timeMs)).toEqual([NOW_MS]);
  });

  it.each([-1, NaN, 1e300, Infinity, -Infinity, 253_402_300_800_000])(
    'D22: is kept whatever time its source claims: %d',
    async (timeMs) => {
      const { store, letters } = memory();
      const { kept } = await keep([deliveryOf(DOWN, telemetryOf({ timeMs }))], { store });
      expect(kept[0]?.outcome.status).toBe('stored');
      expect(letters()).toHaveLength(1);
    },
  );

  it('D6, D7: tells from when it may be sent again: the longest wait that was asked for', async () => {
    const { store, letters } = memory();
    const waits = [2_000, 90_000, undefined];
    await keep(
      waits.map((retryAfterMs, seed) =>
        deliveryOf({ ...DOWN, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, telemetryOf({ seed })),
      ),
      { store },
    );
    expect(letters()[0]?.header.notBefore).toBe('2026-11-20T18:14:50.000Z');
  });

  it('D10: so does what the breaker spared', async () => {
    const { store, letters } = memory();
    await keep([deliveryOf({ ...UNAUTHORIZED, retryAfterMs: 30_000 })], { store });
    expect(letters()[0]?.header.notBefore).toBe('2026-11-20T18:13:50.000Z');
  });

  it('D12: the rest of a refused batch is marked, and apart from what was not tried', async () => {
    const { store, letters } = memory();
    const outcomes = [DOWN, BISECT, BISECT, POISON, POISON];
    await keep(
      outcomes.map((outcome, seed) => deliveryOf(outcome, telemetryOf({ seed }))),
      { store },
    );
    expect(letters().map(({ header }) => [header.reason, header.bisect, header.items])).toEqual([
      ['answered 503', undefined, 3],
      ['bisect: not tried again', true, 6],
      ['answered 400', undefined, 6],
    ]);
  });

  it('D22: tells every reason once, at most 1000 characters of them', async () => {
    const { store, letters } = memory();
    const reasons = ['answered 503', 'timed out', 'answered 503'];
    const retryable = (message: string): Outcome => ({ status: 'retryable', error: new Error(message) });
    await keep(
      reasons.map((reason, seed) => deliveryOf(retryable(reason), telemetryOf({ seed }))),
      { store },
    );
    expect(letters()[0]?.header.reason).toBe('answered 503; timed out');
    const long = memory();
    await keep([deliveryOf(retryable('x'.repeat(100_000)))], long);
    expect(long.letters()[0]?.header.reason).toHaveLength(1_000);
  });

  it('D22b: counts how often it has been sent in vain', async () => {
    const { store, letters } = memory();
    await keep([deliveryOf(DOWN)], { store }, UNTIL_MS, 4);
    expect(letters()[0]?.header.attempts).toBe(5);
  });

  it('D2: leaves alone what was delivered or is stored already, and keeps the order', async () => {
    const { store, objects } = memory();
    const stored: Outcome = { status: 'stored', as: 'pending', key: 'k', error: new Error('why') };
    const deliveries = [DELIVERED, DOWN, stored, POISON, DELIVERED].map((outcome, seed) =>
      deliveryOf(outcome, telemetryOf({ seed })),
    );
    const { kept } = await keep(deliveries, { store });
    expect(objects.size).toBe(2);
    expect(kept.map(({ telemetry }) => telemetry)).toEqual(deliveries.map(({ telemetry }) => telemetry));
    expect([0, 2, 4].map((index) => kept[index]?.outcome)).toEqual([DELIVERED, stored, DELIVERED]);
    expect(kept.map(({ outcome }) => errorOf(outcome))).toEqual(['', 'answered 503', 'why', 'answered 400', '']);
  });

  it('nothing is nothing', async () => {
    const { store, tries } = memory();
    expect((await keep([], { store })).kept).toEqual([]);
    expect((await keep([deliveryOf(DELIVERED)], { store })).kept).toEqual([deliveryOf(DELIVERED)]);
    expect(tries).toEqual([]);
  });

  it('of 200 000 parts is one object still', async () => {
    const { store, letters } = memory();
    const one = deliveryOf(DOWN, telemetryOf({ request: parseRequest('traces', new Uint8Array(0)) }));
    await keep(
      Array.from({ length: 200_000 }, () => ({ ...one })),
      { store },
    );
    expect(letters()).toHaveLength(1);
  });

  it('of 2000 parts is one object, quickly', async () => {
    const { store, letters } = memory();
    const deliveries = Array.from({ length: 2_000 }, (_, index) => deliveryOf(DOWN, telemetryOf({ seed: index % 5 })));
    const began = performance.now();
    await keep(deliveries, { store });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(letters().map(({ header }) => header.items)).toEqual([6_000]);
  });

  it('D22: whatever it is, everything undelivered is in exactly one object, and nothing else', async () => {
    const part = fc.record({
      outcome: fc.constantFrom(DELIVERED, DOWN, POISON, UNAUTHORIZED, BISECT),
      signal: fc.constantFrom(...SIGNALS),
      destination: fc.constantFrom('a', 'a/b', '..'),
      owner: fc.constantFrom('1', '2'),
      timeMs: fc.integer({ min: 0, max: NOW_MS }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 20 }), async (parts) => {
        const { store, objects } = memory();
        const deliveries = parts.map(({ outcome, signal, destination, owner, timeMs }, seed) =>
          deliveryOf(outcome, telemetryOf({ signal, seed, timeMs, metadata: { owner } }), destination),
        );
        const { kept } = await keep(deliveries, { store });
        const found = [...objects].flatMap(([key, object]) => {
          const letter = readLetter(object);
          const { header } = letter;
          const parsed = parseLetterKey(key);
          expect(parsed).toMatchObject({ destination: header.destination, kind: header.signal });
          return idsOf(requestIn(letter)).map((id) =>
            [parsed?.state, header.destination, header.source['owner'], header.bisect ?? false, id].join(' '),
          );
        });
        const expected = deliveries.flatMap(({ outcome, destination, telemetry }) =>
          outcome.status === 'delivered'
            ? []
            : idsOf(telemetry.request).map((id) =>
                [
                  outcome === POISON ? 'quarantine' : 'pending',
                  destination,
                  telemetry.metadata['owner'],
                  outcome === BISECT,
                  id,
                ].join(' '),
              ),
        );
        expect(found.sort()).toEqual(expected.sort());
        for (const { outcome } of kept)
          expect(outcome.status === 'delivered' || (outcome.status === 'stored' && objects.has(outcome.key))).toBe(
            true,
          );
      }),
      { numRuns: 60 },
    );
  });
});

describe('a store that fails', () => {
  const failing = (times: number, error: Error = new Error('answered 500')) => {
    let left = times;
    return memory(() => (left-- > 0 ? Promise.reject(error) : Promise.resolve()));
  };

  it('D8: is tried again, with longer waits, until it takes it', async () => {
    const { store, tries, objects } = failing(7);
    const { kept, sleeps } = await keep([deliveryOf(DOWN)], { store });
    expect(sleeps).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
    expect(tries).toHaveLength(8);
    expect(objects.size).toBe(1);
    expect(kept[0]?.outcome.status).toBe('stored');
  });

  it('D8: is waited for with jitter of half the wait either way', async () => {
    const draws = [0, 0.999, 0.25];
    const { sleeps } = await keep([deliveryOf(DOWN)], { store: failing(3).store, random: () => draws.shift() ?? 0 });
    expect(sleeps).toEqual([50, expect.closeTo(299.8), 300]);
  });

  it('D3, D8: is given up when the next try would begin too late; the source keeps it, and a person reads why', async () => {
    const { store, objects } = failing(Infinity);
    const { kept, sleeps } = await keep([deliveryOf(DOWN)], { store }, NOW_MS + 1_000);
    expect(sleeps).toEqual([100, 200, 400]);
    expect(objects.size).toBe(0);
    expect(kept[0]?.outcome.status).toBe('retryable');
    expect(errorOf(kept[0]?.outcome)).toBe('answered 503; could not be stored: answered 500');
  });

  it.each([NOW_MS, NOW_MS - 1_000])('D8: is tried once, even when the time is over', async (until) => {
    const works = memory();
    expect((await keep([deliveryOf(DOWN)], works, until)).kept[0]?.outcome.status).toBe('stored');
    const broken = failing(Infinity);
    const { kept, sleeps } = await keep([deliveryOf(DOWN)], broken, until);
    expect(kept[0]?.outcome.status).toBe('retryable');
    expect([broken.tries.length, sleeps.length]).toEqual([1, 0]);
  });

  it('D8: for good is not tried again', async () => {
    const denied = new StoreError('s3://b: access denied', { permanent: true });
    const { store, tries } = failing(Infinity, denied);
    const { kept, sleeps } = await keep([deliveryOf(DOWN)], { store });
    expect([tries.length, sleeps.length]).toEqual([1, 0]);
    expect(errorOf(kept[0]?.outcome)).toBe('answered 503; could not be stored: s3://b: access denied');
  });

  it('D8: for now says so itself, and is tried again', async () => {
    const busy = new StoreError('s3://b: slow down', { permanent: false });
    const { store, tries } = failing(2, busy);
    await keep([deliveryOf(DOWN)], { store });
    expect(tries).toHaveLength(3);
  });

  it.each([null, 'a word', { message: 'x' }])('D8: with what is no error (%j) is a failure too', async (error) => {
    const { kept } = await keep([deliveryOf(DOWN)], { store: failing(Infinity, error as never).store }, NOW_MS);
    expect(errorOf(kept[0]?.outcome)).toBe('answered 503; could not be stored: failed');
  });

  it('D8: at once instead of by a promise is a failure too', async () => {
    const { store } = memory(() => {
      throw new Error('at once');
    });
    const { kept } = await keep([deliveryOf(DOWN)], { store }, NOW_MS);
    expect(errorOf(kept[0]?.outcome)).toBe('answered 503; could not be stored: at once');
  });

  it('D8: by never answering is given up in time, whether it looks at its signal or not', async () => {
    const seen: (AbortSignal | undefined)[] = [];
    const { store } = memory((_key, _body, abort) => {
      seen.push(abort);
      return new Promise(() => undefined);
    });
    const began = performance.now();
    const kept = await deadLetters({ store }).keep([deliveryOf(DOWN)], Date.now() + 100.5);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(kept[0]?.outcome.status).toBe('retryable');
    expect(seen[0]?.aborted).toBe(true);
  });

  it.each([0.1, 1_234.56, 2 ** 31, 2 ** 40, Infinity])('D8: with %d ms left is not mistaken', async (leftMs) => {
    const { store, tries } = memory();
    const kept = await deadLetters({ store, now: () => NOW_MS }).keep([deliveryOf(DOWN)], NOW_MS + leftMs);
    expect(kept[0]?.outcome.status).toBe('stored');
    expect(tries).toHaveLength(1);
  });

  it('D3: for one object does not touch another', async () => {
    const { store } = memory((key) => (key.includes('/logs/') ? Promise.reject(new Error('no')) : Promise.resolve()));
    const deliveries = [deliveryOf(DOWN, telemetryOf({ signal: 'logs' })), deliveryOf(DOWN), deliveryOf(DELIVERED)];
    const { kept } = await keep(deliveries, { store }, NOW_MS);
    expect(kept.map(({ outcome }) => outcome.status)).toEqual(['retryable', 'stored', 'delivered']);
  });

  it('D12: what could not be stored is no longer marked: it comes again as a whole', async () => {
    const { kept } = await keep([deliveryOf(BISECT)], { store: failing(Infinity).store }, NOW_MS);
    expect(kept[0]?.outcome).not.toHaveProperty('bisect');
  });
});

describe('lines that cannot be read', () => {
  const lineOf = (content: string | Uint8Array, over: Partial<Unreadable['fault']> = {}): Unreadable => ({
    fault: {
      reason: 'envelope',
      message: '"endpoint" is missing',
      source: { ...METADATA, id: 'event-1' },
      sha256: 'ab'.repeat(32),
      bytes: content.length,
      ...over,
    },
    content,
    timeMs: EVENT_MS,
  });
  const quarantine = (lines: readonly Unreadable[], store: Store, until = UNTIL_MS): Promise<readonly Outcome[]> =>
    deadLetters({ store, now: () => NOW_MS }).quarantine(lines, until);

  it('D16: are kept in one object per reason and origin, each with an outcome of its own', async () => {
    const { store, objects, letters } = memory();
    const outcomes = await quarantine(
      [
        lineOf('one'),
        lineOf('two', { reason: 'json', message: 'not valid JSON' }),
        lineOf('three', { message: 'no payload', source: { ...METADATA, id: 'event-3' } }),
        lineOf('four', { source: { ...METADATA, log_group: 'other', id: 'event-4' } }),
      ],
      store,
    );
    expect(outcomes.map((outcome) => [outcome.status, errorOf(outcome)])).toEqual([
      ['stored', '"endpoint" is missing'],
      ['stored', 'not valid JSON'],
      ['stored', 'no payload'],
      ['stored', '"endpoint" is missing'],
    ]);
    const keys = outcomes.map((outcome) => (outcome.status === 'stored' ? outcome.key : ''));
    expect(keys[0]).toBe(keys[2]);
    expect(new Set(keys).size).toBe(3);
    expect([...objects.keys()].map((key) => parseLetterKey(key))).toMatchObject([
      { state: 'quarantine', destination: 'lines', kind: 'envelope', timeMs: EVENT_MS },
      { state: 'quarantine', destination: 'lines', kind: 'json', timeMs: EVENT_MS },
      { state: 'quarantine', destination: 'lines', kind: 'envelope', timeMs: EVENT_MS },
    ]);
    expect(letters().map(({ header }) => [header.content, header.lines, header.attempts])).toEqual([
      ['lines', 2, 0],
      ['lines', 1, 0],
      ['lines', 1, 0],
    ]);
  });

  it('D22: leave no header value in the store, in whatever form they came', async () => {
    const { store, letters } = memory();
    const envelope = '{"__otel_otlp_stdout":"1","headers":{"authorization":"Bearer canary-52"},"payload":7}';
    const wrapped = JSON.stringify({ level: 'INFO', message: envelope });
    const given = [envelope, wrapped, wrapped.slice(0, -20), Buffer.from(envelope), Buffer.from(`\ufeff${wrapped}`)];
    await quarantine(
      given.map((content) => lineOf(content)),
      store,
    );
    const [letter] = letters();
    const text = Buffer.from(letter?.content ?? '').toString();
    expect(text.trim().split('\n')).toHaveLength(5);
    expect(text).not.toContain('canary');
    expect(text).toContain('__otel_otlp_stdout');
  });

  it('D16: that are no text are kept byte by byte', async () => {
    const { store, letters } = memory();
    const bytes = Uint8Array.of(0x1f, 0x8b, 0xff, 0, 1);
    await quarantine([lineOf(bytes)], store);
    const entry = JSON.parse(Buffer.from(letters()[0]?.content ?? '').toString()) as { base64: string };
    expect([...Buffer.from(entry.base64, 'base64')]).toEqual([...bytes]);
    expect(entry).not.toHaveProperty('line');
  });

  it('D16: tell what is wrong with each, where it was, and what it was like before anything was blanked', async () => {
    const { store, letters } = memory();
    await quarantine([lineOf('a "quoted"\nline', { bytes: 15 })], store);
    expect(JSON.parse(Buffer.from(letters()[0]?.content ?? '').toString())).toEqual({
      id: 'event-1',
      reason: '"endpoint" is missing',
      sha256: 'ab'.repeat(32),
      bytes: 15,
      line: 'a "quoted"\nline',
    });
    expect(letters()[0]?.header).toMatchObject({ fault: 'envelope', source: METADATA });
    expect(letters()[0]?.header.source).not.toHaveProperty('id');
  });

  it('D22: have the same key when their event is delivered again', async () => {
    const { store, objects } = memory();
    const lines = [lineOf('one'), lineOf('two')];
    await quarantine(lines, store);
    await deadLetters({ store, now: () => NOW_MS + 60_000 }).quarantine(lines, UNTIL_MS + 60_000);
    expect(objects.size).toBe(1);
  });

  it('D3: go back to the source when the store fails', async () => {
    const { store } = memory((key) => (key.includes('/json/') ? Promise.reject(new Error('no')) : Promise.resolve()));
    const outcomes = await quarantine([lineOf('one', { reason: 'json' }), lineOf('two')], store, NOW_MS);
    expect(outcomes.map(({ status }) => status)).toEqual(['retryable', 'stored']);
    expect(errorOf(outcomes[0])).toBe('could not be stored: no');
  });

  it.each([NaN, 1e300, -5])('D16: are kept whatever time their source claims: %d', async (timeMs) => {
    const { store, letters } = memory();
    const outcomes = await quarantine([{ ...lineOf('one'), timeMs }], store);
    expect(outcomes.map(({ status }) => status)).toEqual(['stored']);
    expect(letters()).toHaveLength(1);
  });

  it('10 000 of them are one object', async () => {
    const { store, objects } = memory();
    const outcomes = await quarantine(
      Array.from({ length: 10_000 }, (_, index) => lineOf(`line ${index}`)),
      store,
    );
    expect(outcomes.every(({ status }) => status === 'stored')).toBe(true);
    expect(objects.size).toBe(1);
  });

  it('none are none', async () => {
    const { store, tries } = memory();
    expect(await quarantine([], store)).toEqual([]);
    expect(tries).toEqual([]);
  });
});
