import { requestFromJson, type Signal, SIGNALS, splitRequest } from '@serverless-otlp/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originMatcher } from '../match.ts';
import type {
  DeadLetters,
  Delivery,
  Destination,
  Exporter,
  Metadata,
  Outcome,
  Pipeline,
  Processor,
  Telemetry,
} from '../types.ts';
import { reportOf } from './report.ts';
import { type Leg, run, type Run, type RunOptions } from './run.ts';
import { settle } from './settle.ts';

const bodies: Readonly<Record<Signal, (items: number) => object>> = {
  traces: (items) => ({ resourceSpans: [{ scopeSpans: [{ spans: Array(items).fill({ name: 's' }) }] }] }),
  metrics: (items) => ({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ gauge: { dataPoints: Array(items).fill({ asInt: 1 }) } }] }] }],
  }),
  logs: (items) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: Array(items).fill({ severityNumber: 1 }) }] }] }),
};
const telemetry = (signal: Signal, items: number, id: string = signal): Telemetry => ({
  request: requestFromJson(bodies[signal](items)),
  records: new Set([id]),
  metadata: {},
});

const DEADLINE = Date.now() + 4_000;
const OPTIONS: RunOptions = { deadline: DEADLINE, storeUntil: DEADLINE + 500 };
const exporterOf = (exporting: Exporter['export']): Exporter => ({ name: 'double', export: exporting });
const delivering = exporterOf((part) =>
  Promise.resolve([{ destination: 'double', telemetry: part, outcome: { status: 'delivered' } }]),
);
const processorOf = (process: Processor['process']): Processor => ({ name: 'step', process });
const pipeline = (exporter: Exporter, ...processors: readonly Processor[]): Pipeline => ({
  processors,
  destinations: [{ exporter }],
});

const runTraces = (one: Pipeline, ...parts: readonly Telemetry[]): ReturnType<typeof run> =>
  run(parts, { traces: one }, OPTIONS);
const sumOf = (deliveries: readonly Delivery[]): number =>
  deliveries.reduce((sum, { telemetry: part }) => sum + part.request.items, 0);

describe('run', () => {
  it('sends each signal through its own pipeline and counts the others as unrouted', async () => {
    const parts = [telemetry('logs', 2), telemetry('traces', 3), telemetry('metrics', 4), telemetry('traces', 1)];
    const done = await run(parts, { traces: pipeline(delivering) }, OPTIONS);
    expect(done.legs).toMatchObject([{ signal: 'traces', destination: 'double', decoded: 4, filtered: 0, made: 0 }]);
    expect(done.unrouted).toEqual([
      { signal: 'metrics', items: 4 },
      { signal: 'logs', items: 2 },
    ]);
  });

  it('hands the deadline on', async () => {
    const deadlines: number[] = [];
    const exporter = exporterOf((part, deadline) => {
      deadlines.push(deadline);
      return delivering.export(part, deadline);
    });
    await runTraces(pipeline(exporter), telemetry('traces', 1));
    expect(deadlines).toEqual([DEADLINE]);
  });

  it('does not let one signal wait for another', async () => {
    const order: string[] = [];
    const exporter = exporterOf(async (part, deadline) => {
      order.push(`start ${part.request.signal}`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`end ${part.request.signal}`);
      return delivering.export(part, deadline);
    });
    const both = pipeline(exporter);
    await run([telemetry('traces', 1), telemetry('logs', 1)], { traces: both, logs: both }, OPTIONS);
    expect(order.slice(0, 2)).toEqual(['start traces', 'start logs']);
  });

  it('counts what processors take away and add', async () => {
    const drop = processorOf((parts) => parts.slice(1));
    const double = processorOf((parts) => [...parts, ...parts]);
    const done = await runTraces(
      pipeline(delivering, drop, double),
      telemetry('traces', 5),
      telemetry('traces', 2),
      telemetry('traces', 1),
    );
    expect(done.legs[0]).toMatchObject({ decoded: 8, filtered: 5, made: 3 });
    expect(sumOf(done.legs[0]?.deliveries ?? [])).toBe(6);
  });

  it('R9: sends no request without items', async () => {
    const done = await runTraces(pipeline(delivering), telemetry('traces', 0), telemetry('traces', 1));
    expect(done.legs[0]?.deliveries).toHaveLength(1);
    const nothing = await runTraces(pipeline(delivering), telemetry('traces', 0));
    expect(nothing.legs[0]?.deliveries).toEqual([]);
  });

  it.each<[string, Processor['process']]>([
    [
      'throws',
      () => {
        throw new Error('canary-11');
      },
    ],
    ['returns nothing', () => undefined as never],
    ['returns a promise', (() => Promise.resolve([])) as never],
    ['returns what is no telemetry', () => [{}] as never],
  ])('leaves with the source what came to a processor that %s, unsent', async (_what, process) => {
    let exported = 0;
    const exporter = exporterOf((part, deadline) => {
      exported++;
      return delivering.export(part, deadline);
    });
    const first = processorOf((parts) => parts.slice(1));
    const parts = [telemetry('traces', 9), telemetry('traces', 2, 'a'), telemetry('traces', 3, 'b')];
    const done = await runTraces(pipeline(exporter, first, processorOf(process)), ...parts);
    const [leg] = done.legs;
    expect(leg).toMatchObject({ decoded: 14, filtered: 9, made: 0 });
    expect(leg?.deliveries.map(({ outcome, telemetry: { records } }) => [outcome.status, ...records])).toEqual([
      ['retryable', 'a'],
      ['retryable', 'b'],
    ]);
    expect(exported).toBe(0);
    const outcome = leg?.deliveries[0]?.outcome;
    expect(outcome).toMatchObject({ error: { message: 'processor step failed: this is a bug in it' } });
  });

  it('leaves with the source what an exporter did not account for', async () => {
    const forgetful = exporterOf(() => Promise.resolve([]));
    const done = await runTraces(pipeline(forgetful), telemetry('traces', 2, 'a'));
    expect(done.legs[0]?.deliveries).toMatchObject([{ outcome: { status: 'retryable' } }]);
  });

  it.each<[string, Exporter['export']]>([
    ['rejects', () => Promise.reject(new Error('canary-12'))],
    [
      'throws at once',
      () => {
        throw new Error('canary-12');
      },
    ],
    ['resolves to nothing', () => Promise.resolve(undefined as never)],
    ['returns no promise', (() => undefined) as never],
  ])('leaves with the source what an exporter had that %s, and spares the rest', async (_what, exporting) => {
    const exporter = exporterOf((part, deadline) =>
      part.request.items === 2 ? exporting(part, deadline) : delivering.export(part, deadline),
    );
    const done = await runTraces(pipeline(exporter), telemetry('traces', 2, 'a'), telemetry('traces', 3, 'b'));
    const outcomes = done.legs[0]?.deliveries.map(({ outcome, telemetry: { records } }) => [
      ...records,
      outcome.status,
    ]);
    expect(outcomes).toEqual([
      ['a', 'retryable'],
      ['b', 'delivered'],
    ]);
    const [failed] = done.legs[0]?.deliveries ?? [];
    expect(failed?.outcome).toMatchObject({ error: { message: 'exporter double threw: this is a bug in it' } });
  });
});

const error = new Error('why');
const DELIVERED: Outcome = { status: 'delivered' };
const DOWN: Outcome = { status: 'retryable', error, retryAfterMs: 7 };
const outcomesOf = (legs: readonly Leg[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(legs.map((leg) => [leg.destination, leg.deliveries.map(({ outcome }) => outcome.status)]));
const settledAs = (done: Run, ...ids: readonly string[]): readonly (string | undefined)[] => {
  const records = ids.map((id) => ({ id, data: '', attributes: {} }));
  const outcomes = settle(
    records,
    [],
    done.legs.flatMap(({ deliveries }) => deliveries),
  );
  return ids.map((id) => outcomes.get(id)?.status);
};
const balanced = async (done: Run, parts: readonly Telemetry[]): Promise<boolean> => {
  const report = await reportOf({
    receiver: 'x',
    durationMs: 0,
    decoded: { telemetry: parts, faults: [], lines: parts.length, dropped: 0, ignored: new Map() },
    faults: [],
    run: done,
  });
  return report.balanced;
};

interface Sink extends Exporter {
  readonly seen: readonly Telemetry[];
}
/** A destination of this name with the same answer to everything. */
const sink = (name: string, outcome: Outcome = DELIVERED): Sink => {
  const seen: Telemetry[] = [];
  return {
    name,
    seen,
    export: (part) => {
      seen.push(part);
      return Promise.resolve([{ destination: name, telemetry: part, outcome }]);
    },
  };
};
/** A destination that never answers, until it is given up. */
const hanging = (name: string, onAbort: (signal: Signal) => void = () => undefined): Exporter => ({
  name,
  export: (part, _deadline, abort) =>
    new Promise((resolve) => {
      abort?.addEventListener('abort', () => {
        onAbort(part.request.signal);
        resolve([
          { destination: name, telemetry: part, outcome: { status: 'retryable', error: abort.reason as Error } },
        ]);
      });
    }),
});

interface Kept extends DeadLetters {
  readonly calls: readonly { readonly deliveries: readonly Delivery[]; readonly until: number }[];
}
/** Dead letters that keep everything that was not delivered, as this. */
const keeping = (outcome: Outcome = { status: 'stored', as: 'pending', key: 'k', error }): Kept => {
  const calls: { deliveries: readonly Delivery[]; until: number }[] = [];
  return {
    calls,
    keep: (deliveries, until) => {
      calls.push({ deliveries, until });
      return Promise.resolve(deliveries.map((one) => (one.outcome.status === 'delivered' ? one : { ...one, outcome })));
    },
    quarantine: () => Promise.resolve([]),
  };
};
const to = (...destinations: readonly Destination[]): Pipeline => ({ processors: [], destinations });
const from = (metadata: Metadata, id = 'r'): Telemetry => ({ ...telemetry('traces', 2, id), metadata });

describe('several destinations', () => {
  it('D1: work side by side: none waits for another', async () => {
    const begun: string[] = [];
    let allHaveBegun: () => void;
    const all = new Promise<void>((resolve) => (allHaveBegun = resolve));
    const waiting = (name: string): Exporter => ({
      name,
      export: async (part) => {
        if (begun.push(name) === 3) allHaveBegun();
        await all;
        return [{ destination: name, telemetry: part, outcome: DELIVERED }];
      },
    });
    const destinations = ['a', 'b', 'c'].map((name) => ({ exporter: waiting(name) }));
    const done = await runTraces(to(...destinations), telemetry('traces', 1));
    expect(outcomesOf(done.legs)).toEqual({ a: ['delivered'], b: ['delivered'], c: ['delivered'] });
  });

  it('D1: share the same bytes, which the processors made once', async () => {
    let processed = 0;
    const step = processorOf((parts) => {
      processed++;
      return parts;
    });
    const [a, b] = [sink('a'), sink('b')];
    await runTraces({ processors: [step], destinations: [{ exporter: a }, { exporter: b }] }, telemetry('traces', 2));
    expect(processed).toBe(1);
    expect(a.seen).toHaveLength(1);
    expect(a.seen[0]?.request).toBe(b.seen[0]?.request);
    expect(a.seen[0]?.request.bytes).toBe(b.seen[0]?.request.bytes);
  });

  it('D1: each gets what matches its rule, and counts the rest as filtered', async () => {
    const [all, prod] = [sink('all'), sink('prod')];
    const matches = originMatcher({ include: { logGroup: ['prod-*'] } });
    const parts = [from({ log_group: 'prod-a' }), from({ log_group: 'dev' }), from({})];
    const done = await runTraces(to({ exporter: all }, { exporter: prod, matches }), ...parts);
    expect(all.seen).toHaveLength(3);
    expect(prod.seen.map(({ metadata }) => metadata)).toEqual([{ log_group: 'prod-a' }]);
    expect(done.legs.map(({ destination, decoded, filtered }) => [destination, decoded, filtered])).toEqual([
      ['all', 6, 0],
      ['prod', 6, 4],
    ]);
    expect(await balanced(done, parts)).toBe(true);
  });

  it('D1: what matches no destination at all is acknowledged, counted and balanced', async () => {
    const parts = [from({ owner: '1' })];
    const done = await runTraces(to({ exporter: sink('a'), matches: () => false }), ...parts);
    expect(done.legs).toMatchObject([{ filtered: 2, deliveries: [] }]);
    expect(settledAs(done, 'r')).toEqual(['delivered']);
    expect(await balanced(done, parts)).toBe(true);
  });

  it('D1: a rule that throws lets nothing pass: its telemetry waits, and the others are not touched', async () => {
    const [a, b] = [sink('a'), sink('b')];
    const store = keeping();
    const matches = (metadata: Metadata): boolean => {
      if (metadata['owner'] === 'bad') throw new Error('canary-31');
      return true;
    };
    const parts = [from({ owner: 'bad' }, 'x'), from({ owner: 'good' }, 'y')];
    const done = await runTraces(to({ exporter: a, matches, deadLetters: store }, { exporter: b }), ...parts);
    expect(a.seen.map(({ metadata }) => metadata['owner'])).toEqual(['good']);
    expect(b.seen).toHaveLength(2);
    const [broken] = store.calls[0]?.deliveries ?? [];
    expect(broken).toMatchObject({ telemetry: { metadata: { owner: 'bad' } } });
    expect(broken?.outcome).toMatchObject({ status: 'rejected', fault: 'destination' });
    expect(broken?.outcome).toHaveProperty('error.message', 'the match of a failed: this is a bug in it');
    expect(outcomesOf(done.legs)).toEqual({ a: ['stored', 'delivered'], b: ['delivered', 'delivered'] });
    expect(settledAs(done, 'x', 'y')).toEqual(['stored', 'delivered']);
    expect(await balanced(done, parts)).toBe(true);
  });

  it('D1, D3: a rule that throws gives its telemetry back to the source where there is no store', async () => {
    const a = sink('a');
    const matches = (): boolean => {
      throw new Error('canary-31');
    };
    const done = await runTraces(to({ exporter: a, matches }), from({}));
    expect(a.seen).toEqual([]);
    expect(settledAs(done, 'r')).toEqual(['retryable']);
  });

  it('a pipeline without any takes nothing, and says so', async () => {
    const done = await runTraces(to(), telemetry('traces', 3));
    expect(done).toEqual({ legs: [], unrouted: [{ signal: 'traces', items: 3 }] });
  });

  it('nothing is nothing', async () => {
    expect(await runTraces(to({ exporter: sink('a') }))).toEqual({ legs: [], unrouted: [] });
  });
});

describe('what a destination does not take', () => {
  it('D2: is stored for it alone; the healthy one gets it once, and the record is settled', async () => {
    const [healthy, down] = [sink('healthy'), sink('down', DOWN)];
    const [stores, other] = [keeping(), keeping()];
    const destinations = [
      { exporter: healthy, deadLetters: other },
      { exporter: down, deadLetters: stores },
    ];
    const parts = [telemetry('traces', 2, 'r'), telemetry('traces', 3, 'r')];
    const done = await runTraces(to(...destinations), ...parts);
    expect(healthy.seen).toEqual(parts);
    expect(other.calls).toEqual([]);
    expect(stores.calls).toHaveLength(1);
    expect(stores.calls[0]?.deliveries.map(({ destination, telemetry: part }) => [destination, part])).toEqual(
      parts.map((part) => ['down', part]),
    );
    expect(settledAs(done, 'r')).toEqual(['stored']);
    expect(await balanced(done, parts)).toBe(true);
  });

  it('D2: is stored with what it was given back with: reason and wait', async () => {
    const stores = keeping();
    await runTraces(to({ exporter: sink('down', DOWN), deadLetters: stores }), telemetry('traces', 2));
    expect(stores.calls[0]?.deliveries[0]?.outcome).toBe(DOWN);
  });

  it('D8: is stored until the end of the invocation, not only until its deadline', async () => {
    const stores = keeping();
    await runTraces(to({ exporter: sink('down', DOWN), deadLetters: stores }), telemetry('traces', 2));
    expect(stores.calls.map(({ until }) => until)).toEqual([OPTIONS.storeUntil]);
  });

  it('D2: of several signals is stored apart, and never waits for another signal', async () => {
    const stores = keeping();
    const down = { exporter: sink('down', DOWN), deadLetters: stores };
    const parts = [telemetry('traces', 1), telemetry('logs', 2)];
    const done = await run(parts, { traces: to(down), logs: to(down) }, OPTIONS);
    expect(stores.calls.map(({ deliveries }) => deliveries.map(({ telemetry: part }) => part.request.signal))).toEqual([
      ['traces'],
      ['logs'],
    ]);
    expect(await balanced(done, parts)).toBe(true);
  });

  it.each<[string, Outcome]>([
    ['was refused (telemetry)', { status: 'rejected', fault: 'telemetry', error }],
    ['was refused (destination)', { status: 'rejected', fault: 'destination', error }],
    ['may succeed later', DOWN],
  ])('D2, D5a: is offered to the store when it %s', async (_what, outcome) => {
    const stores = keeping();
    await runTraces(to({ exporter: sink('a', outcome), deadLetters: stores }), telemetry('traces', 2));
    expect(stores.calls).toHaveLength(1);
  });

  it('D3: goes back to the source, whole, when the store fails too; the healthy destination has it', async () => {
    const healthy = sink('healthy');
    const unkept: Outcome = { status: 'retryable', error: new Error('could not be stored') };
    const destinations = [{ exporter: healthy }, { exporter: sink('down', DOWN), deadLetters: keeping(unkept) }];
    const parts = [telemetry('traces', 2, 'r')];
    const done = await runTraces(to(...destinations), ...parts);
    expect(healthy.seen).toEqual(parts);
    expect(outcomesOf(done.legs)).toEqual({ healthy: ['delivered'], down: ['retryable'] });
    expect(settledAs(done, 'r')).toEqual(['retryable']);
    expect(await balanced(done, parts)).toBe(true);
  });

  it('D3: goes back to the source when there is no store', async () => {
    const done = await runTraces(
      to({ exporter: sink('healthy'), deadLetters: keeping() }, { exporter: sink('down', DOWN) }),
      telemetry('traces', 2, 'r'),
    );
    expect(settledAs(done, 'r')).toEqual(['retryable']);
  });

  it.each<[string, DeadLetters['keep']]>([
    ['reject', () => Promise.reject(new Error('canary-32'))],
    [
      'throw at once',
      () => {
        throw new Error('canary-32');
      },
    ],
  ])(
    'D3: goes back to the source when dead letters %s, which is a bug; what was delivered stays so',
    async (_what, keep) => {
      const parts = [telemetry('traces', 2, 'a'), telemetry('traces', 3, 'b')];
      const exporter: Exporter = {
        name: 'half',
        export: (part) =>
          Promise.resolve([
            { destination: 'half', telemetry: part, outcome: part.request.items === 2 ? DELIVERED : DOWN },
          ]),
      };
      const deadLetters = { keep, quarantine: () => Promise.resolve([]) };
      const done = await runTraces(to({ exporter, deadLetters }, { exporter: sink('other') }), ...parts);
      expect(outcomesOf(done.legs)).toEqual({ half: ['delivered', 'retryable'], other: ['delivered', 'delivered'] });
      const failed = done.legs[0]?.deliveries[1]?.outcome;
      expect(failed).toMatchObject({ error: { message: 'the dead-letter store threw: this is a bug in it' } });
      expect(settledAs(done, 'a', 'b')).toEqual(['delivered', 'retryable']);
      expect(await balanced(done, parts)).toBe(true);
    },
  );

  it('is never stored when a processor threw: unredacted telemetry must not pass later either', async () => {
    const stores = keeping();
    const broken = processorOf(() => {
      throw new Error('canary-33');
    });
    const destinations = ['a', 'b'].map((name) => ({ exporter: sink(name), deadLetters: stores }));
    const parts = [telemetry('traces', 2, 'r')];
    const done = await runTraces({ processors: [broken], destinations }, ...parts);
    expect(stores.calls).toEqual([]);
    expect(destinations.flatMap(({ exporter }) => exporter.seen)).toEqual([]);
    expect(outcomesOf(done.legs)).toEqual({ a: ['retryable'], b: ['retryable'] });
    expect(settledAs(done, 'r')).toEqual(['retryable']);
    expect(await balanced(done, parts)).toBe(true);
  });

  it('D2: is stored also when its exporter threw or forgot it', async () => {
    const stores = keeping();
    const throwing: Exporter = { name: 'throwing', export: () => Promise.reject(new Error('canary-34')) };
    const forgetful: Exporter = { name: 'forgetful', export: () => Promise.resolve([]) };
    const destinations = [throwing, forgetful].map((exporter) => ({ exporter, deadLetters: stores }));
    const done = await runTraces(to(...destinations), telemetry('traces', 2, 'r'));
    expect(outcomesOf(done.legs)).toEqual({ throwing: ['stored'], forgetful: ['stored'] });
    expect(settledAs(done, 'r')).toEqual(['stored']);
  });
});

describe('the last destination', () => {
  const GRACE_MS = 40;
  const options: RunOptions = { ...OPTIONS, graceMs: GRACE_MS };

  it('D7a: is given up graceMs after all others have settled, and what it has is stored', async () => {
    const stores = keeping();
    const began = performance.now();
    const done = await run(
      [telemetry('traces', 2, 'r')],
      { traces: to({ exporter: sink('a') }, { exporter: hanging('b'), deadLetters: stores }) },
      options,
    );
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThan(GRACE_MS - 5);
    expect(tookMs).toBeLessThan(1_000);
    expect(outcomesOf(done.legs)).toEqual({ a: ['delivered'], b: ['stored'] });
    expect(stores.calls[0]?.deliveries[0]?.outcome).toMatchObject({ error: { message: /all other destinations/ } });
  });

  it('D7a: across signals: it is not the last as long as another one works on any signal', async () => {
    const aborted: string[] = [];
    const b: Exporter = {
      name: 'b',
      export: async (part) => {
        await new Promise((resolve) => setTimeout(resolve, 3 * GRACE_MS));
        expect(aborted).toEqual([]);
        return [{ destination: 'b', telemetry: part, outcome: DELIVERED }];
      },
    };
    const a = hanging('a', (signal) => aborted.push(signal));
    const done = await run(
      [telemetry('traces', 1), telemetry('metrics', 1), telemetry('logs', 1)],
      { traces: to({ exporter: a }), metrics: to({ exporter: a }), logs: to({ exporter: b }) },
      options,
    );
    expect(aborted).toEqual(['traces', 'metrics']);
    expect(done.legs.map(({ destination, deliveries }) => [destination, deliveries[0]?.outcome.status])).toEqual([
      ['a', 'retryable'],
      ['a', 'retryable'],
      ['b', 'delivered'],
    ]);
  });

  it('D7a: what others still store is no reason to wait longer', async () => {
    let stored: () => void = () => undefined;
    const slow: DeadLetters = {
      keep: async (deliveries) => {
        await new Promise<void>((resolve) => (stored = resolve));
        return deliveries;
      },
      quarantine: () => Promise.resolve([]),
    };
    // The store of the first is done only when the last has been given up.
    const last = hanging('last', () => stored());
    const first = { exporter: sink('first', DOWN), deadLetters: slow };
    const destinations = [first, { exporter: sink('well') }, { exporter: last }];
    const done = await run([telemetry('traces', 1)], { traces: to(...destinations) }, options);
    expect(outcomesOf(done.legs)).toEqual({ first: ['retryable'], well: ['delivered'], last: ['retryable'] });
  });

  it('D7a: alone it has all of its time', async () => {
    const aborts: unknown[] = [];
    const only: Exporter = {
      name: 'only',
      export: async (part, _deadline, abort) => {
        aborts.push(abort);
        await new Promise((resolve) => setTimeout(resolve, 2 * GRACE_MS));
        return [{ destination: 'only', telemetry: part, outcome: DELIVERED }];
      },
    };
    const parts = [telemetry('traces', 1), telemetry('logs', 1)];
    const done = await run(parts, { traces: to({ exporter: only }), logs: to({ exporter: only }) }, options);
    expect(aborts).toEqual([undefined, undefined]);
    expect(done.legs.every(({ deliveries }) => deliveries[0]?.outcome === DELIVERED)).toBe(true);
  });

  it('D7a: none has more than its maxElapsedMs, 5 s by default, nor more than the invocation', async () => {
    const untils = new Map<string, number>();
    const noting = (name: string): Exporter => ({
      name,
      export: (part, until) => {
        untils.set(name, until);
        return Promise.resolve([{ destination: name, telemetry: part, outcome: DELIVERED }]);
      },
    });
    const destinations = [
      { exporter: noting('default') },
      { exporter: noting('short'), maxElapsedMs: 300 },
      { exporter: noting('long'), maxElapsedMs: 900_000 },
    ];
    const times = { deadline: 50_000, storeUntil: 54_500, now: (): number => 1_000 };
    await run([telemetry('traces', 1)], { traces: to(...destinations) }, times);
    expect(Object.fromEntries(untils)).toEqual({ default: 6_000, short: 1_300, long: 50_000 });
  });
});

it('D1, D2, D3: whatever destinations and stores do, every leg adds up and a healthy destination gets all of it once', async () => {
  const behaviour = fc.constantFrom<Outcome | 'throws' | 'forgets' | 'halves'>(
    DELIVERED,
    DOWN,
    { status: 'rejected', fault: 'telemetry', error },
    { status: 'rejected', fault: 'destination', error },
    'throws',
    'forgets',
    'halves',
  );
  const store = fc.constantFrom<'none' | 'works' | 'fails' | 'throws'>('none', 'works', 'fails', 'throws');
  const destinations = fc.array(fc.record({ behaviour, store, matching: fc.constantFrom('all', 'some', 'throws') }), {
    maxLength: 4,
  });
  const parts = fc.array(
    fc.record({ signal: fc.constantFrom(...SIGNALS), items: fc.integer({ min: 0, max: 4 }), owner: fc.boolean() }),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(destinations, parts, async (kinds, given) => {
      const input = given.map(({ signal, items, owner }, index) => ({
        ...telemetry(signal, items, String(index)),
        metadata: { owner: String(owner) },
      }));
      const healthy = sink('healthy');
      const others = kinds.map(({ behaviour: how, store: kept, matching }, index): Destination => {
        const name = `d${index}`;
        const exporter: Exporter = {
          name,
          export: (part) => {
            if (how === 'throws') return Promise.reject(error);
            if (how === 'forgets') return Promise.resolve([]);
            const one = (outcome: Outcome): Delivery => ({ destination: name, telemetry: part, outcome });
            if (how !== 'halves') return Promise.resolve([one(how)]);
            const halves = splitRequest(part.request, { maxItems: Math.ceil(part.request.items / 2) });
            return Promise.resolve(
              halves.map((request, half) => ({
                ...one(half === 0 ? DELIVERED : DOWN),
                telemetry: { ...part, request },
              })),
            );
          },
        };
        const failing = keeping({ status: 'retryable', error });
        const throwing: DeadLetters = { ...failing, keep: () => Promise.reject(error) };
        const stores = { none: undefined, works: keeping(), fails: failing, throws: throwing }[kept];
        const matches = (metadata: Metadata): boolean => {
          if (matching === 'throws' && metadata['owner'] === 'true') throw error;
          return matching !== 'some' || metadata['owner'] === 'true';
        };
        return { exporter, matches, ...(stores === undefined ? {} : { deadLetters: stores }) };
      });
      const all = to({ exporter: healthy }, ...others);
      const done = await run(input, { traces: all, metrics: all, logs: all }, OPTIONS);
      const sent = input.filter(({ request }) => request.items > 0);
      expect(new Set(healthy.seen)).toEqual(new Set(sent));
      expect(healthy.seen).toHaveLength(sent.length);
      expect(await balanced(done, input)).toBe(true);
      for (const leg of done.legs) expect(sumOf(leg.deliveries) + leg.filtered).toBe(leg.decoded);
      const ids = input.map((_, index) => String(index));
      const owed = ids.map((id) =>
        done.legs.some(({ deliveries }) =>
          deliveries.some(
            ({ outcome, telemetry: { records } }) =>
              records.has(id) &&
              (outcome.status === 'retryable' || (outcome.status === 'rejected' && outcome.fault === 'destination')),
          ),
        ),
      );
      expect(settledAs(done, ...ids).map((status) => status === 'retryable')).toEqual(owed);
    }),
    { numRuns: 80 },
  );
});
