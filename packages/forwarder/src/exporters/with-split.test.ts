import {
  mergeRequests,
  type OtlpRequest,
  parseRequest,
  type Signal,
  SIGNALS,
  splitRequest,
} from '@serverless-otlp/otlp';
import { itemIds, sampleBytes } from '@serverless-otlp/testing';
import { deliveryContract, exporterContract, judgedExporter, sendBy } from '@serverless-otlp/testing/contracts';
import { withBreaker } from './with-breaker.ts';
import { withRetry } from './with-retry.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, Exporter, Outcome, Telemetry } from '../types.ts';
import { withSplit } from './with-split.ts';

const telemetryOf = (items: number, signal: Signal = 'traces'): Telemetry => ({
  request: parseRequest(signal, sampleBytes(signal, { items })),
  records: new Set(['record-1']),
  metadata: { owner: '1' },
});

const ids = ({ signal, bytes }: OtlpRequest): readonly string[] => itemIds(signal, bytes);

interface Destination extends Exporter {
  /** What it was sent, in order. */
  readonly sent: readonly Telemetry[];
}

/** A destination that answers by what is in a request. */
const destination = (answer: (request: OtlpRequest, number: number) => Outcome): Destination => {
  const sent: Telemetry[] = [];
  return {
    name: 'fake',
    sent,
    export: (telemetry) => {
      const outcome = answer(telemetry.request, sent.push(telemetry));
      return Promise.resolve([{ destination: 'fake', telemetry, outcome }]);
    },
  };
};

const DELIVERED: Outcome = { status: 'delivered' };
const answered = (httpStatus: number): Outcome => ({
  status: 'rejected',
  fault: 'telemetry',
  error: new Error(`answered ${httpStatus}`),
  httpStatus,
});

/** Refuses every request that has one of these items in it. */
const refusing = (poison: ReadonlySet<string>, httpStatus = 400): Destination =>
  destination((request) => (ids(request).some((id) => poison.has(id)) ? answered(httpStatus) : DELIVERED));

const chosen = (telemetry: Telemetry, ...indexes: readonly number[]): ReadonlySet<string> =>
  new Set(indexes.map((index) => ids(telemetry.request)[index] ?? ''));

const idsWhere = (deliveries: readonly Delivery[], matches: (outcome: Outcome) => boolean): readonly string[] =>
  deliveries.filter(({ outcome }) => matches(outcome)).flatMap(({ telemetry }) => ids(telemetry.request));

const isDelivered = ({ status }: Outcome): boolean => status === 'delivered';
const faultOf = (outcome: Outcome): string | undefined => (outcome.status === 'rejected' ? outcome.fault : undefined);
const isTelemetryFault = (outcome: Outcome): boolean => faultOf(outcome) === 'telemetry';
const later = Date.now() + 60_000;

exporterContract('withSplit, nothing to split', () => ({ exporter: withSplit(destination(() => DELIVERED)) }), {
  expects: 'delivered',
});
exporterContract('withSplit, small limits', () => ({
  exporter: withSplit(
    destination(() => DELIVERED),
    { maxItems: 2, maxBytes: 200 },
  ),
}));
exporterContract('withSplit, everything refused', () => ({ exporter: withSplit(destination(() => answered(400))) }), {
  expects: 'rejected',
});
exporterContract('withSplit, every second request refused', () => ({
  exporter: withSplit(
    destination((_, number) => (number % 2 === 0 ? DELIVERED : answered(413))),
    { maxItems: 4, maxRequests: 3 },
  ),
}));

deliveryContract('withSplit', (judge) => ({ send: sendBy(withSplit(judgedExporter(judge), { maxItems: 4 })) }));
deliveryContract(
  'withSplit, large requests and few tries',
  (judge) => ({
    send: sendBy(withSplit(judgedExporter(judge), { maxRequests: 3 })),
  }),
  { items: 120, itemsPerRequest: 40 },
);
deliveryContract('the whole composition, in memory', (judge) => {
  const breaker = withBreaker(judgedExporter(judge), { failures: 2, intervalMs: 1 });
  const retried = withRetry(breaker, { initialIntervalMs: 1, maxElapsedMs: 20 });
  return { send: sendBy(withSplit(retried, { maxItems: 7 })) };
});

describe('limits of a destination', () => {
  it('D13: a signal may have limits of its own', async () => {
    const bySignal = { traces: { maxItems: 2 }, metrics: { maxItems: 5, maxBytes: 1_000_000 } };
    const sizes = async (signal: Signal): Promise<readonly number[]> => {
      const fake = destination(() => DELIVERED);
      await withSplit(fake, { bySignal, maxItems: 3 }).export(telemetryOf(6, signal), later);
      return fake.sent.map(({ request }) => request.items);
    };
    expect(await sizes('traces')).toEqual([2, 2, 2]);
    expect(await sizes('metrics')).toEqual([5, 1]);
    expect(await sizes('logs')).toEqual([3, 3]);
  });

  it('D13: empty limits of a signal are none, whatever the others are', async () => {
    const fake = destination(() => DELIVERED);
    await withSplit(fake, { bySignal: { traces: {} }, maxItems: 1, maxBytes: 1 }).export(telemetryOf(6), later);
    expect(fake.sent).toHaveLength(1);
  });

  it('D13: the bytes of a signal are counted for it alone', async () => {
    const telemetry = telemetryOf(6);
    const half = Math.ceil(telemetry.request.bytes.length / 2);
    const fake = destination(() => DELIVERED);
    const split = withSplit(fake, { bySignal: { traces: { maxBytes: half }, logs: { maxBytes: 1 } } });
    await split.export(telemetry, later);
    expect(fake.sent.length).toBeGreaterThan(1);
    for (const { request } of fake.sent) expect(request.bytes.length).toBeLessThanOrEqual(half);
  });

  it('within the limits the request itself is sent, unchanged', async () => {
    const telemetry = telemetryOf(5);
    const fake = destination(() => DELIVERED);
    const deliveries = await withSplit(fake, { maxItems: 5, maxBytes: telemetry.request.bytes.length }).export(
      telemetry,
      later,
    );
    expect(fake.sent[0]?.request).toBe(telemetry.request);
    expect(deliveries).toHaveLength(1);
  });

  it.each(SIGNALS)(
    'D13: 10 000 items (%s) go out in parts of at most 1 000, each complete, all of them',
    async (signal) => {
      const hundred = telemetryOf(100, signal);
      const request = mergeRequests(Array.from({ length: 100 }, () => hundred.request));
      const fake = destination(() => DELIVERED);
      const deliveries = await withSplit(fake, { maxItems: 1000 }).export({ ...hundred, request }, later);
      expect(fake.sent.map((part) => part.request.items)).toEqual(Array.from({ length: 10 }, () => 1000));
      const expected = Array.from({ length: 10 }, () => ids(hundred.request)).flat();
      for (const part of fake.sent) expect(ids(parseRequest(signal, part.request.bytes))).toEqual(expected);
      expect(deliveries.every(({ outcome }) => isDelivered(outcome))).toBe(true);
    },
    20_000,
  );

  it('D13: no part is larger than the limit in bytes', async () => {
    const telemetry = telemetryOf(200);
    const maxBytes = 2000;
    const fake = destination(() => DELIVERED);
    const deliveries = await withSplit(fake, { maxBytes }).export(telemetry, later);
    expect(Math.max(...fake.sent.map(({ request }) => request.bytes.length))).toBeLessThanOrEqual(maxBytes);
    expect(fake.sent.length).toBeGreaterThan(10);
    expect(idsWhere(deliveries, isDelivered)).toEqual(ids(telemetry.request));
  });

  it('D13: a single item over the limit is set aside without being sent, its neighbours are sent', async () => {
    const big = parseRequest('logs', sampleBytes('logs', { items: 1, idPrefix: 'x'.repeat(5000) }));
    const small = telemetryOf(4, 'logs').request;
    const telemetry = { ...telemetryOf(1), request: mergeRequests([small, big, small]) };
    const fake = destination(() => DELIVERED);
    const deliveries = await withSplit(fake, { maxBytes: 4000 }).export(telemetry, later);
    expect(fake.sent.flatMap(({ request }) => ids(request))).toEqual([...ids(small), ...ids(small)]);
    const refused = deliveries.filter(({ outcome }) => outcome.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ destination: 'fake', outcome: { fault: 'telemetry' } });
    expect(refused[0]?.outcome).toMatchObject({
      error: { message: expect.stringMatching(/one item of \d+ bytes, over the limit of 4000/) as string },
    });
    expect(refused.flatMap(({ telemetry: { request } }) => ids(request))).toEqual(ids(big));
  });

  it('D13: an item exactly at the limit is sent', async () => {
    const telemetry = telemetryOf(1);
    const maxBytes = telemetry.request.bytes.length;
    expect(await withSplit(refusing(new Set()), { maxBytes }).export(telemetry, later)).toMatchObject([
      { outcome: DELIVERED },
    ]);
    expect(await withSplit(refusing(new Set()), { maxBytes: maxBytes - 1 }).export(telemetry, later)).toMatchObject([
      { outcome: { status: 'rejected', fault: 'telemetry' } },
    ]);
  });

  it('R9: no part is empty', async () => {
    const fake = destination((request) => (request.items > 1 ? answered(413) : DELIVERED));
    await withSplit(fake, { maxItems: 3 }).export(telemetryOf(10), later);
    expect(fake.sent.every(({ request }) => request.items > 0)).toBe(true);
  });

  it('parts keep the records and the metadata they ride with', async () => {
    const telemetry = telemetryOf(10);
    for (const { telemetry: part } of await withSplit(
      destination(() => DELIVERED),
      { maxItems: 4 },
    ).export(telemetry, 1))
      expect(part).toMatchObject({ records: telemetry.records, metadata: telemetry.metadata });
  });

  it('D8: every part gets the deadline', async () => {
    const deadlines: number[] = [];
    const exporter: Exporter = {
      name: 'fake',
      export: (telemetry, deadline) => {
        deadlines.push(deadline);
        return Promise.resolve([{ destination: 'fake', telemetry, outcome: DELIVERED }]);
      },
    };
    await withSplit(exporter, { maxItems: 3 }).export(telemetryOf(9), 1234);
    expect(deadlines).toEqual([1234, 1234, 1234]);
  });
});

describe('a refused batch', () => {
  it.each([0, 1, 499, 500, 998, 999])(
    'D12: finds the one poisoned item of 1000 (number %i) within 32 requests and delivers the rest',
    async (index) => {
      const telemetry = telemetryOf(1000);
      const poison = chosen(telemetry, index);
      const fake = refusing(poison);
      const deliveries = await withSplit(fake).export(telemetry, later);
      expect(idsWhere(deliveries, isTelemetryFault)).toEqual([...poison]);
      expect(idsWhere(deliveries, isDelivered)).toHaveLength(999);
      expect(new Set(idsWhere(deliveries, isDelivered)).size).toBe(999);
      expect(fake.sent.length).toBeLessThanOrEqual(32);
    },
  );

  it.each([400, 413, 422])('D12, D5a: %i is what splits', async (status) => {
    const telemetry = telemetryOf(10);
    const poison = chosen(telemetry, 3);
    const deliveries = await withSplit(refusing(poison, status)).export(telemetry, later);
    expect(idsWhere(deliveries, isTelemetryFault)).toEqual([...poison]);
    expect(idsWhere(deliveries, isDelivered)).toHaveLength(9);
  });

  it('D12: what is too large for the destination goes out in halves', async () => {
    const fake = destination(({ items }) => (items > 30 ? answered(413) : DELIVERED));
    const deliveries = await withSplit(fake).export(telemetryOf(100), later);
    expect(deliveries.every(({ outcome }) => isDelivered(outcome))).toBe(true);
    expect(deliveries.map(({ telemetry }) => telemetry.request.items)).toEqual([25, 25, 25, 25]);
    expect(fake.sent).toHaveLength(7);
  });

  it('D12: what 32 requests cannot settle is left for later, marked, and nothing is lost', async () => {
    const telemetry = telemetryOf(1000);
    const poison = chosen(telemetry, 17, 250, 400, 616, 833);
    const fake = refusing(poison);
    const deliveries = await withSplit(fake).export(telemetry, later);
    expect(fake.sent).toHaveLength(32);
    const left = deliveries.filter(({ outcome }) => outcome.status === 'retryable');
    expect(left.length).toBeGreaterThan(0);
    for (const { destination: name, outcome } of left) {
      expect(name).toBe('fake');
      expect(outcome).toMatchObject({
        bisect: true,
        error: { message: expect.stringMatching(/^bisect: .*32 requests$/) as string },
      });
    }
    const all = idsWhere(deliveries, () => true);
    expect([...all].sort()).toEqual([...ids(telemetry.request)].sort());
    const undone = idsWhere(deliveries, (outcome) => !isDelivered(outcome));
    expect([...poison].every((id) => undone.includes(id))).toBe(true);
    expect(idsWhere(deliveries, isTelemetryFault).every((id) => poison.has(id))).toBe(true);
    expect(idsWhere(deliveries, isDelivered).length).toBeGreaterThan(500);
  });

  it('D12: the 32 requests are for each batch', async () => {
    const telemetry = telemetryOf(600);
    const poison = chosen(telemetry, 100, 300, 500);
    const deliveries = await withSplit(refusing(poison), { maxItems: 200 }).export(telemetry, later);
    expect(idsWhere(deliveries, isTelemetryFault)).toEqual([...poison]);
    expect(idsWhere(deliveries, isDelivered)).toHaveLength(597);
  });

  it('D12: a request counts once, however often it is tried', async () => {
    const telemetry = telemetryOf(16);
    const poison = chosen(telemetry, 0, 2, 4, 6, 8, 10, 12, 14);
    const refuse = refusing(poison);
    const tried = new Set<OtlpRequest>();
    const shaky: Exporter = {
      name: 'fake',
      export: (part, deadline) => {
        if (tried.has(part.request)) return refuse.export(part, deadline);
        tried.add(part.request);
        const outcome: Outcome = { status: 'retryable', error: new Error('answered 503') };
        return Promise.resolve([{ destination: 'fake', telemetry: part, outcome }]);
      },
    };
    const retried = withRetry(shaky, { sleep: () => Promise.resolve(), maxElapsedMs: 60_000 });
    const deliveries = await withSplit(retried).export(telemetry, later);
    expect([tried.size, refuse.sent.length]).toEqual([31, 31]);
    expect([...idsWhere(deliveries, isTelemetryFault)].sort()).toEqual([...poison].sort());
    expect(idsWhere(deliveries, isDelivered)).toHaveLength(8);
  });

  it.each(SIGNALS)(
    'D12: 32 requests settle any mixture of 16 items, and of more what they reach: %s',
    async (signal) => {
      const settled = async (items: number): Promise<readonly number[]> => {
        const telemetry = telemetryOf(items, signal);
        const poison = new Set(ids(telemetry.request).filter((_, index) => index % 2 === 1));
        const deliveries = await withSplit(refusing(poison)).export(telemetry, later);
        expect([...idsWhere(deliveries, () => true)].sort()).toEqual([...ids(telemetry.request)].sort());
        expect(idsWhere(deliveries, isTelemetryFault).every((id) => poison.has(id))).toBe(true);
        const left = ({ status }: Outcome): boolean => status === 'retryable';
        return [isDelivered, isTelemetryFault, left].map((matches) => idsWhere(deliveries, matches).length);
      };
      expect(await settled(16)).toEqual([8, 8, 0]);
      expect(await settled(24)).toEqual([5, 4, 15]);
      expect(await settled(32)).toEqual([1, 0, 31]);
    },
  );

  it('D12, D5a: refused items in every part that 32 requests reach look like a destination that refuses all', async () => {
    const telemetry = telemetryOf(64);
    const poison = new Set(ids(telemetry.request).filter((_, index) => index % 2 === 1));
    const deliveries = await withSplit(refusing(poison)).export(telemetry, later);
    expect(new Set(deliveries.map(({ outcome }) => faultOf(outcome)))).toEqual(new Set(['destination']));
  });

  it('D12: maxRequests is counted to the request', async () => {
    for (const maxRequests of [1, 2, 5]) {
      const fake = refusing(chosen(telemetryOf(64), 40));
      await withSplit(fake, { maxRequests }).export(telemetryOf(64), later);
      expect(fake.sent).toHaveLength(maxRequests);
    }
  });

  it('D12: a single item refused alone is its own fault, and is sent once', async () => {
    const fake = destination(() => answered(400));
    expect(await withSplit(fake).export(telemetryOf(1), later)).toMatchObject([
      { outcome: { status: 'rejected', fault: 'telemetry', httpStatus: 400 } },
    ]);
    expect(fake.sent).toHaveLength(1);
  });

  it.each([
    ['retryable', { status: 'retryable', error: new Error('503'), retryAfterMs: 7 }],
    [
      'a fault of the destination',
      { status: 'rejected', fault: 'destination', error: new Error('401'), httpStatus: 401 },
    ],
    ['partly delivered', { status: 'delivered', rejectedItems: 2, message: 'two too many' }],
    ['delivered, unconfirmed', { status: 'delivered', unconfirmed: true }],
  ] as const)('D5a, D14: what is %s is not split', async (_, outcome) => {
    const fake = destination(() => outcome);
    expect(await withSplit(fake).export(telemetryOf(10), later)).toMatchObject([{ outcome }]);
    expect(fake.sent).toHaveLength(1);
  });

  it('only the part that was refused is split, when an exporter delivers in parts', async () => {
    const telemetry = telemetryOf(4);
    const sent: number[] = [];
    const inParts: Exporter = {
      name: 'fake',
      export: (given) => {
        sent.push(given.request.items);
        const halves = given.request.items < 4 ? [given.request] : splitRequest(given.request, { maxItems: 2 });
        return Promise.resolve(
          halves.map((request, index) => ({
            destination: 'fake',
            telemetry: { ...given, request },
            outcome: index === 1 ? answered(400) : DELIVERED,
          })),
        );
      },
    };
    const deliveries = await withSplit(inParts).export(telemetry, later);
    expect(sent).toEqual([4, 1, 1]);
    expect(idsWhere(deliveries, isDelivered)).toHaveLength(4);
  });
});

describe('when it is given up', () => {
  it('D7a: every part and every half has the abort', async () => {
    const { signal } = new AbortController();
    const aborts: (AbortSignal | undefined)[] = [];
    const fake: Exporter = {
      name: 'fake',
      export: (telemetry, _deadline, abort) => {
        aborts.push(abort);
        const outcome = telemetry.request.items > 1 ? answered(400) : DELIVERED;
        return Promise.resolve([{ destination: 'fake', telemetry, outcome }]);
      },
    };
    await withSplit(fake, { maxItems: 4 }).export(telemetryOf(8), later, signal);
    expect(aborts).toHaveLength(2 * 7);
    expect(new Set(aborts)).toEqual(new Set([signal]));
  });

  it('D7a: halves that were given up are owed, not refused', async () => {
    const controller = new AbortController();
    const fake: Exporter = {
      name: 'fake',
      export: (telemetry, _deadline, abort) => {
        const outcome: Outcome =
          abort?.aborted === true ? { status: 'retryable', error: new Error('given up') } : answered(400);
        controller.abort();
        return Promise.resolve([{ destination: 'fake', telemetry, outcome }]);
      },
    };
    const telemetry = telemetryOf(8);
    const deliveries = await withSplit(fake).export(telemetry, later, controller.signal);
    expect(new Set(deliveries.map(({ outcome }) => outcome.status))).toEqual(new Set(['retryable']));
    expect([...idsWhere(deliveries, () => true)].sort()).toEqual([...ids(telemetry.request)].sort());
  });
});

describe('a destination that refuses everything', () => {
  it.each([2, 3, 10, 1000])('D12, D5a: %i items all refused alike are the fault of the destination', async (items) => {
    const telemetry = telemetryOf(items);
    const fake = destination(() => answered(400));
    const deliveries = await withSplit(fake).export(telemetry, later);
    expect(fake.sent.length).toBe(Math.min(32, 2 * items - 1));
    expect(new Set(deliveries.map(({ outcome }) => faultOf(outcome)))).toEqual(new Set(['destination']));
    expect(new Set(deliveries.map(({ outcome }) => 'error' in outcome && outcome.error.message))).toEqual(
      new Set(['answered 400']),
    );
    expect([...idsWhere(deliveries, () => true)].sort()).toEqual([...ids(telemetry.request)].sort());
  });

  it('D12: refused in different ways, each item is judged for itself', async () => {
    const telemetry = telemetryOf(2);
    const [first = ''] = ids(telemetry.request);
    const fake = destination((request) => answered(ids(request).includes(first) ? 400 : 422));
    const deliveries = await withSplit(fake).export(telemetry, later);
    expect(deliveries.map(({ outcome }) => faultOf(outcome))).toEqual(['telemetry', 'telemetry']);
  });

  it('D12: one accepted part shows that the destination takes telemetry', async () => {
    const telemetry = telemetryOf(8);
    const deliveries = await withSplit(refusing(chosen(telemetry, 0, 1, 2, 3, 4, 5, 6))).export(telemetry, later);
    expect(idsWhere(deliveries, isTelemetryFault)).toHaveLength(7);
    expect(idsWhere(deliveries, isDelivered)).toHaveLength(1);
  });

  it('D12: a part that got no answer proves nothing; the refused ones are kept', async () => {
    const telemetry = telemetryOf(2);
    const [first = ''] = ids(telemetry.request);
    const unanswered: Outcome = { status: 'retryable', error: new Error('503') };
    const fake = destination((request) => (ids(request).includes(first) ? answered(400) : unanswered));
    const deliveries = await withSplit(fake).export(telemetry, later);
    expect(deliveries.map(({ outcome }) => faultOf(outcome))).toEqual(['destination', undefined]);
    expect(deliveries[1]?.outcome).toBe(unanswered);
  });

  it('D13: what was refused here, without being sent, is never its fault', async () => {
    const here: Outcome = { status: 'rejected', fault: 'telemetry', error: new Error('over the limit; not sent') };
    const deliveries = await withSplit(destination(() => here)).export(telemetryOf(4), later);
    expect(deliveries.map(({ outcome }) => faultOf(outcome))).toEqual(Array.from({ length: 4 }, () => 'telemetry'));
  });
});

it('D12, D13: whatever is refused and however small the limits, every item comes back once', async () => {
  const cases = fc.record({
    signal: fc.constantFrom(...SIGNALS),
    items: fc.integer({ min: 1, max: 60 }),
    poison: fc.array(fc.nat(59), { maxLength: 6 }),
    maxItems: fc.integer({ min: 1, max: 70 }),
    maxBytes: fc.integer({ min: 50, max: 8000 }),
    maxRequests: fc.integer({ min: 1, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ signal, items, poison, ...limits }) => {
      const telemetry = telemetryOf(items, signal);
      const refused = chosen(telemetry, ...poison);
      const fake = refusing(refused);
      const deliveries = await withSplit(fake, limits).export(telemetry, later);
      expect([...idsWhere(deliveries, () => true)].sort()).toEqual([...ids(telemetry.request)].sort());
      expect(idsWhere(deliveries, isDelivered).some((id) => refused.has(id))).toBe(false);
      for (const { request } of fake.sent) {
        expect(request.items).toBeLessThanOrEqual(limits.maxItems);
        expect(request.bytes.length).toBeLessThanOrEqual(limits.maxBytes);
      }
    }),
    { numRuns: 60 },
  );
});
