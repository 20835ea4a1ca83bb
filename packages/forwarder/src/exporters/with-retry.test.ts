import { getEventListeners } from 'node:events';
import {
  deliveryContract,
  exporterContract,
  judgedExporter,
  sampleRequest,
  sendBy,
} from '@serverless-otlp/testing/contracts';
import { describe, expect, it } from 'vitest';
import type { Delivery, Exporter, Outcome, Telemetry } from '../types.ts';
import { type RetryOptions, withRetry } from './with-retry.ts';

const telemetry: Telemetry = {
  request: sampleRequest('traces', 'sample', 3),
  records: new Set(['record-1']),
  metadata: {},
};

const DELIVERED: Outcome = { status: 'delivered' };
const failed = (retryAfterMs?: number): Outcome => ({
  status: 'retryable',
  error: new Error('answered 503'),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

interface Play {
  readonly deliveries: readonly Delivery[];
  /** When each try began, from 0. */
  readonly tries: readonly number[];
  readonly sleeps: readonly number[];
  readonly deadlines: readonly number[];
  /** When it was over. */
  readonly end: number;
}

/** Runs one export on a clock of its own against these outcomes, the last one again and again; each try takes `tryMs`. */
const play = async (
  outcomes: readonly Outcome[],
  options: RetryOptions & { readonly deadline?: number; readonly tryMs?: number } = {},
): Promise<Play> => {
  const { deadline = 1_000_000, tryMs = 0, ...retry } = options;
  let clock = 0;
  const tries: number[] = [];
  const sleeps: number[] = [];
  const deadlines: number[] = [];
  const exporter: Exporter = {
    name: 'fake',
    export: (given, end) => {
      deadlines.push(end);
      const outcome = outcomes[Math.min(tries.push(clock), outcomes.length) - 1] ?? DELIVERED;
      clock += tryMs;
      return Promise.resolve([{ destination: 'fake', telemetry: given, outcome }]);
    },
  };
  const sleep = (ms: number): Promise<void> => {
    sleeps.push(ms);
    clock += ms;
    return Promise.resolve();
  };
  const deliveries = await withRetry(exporter, { random: () => 0.5, now: () => clock, sleep, ...retry }).export(
    telemetry,
    deadline,
  );
  return { deliveries, tries, sleeps, deadlines, end: clock };
};

exporterContract('withRetry, delivered at the second try', () => {
  let tries = 0;
  return {
    exporter: withRetry(
      {
        name: 'fake',
        export: (given) =>
          Promise.resolve([
            { destination: 'fake', telemetry: given, outcome: tries++ % 2 === 0 ? failed() : DELIVERED },
          ]),
      },
      { initialIntervalMs: 1 },
    ),
  };
});
exporterContract(
  'withRetry, never delivered',
  () => ({
    exporter: withRetry(
      {
        name: 'fake',
        export: (given) => Promise.resolve([{ destination: 'fake', telemetry: given, outcome: failed() }]),
      },
      { initialIntervalMs: 10, maxElapsedMs: 100 },
    ),
  }),
  { expects: 'retryable' },
);

deliveryContract('withRetry', (judge) => ({
  send: sendBy(withRetry(judgedExporter(judge), { initialIntervalMs: 1, maxElapsedMs: 20 })),
}));

describe('what is tried again', () => {
  it('D5: a retryable outcome, until it is delivered', async () => {
    const { deliveries, tries } = await play([failed(), failed(), DELIVERED]);
    expect(tries).toHaveLength(3);
    expect(deliveries).toEqual([{ destination: 'fake', telemetry, outcome: DELIVERED }]);
  });

  it.each<readonly [string, Outcome]>([
    ['delivered', DELIVERED],
    ['delivered in part (C2, D14)', { status: 'delivered', rejectedItems: 2, message: 'two refused' }],
    ['delivered, unconfirmed (D15)', { status: 'delivered', unconfirmed: true }],
    ['stored', { status: 'stored', as: 'pending', key: 'k', error: new Error('stored') }],
    ['refused for the telemetry (C6)', { status: 'rejected', fault: 'telemetry', error: new Error('400') }],
    ['refused for the destination (D5a)', { status: 'rejected', fault: 'destination', error: new Error('401') }],
  ])('D5, C2, C6, D14: nothing else: not what is %s', async (_, outcome) => {
    const { deliveries, tries, sleeps } = await play([outcome]);
    expect(deliveries[0]?.outcome).toBe(outcome);
    expect([tries.length, sleeps.length]).toEqual([1, 0]);
  });

  it('C9: it is the same request that is sent again, the same bytes', async () => {
    const seen: Telemetry[] = [];
    const exporter: Exporter = {
      name: 'fake',
      export: (given) => {
        const outcome = seen.push(given) < 3 ? failed() : DELIVERED;
        return Promise.resolve([{ destination: 'fake', telemetry: given, outcome }]);
      },
    };
    await withRetry(exporter, { sleep: () => Promise.resolve() }).export(telemetry, Date.now() + 60_000);
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ request }) => request.bytes)).size).toBe(1);
  });

  it('D5: only the part that failed is sent again', async () => {
    const parts = ['a', 'b', 'c'].map((tag): Telemetry => ({ ...telemetry, request: sampleRequest('traces', tag, 1) }));
    const sent: Telemetry[] = [];
    const exporter: Exporter = {
      name: 'fake',
      export: (given) => {
        sent.push(given);
        if (given !== telemetry)
          return Promise.resolve([{ destination: 'fake', telemetry: given, outcome: DELIVERED }]);
        return Promise.resolve(
          parts.map((part, index) => ({
            destination: 'fake',
            telemetry: part,
            outcome: index === 1 ? failed() : DELIVERED,
          })),
        );
      },
    };
    const deliveries = await withRetry(exporter, { sleep: () => Promise.resolve() }).export(
      telemetry,
      Date.now() + 60_000,
    );
    expect(sent).toEqual([telemetry, parts[1]]);
    expect(deliveries.map((delivery) => delivery.telemetry)).toEqual(parts);
    expect(deliveries.every(({ outcome }) => outcome.status === 'delivered')).toBe(true);
  });

  it('has the name of what it wraps', () => {
    const exporter: Exporter = { name: 'otlp_http/eu', export: () => Promise.resolve([]) };
    expect(withRetry(exporter).name).toBe('otlp_http/eu');
  });
});

describe('how long it waits', () => {
  it('C8, D6: doubling from the first interval to the largest', async () => {
    const { sleeps } = await play([failed()], { maxElapsedMs: 9_000 });
    expect(sleeps).toEqual([250, 500, 1000, 2000, 2000, 2000]);
  });

  it('C8: with the intervals that were asked for', async () => {
    const options = { initialIntervalMs: 10, maxIntervalMs: 35, maxElapsedMs: 200 };
    expect((await play([failed()], options)).sleeps.slice(0, 4)).toEqual([10, 20, 35, 35]);
  });

  it('C10, D6: with jitter of half an interval either way', async () => {
    const draws = [0, 0.25, 0.999];
    const { sleeps } = await play([failed(), failed(), failed(), DELIVERED], {
      random: () => draws.shift() ?? 0,
      initialIntervalMs: 100,
    });
    expect(sleeps).toEqual([50, 150, expect.closeTo(599.6)]);
  });

  it('C10: by chance unless told otherwise', async () => {
    const waits = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const { sleeps } = await play([failed(), DELIVERED], { random: Math.random });
      waits.add(sleeps[0] ?? 0);
      expect(sleeps[0]).toBeGreaterThanOrEqual(125);
      expect(sleeps[0]).toBeLessThan(375);
    }
    expect(waits.size).toBeGreaterThan(10);
  });

  it.each([
    [0, 250],
    [100, 250],
    [249, 250],
    [251, 251],
    [1000, 1000],
    [4000, 4000],
  ])('C7, D6: asked for %i ms it waits %i: the greater of backoff and Retry-After', async (retryAfterMs, wait) => {
    expect((await play([failed(retryAfterMs), DELIVERED])).sleeps).toEqual([wait]);
  });

  it('C7: one answer does not set the pace of the next', async () => {
    expect((await play([failed(900), failed(), DELIVERED])).sleeps).toEqual([900, 500]);
  });

  it('really waits when no clock is given', async () => {
    let tries = 0;
    const exporter: Exporter = {
      name: 'fake',
      export: (given) =>
        Promise.resolve([{ destination: 'fake', telemetry: given, outcome: tries++ === 0 ? failed(60) : DELIVERED }]),
    };
    const began = performance.now();
    const deliveries = await withRetry(exporter, { initialIntervalMs: 1 }).export(telemetry, Date.now() + 5000);
    expect(deliveries[0]?.outcome).toBe(DELIVERED);
    expect(performance.now() - began).toBeGreaterThan(55);
  });
});

describe('when it stops', () => {
  it('C17, D7: a try that would begin after the deadline is not waited for', async () => {
    const { deliveries, sleeps, tries, end } = await play([failed(3000)], { deadline: 2000 });
    expect([tries.length, sleeps.length, end]).toEqual([1, 0, 0]);
    expect(deliveries[0]?.outcome).toMatchObject({ status: 'retryable', retryAfterMs: 3000 });
  });

  it('D7: neither is one that would begin at it, or too shortly before for an answer to arrive', async () => {
    expect((await play([failed(2000)], { deadline: 2000 })).sleeps).toEqual([]);
    expect((await play([failed(1500)], { deadline: 2000 })).sleeps).toEqual([]);
    expect((await play([failed(1499)], { deadline: 2000 })).sleeps[0]).toBe(1499);
  });

  it('D7: what comes back tells from when it may be sent again: the greater of backoff and Retry-After', async () => {
    const short = await play([failed()], { deadline: 200 });
    expect(short.deliveries[0]?.outcome).toMatchObject({ retryAfterMs: 250, error: { message: 'answered 503' } });
    const long = await play([failed(3_600_000)], {});
    expect(long.deliveries[0]?.outcome).toMatchObject({ retryAfterMs: 3_600_000 });
    expect(long.sleeps).toEqual([]);
  });

  it('D7a: all tries together take at most 5 s, however far the deadline is', async () => {
    const { deliveries, end, tries, deadlines } = await play([failed()], { tryMs: 100 });
    expect(end).toBeLessThanOrEqual(5000);
    expect(tries.length).toBeGreaterThan(3);
    expect(deliveries[0]?.outcome.status).toBe('retryable');
    expect(new Set(deadlines)).toEqual(new Set([5000]));
  });

  it('D7a: or what was asked for; the time of the tries counts', async () => {
    const { end, deadlines, tries } = await play([failed()], { maxElapsedMs: 1000, tryMs: 400 });
    expect(deadlines[0]).toBe(1000);
    expect(tries).toEqual([0, 650]);
    expect(end).toBeLessThanOrEqual(1050);
  });

  it('D8: the deadline of the invocation is never exceeded, and is what a try is given', async () => {
    const { deadlines, end } = await play([failed()], { deadline: 700, tryMs: 10 });
    expect(new Set(deadlines)).toEqual(new Set([700]));
    expect(end).toBeLessThan(700);
  });

  it('D7a: each export has its own time', async () => {
    let clock = 0;
    const ends: number[] = [];
    const exporter: Exporter = {
      name: 'fake',
      export: (given, end) => {
        ends.push(end);
        return Promise.resolve([{ destination: 'fake', telemetry: given, outcome: DELIVERED }]);
      },
    };
    const retried = withRetry(exporter, { now: () => clock });
    await retried.export(telemetry, 100_000);
    clock = 20_000;
    await retried.export(telemetry, 100_000);
    expect(ends).toEqual([5000, 25_000]);
  });
});

describe('when it is given up', () => {
  const answering = (outcome: Outcome, tries: (AbortSignal | undefined)[] = []): Exporter => ({
    name: 'fake',
    export: (given, _deadline, abort) => {
      tries.push(abort);
      return Promise.resolve([{ destination: 'fake', telemetry: given, outcome }]);
    },
  });
  const soon = (): number => Date.now() + 60_000;

  it('D7a: while it waits: it is back at once, with what it knows', async () => {
    const controller = new AbortController();
    const tries: (AbortSignal | undefined)[] = [];
    const retried = withRetry(answering(failed(3_000), tries), { maxElapsedMs: 60_000 });
    const began = performance.now();
    const exporting = retried.export(telemetry, soon(), controller.signal);
    setTimeout(() => controller.abort(new Error('given up')), 30);
    const [delivery] = await exporting;
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(delivery?.outcome).toMatchObject({
      status: 'retryable',
      retryAfterMs: 3_000,
      error: { message: 'answered 503' },
    });
    expect(tries).toEqual([controller.signal]);
  });

  it('D7a: before it waits: it does not begin to', async () => {
    const sleeps: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      sleeps.push(ms);
      return Promise.resolve();
    };
    const tries: (AbortSignal | undefined)[] = [];
    const retried = withRetry(answering(failed(), tries), { sleep });
    const [delivery] = await retried.export(telemetry, soon(), AbortSignal.abort());
    expect(sleeps).toEqual([]);
    expect(tries).toHaveLength(1);
    expect(delivery?.outcome.status).toBe('retryable');
  });

  it('D7a: during a try: the try has the abort, and none follows', async () => {
    const controller = new AbortController();
    let tries = 0;
    const hanging: Exporter = {
      name: 'fake',
      export: (given, _deadline, abort) => {
        tries++;
        return new Promise((resolve) =>
          abort?.addEventListener(
            'abort',
            () => resolve([{ destination: 'fake', telemetry: given, outcome: failed() }]),
            {
              once: true,
            },
          ),
        );
      },
    };
    const exporting = withRetry(hanging).export(telemetry, soon(), controller.signal);
    setTimeout(() => controller.abort(), 10);
    expect((await exporting)[0]?.outcome.status).toBe('retryable');
    expect(tries).toBe(1);
  });

  it('D7a: what arrived in spite of it is delivered', async () => {
    const [delivery] = await withRetry(answering(DELIVERED)).export(telemetry, soon(), AbortSignal.abort());
    expect(delivery?.outcome).toBe(DELIVERED);
  });

  it('D7a: hands the abort to its sleep and to every try, and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const tries: (AbortSignal | undefined)[] = [];
    const slept: (AbortSignal | undefined)[] = [];
    let listeners = 0;
    const sleep = (_ms: number, abort?: AbortSignal): Promise<void> => {
      slept.push(abort);
      return Promise.resolve();
    };
    await withRetry(answering(failed(), tries), { sleep, now: () => tries.length * 400 }).export(
      telemetry,
      60_000,
      signal,
    );
    expect(tries.length).toBeGreaterThan(3);
    expect(new Set([...tries, ...slept])).toEqual(new Set([signal]));
    const really = withRetry(answering(failed()), { initialIntervalMs: 20, maxElapsedMs: 100 });
    const exporting = really.export(telemetry, soon(), signal);
    await new Promise((resolve) => setTimeout(resolve, 5));
    listeners = getEventListeners(signal, 'abort').length;
    await exporting;
    expect(listeners).toBe(1);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
