import { gzipSync } from 'node:zlib';
import { requestFromJson, requestToJson, type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { itemIds, sampleRequest } from '@serverless-otlp/testing';
import { deliveryContract, judgedExporter } from '@serverless-otlp/testing/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batch,
  cloudwatchLogsEncoding,
  cloudwatchLogsReceiver,
  createForwarder,
  deadLetters,
  type Destination,
  type Exporter,
  type ForwarderOptions,
  otlpJson,
  otlpStdout,
  type Outcome,
  type Processor,
  type Receiver,
  RedeliverError,
  type Report,
  type Store,
  type Telemetry,
  withBreaker,
  withRetry,
  withSplit,
} from './index.ts';
import { readLetter, requestIn } from './dead-letter/letter.ts';

const context = { getRemainingTimeInMillis: (): number => 60_000 };
const eventOf = (lines: readonly string[], over: object = {}): unknown => {
  const logEvents = lines.map((message, id) => ({ id: String(id), timestamp: 0, message }));
  const subscription = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', logEvents, ...over };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};
const line = (signal: Signal, items: number, seed: number): string =>
  requestToJson(requestFromJson(sampleRequest(signal, { items, seed })));

const delivered: Outcome = { status: 'delivered' };
const error = new Error('collector is down');
const exporterOf = (outcomeOf: (telemetry: Telemetry) => Outcome, seen: Telemetry[] = []): Exporter => ({
  name: 'double',
  export: (telemetry) => {
    seen.push(telemetry);
    return Promise.resolve([{ destination: 'double', telemetry, outcome: outcomeOf(telemetry) }]);
  },
});

interface Run {
  readonly failure: unknown;
  readonly reports: readonly Report[];
}
const run = async (
  event: unknown,
  exporter: Exporter,
  processors: readonly Processor[] = [batch()],
  over: Partial<ForwarderOptions> = {},
): Promise<Run> => {
  const reports: Report[] = [];
  const pipeline = { processors, destinations: [{ exporter }] };
  const forwarder = createForwarder({
    receivers: [cloudwatchLogsReceiver()],
    encodings: [cloudwatchLogsEncoding({ lines: [otlpStdout(), otlpJson()], ownLogGroups: ['own'] })],
    pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
    onReport: (report) => reports.push(report),
    ...over,
  });
  const failure = await forwarder(event, context).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { failure, reports };
};

describe('a forwarder', () => {
  it('acknowledges an event whose telemetry was delivered', async () => {
    const seen: Telemetry[] = [];
    const lines = SIGNALS.map((signal) => line(signal, 3, 1));
    const { failure, reports } = await run(
      eventOf(['START', ...lines]),
      exporterOf(() => delivered, seen),
    );
    expect(failure).toBeUndefined();
    expect(seen.map(({ request }) => [request.signal, request.items])).toEqual(SIGNALS.map((signal) => [signal, 3]));
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      receiver: 'cloudwatch_logs',
      lines: { in: 4, decoded: 3, ignored: 1, quarantined: 0 },
      balanced: true,
    });
  });

  it('D16: acknowledges what it set aside', async () => {
    const { failure, reports } = await run(
      eventOf(['{"__otel_otlp_stdout":1}']),
      exporterOf(() => delivered),
    );
    expect(failure).toBeUndefined();
    expect(reports[0]).toMatchObject({ lines: { in: 1, quarantined: 1 }, faults: [{ reason: 'envelope' }] });
  });

  it.each<[string, Outcome]>([
    ['is retryable', { status: 'retryable', error }],
    ['was refused by a fault of the destination', { status: 'rejected', fault: 'destination', error }],
  ])('D5a: rejects with RedeliverError when telemetry %s, and reports first', async (_what, outcome) => {
    const { failure, reports } = await run(
      eventOf([line('traces', 2, 1)]),
      exporterOf(() => outcome),
    );
    expect(failure).toBeInstanceOf(RedeliverError);
    expect(failure).toMatchObject({ message: expect.stringContaining('collector is down') as string, cause: error });
    expect(reports[0]).toMatchObject({
      destinations: { double: { traces: { decoded: 2, returned: 2 } } },
      balanced: true,
    });
  });

  it.each<[string, Outcome]>([
    ['rejected in part', { status: 'delivered', rejectedItems: 1 }],
    ['refused by a fault of its own', { status: 'rejected', fault: 'telemetry', error }],
    ['stored', { status: 'stored', as: 'pending', key: 'k', error }],
  ])('acknowledges telemetry that was %s', async (_what, outcome) => {
    const { failure } = await run(
      eventOf([line('traces', 2, 1)]),
      exporterOf(() => outcome),
    );
    expect(failure).toBeUndefined();
  });

  it('does not ask for a delivered event again because its report could not be written', async () => {
    const forwarder = createForwarder({
      receivers: [cloudwatchLogsReceiver()],
      encodings: [cloudwatchLogsEncoding({ lines: [otlpStdout()] })],
      pipelines: { traces: { processors: [], destinations: [{ exporter: exporterOf(() => delivered) }] } },
      onReport: () => {
        throw new Error('EPIPE');
      },
    });
    await expect(forwarder(eventOf([line('traces', 2, 1)]), context)).resolves.toBeUndefined();
  });

  it('D21: nothing the function says contains what a filter looks for', async () => {
    const hostile = [
      '{"__otel_otlp_stdout":1}',
      '{"_otel":{}}',
      '{"resourceSpans":1}',
      '{"__otel_otlp_stdout":"x","endpoi',
    ];
    const { reports } = await run(
      eventOf(hostile),
      exporterOf(() => delivered),
    );
    expect(reports[0]).toMatchObject({ lines: { quarantined: 4 } });
    expect(JSON.stringify(reports)).not.toContain('_otel');
  });

  it('asks for the event again when one of several signals failed', async () => {
    const exporter = exporterOf(({ request }) =>
      request.signal === 'logs' ? { status: 'retryable', error } : delivered,
    );
    const { failure, reports } = await run(eventOf(SIGNALS.map((signal) => line(signal, 2, 1))), exporter);
    expect(failure).toBeInstanceOf(RedeliverError);
    expect(reports[0]?.destinations['double']).toMatchObject({
      traces: { delivered: 2 },
      metrics: { delivered: 2 },
      logs: { returned: 2 },
    });
  });

  it.each<[string, Processor['process']]>([
    [
      'throws',
      () => {
        throw new Error('canary-23');
      },
    ],
    ['returns nothing', () => undefined as never],
  ])('loses nothing to a processor that %s: the event goes back, unsent and unquoted', async (_what, process) => {
    const seen: Telemetry[] = [];
    const event = eventOf([line('traces', 2, 1)]);
    const { failure, reports } = await run(
      event,
      exporterOf(() => delivered, seen),
      [{ name: 'broken', process }],
    );
    expect(failure).toBeInstanceOf(RedeliverError);
    expect(seen).toEqual([]);
    expect(String(failure)).toContain('processor broken failed');
    expect(String(failure) + JSON.stringify(reports)).not.toContain('canary');
    expect(reports[0]).toMatchObject({ destinations: { double: { traces: { returned: 2 } } }, balanced: true });
  });

  it('acknowledges and counts signals without a pipeline', async () => {
    const exporter = exporterOf(() => delivered);
    const pipeline = { processors: [batch()], destinations: [{ exporter }] };
    const event = eventOf([line('traces', 2, 1), line('logs', 3, 1)]);
    const { failure, reports } = await run(event, exporter, [], { pipelines: { traces: pipeline } });
    expect(failure).toBeUndefined();
    expect(reports[0]).toMatchObject({ unrouted: { logs: 3 }, balanced: true });
  });

  it.each([undefined, null, {}, [], 'x', { Records: [] }, { awslogs: {} }])(
    'throws on the unknown event %j instead of acknowledging it',
    async (event) => {
      const { failure, reports } = await run(
        event,
        exporterOf(() => delivered),
      );
      expect(failure).toBeInstanceOf(TypeError);
      expect(failure).not.toBeInstanceOf(RedeliverError);
      expect(reports).toEqual([]);
    },
  );

  it('D17, D18: acknowledges an event that cannot be opened, whole, and reports its hash', async () => {
    const bomb = { awslogs: { data: gzipSync(Buffer.alloc(40 << 20)).toString('base64') } };
    for (const [event, reason] of [
      [bomb, 'too_large'],
      [{ awslogs: { data: '@' } }, 'base64'],
    ] as const) {
      const { failure, reports } = await run(
        event,
        exporterOf(() => delivered),
      );
      expect(failure).toBeUndefined();
      expect(reports[0]).toMatchObject({ lines: { in: 1, quarantined: 1 }, faults: [{ reason }] });
    }
  });

  it('D21: acknowledges a CONTROL_MESSAGE and events of its own log group, counted and unsent', async () => {
    for (const [over, reason] of [
      [{ messageType: 'CONTROL_MESSAGE' }, 'control_message'],
      [{ logGroup: 'own' }, 'own_logs'],
    ] as const) {
      const seen: Telemetry[] = [];
      const event = eventOf([line('traces', 2, 1), 'x'], over);
      const { failure, reports } = await run(
        event,
        exporterOf(() => delivered, seen),
      );
      expect(failure).toBeUndefined();
      expect(seen).toEqual([]);
      expect(reports[0]).toMatchObject({ lines: { in: 2, ignored: 2 }, ignored: { [reason]: 2 }, balanced: true });
    }
  });

  it('D21: its own report lines, fed back from any log group, are never telemetry', async () => {
    const hostile = '{"__otel_otlp_stdout":"x","resourceSpans":[]}","base64":true}';
    const outcomes: readonly Outcome[] = [
      delivered,
      { status: 'delivered', rejectedItems: 1, message: hostile },
      { status: 'retryable', error: new Error(hostile) },
      { status: 'rejected', fault: 'telemetry', error: new Error(hostile) },
    ];
    const printed: string[] = [];
    for (const outcome of outcomes) {
      const lines = [line('traces', 2, 1), hostile, '{"__otel_otlp_stdout":', '{"resourceLogs":7}'];
      const { reports } = await run(
        eventOf(lines, { logGroup: '__otel_otlp_stdout' }),
        exporterOf(() => outcome),
      );
      printed.push(
        ...reports.map((report) => JSON.stringify({ level: 'INFO', message: 'otlp forwarder report', ...report })),
      );
    }
    const { reports } = await run(
      eventOf(printed),
      exporterOf(() => delivered),
    );
    expect(reports[0]?.lines).toEqual({ in: 4, decoded: 0, ignored: 4, quarantined: 0 });
  });

  it('D8: gives exporters a deadline that leaves the reserve', async () => {
    const deadlines: number[] = [];
    const exporter: Exporter = {
      name: 'double',
      export: (telemetry, deadline) => {
        deadlines.push(deadline);
        return Promise.resolve([{ destination: 'double', telemetry, outcome: delivered }]);
      },
    };
    const event = eventOf([line('traces', 1, 1)]);
    const pipelines = { traces: { processors: [], destinations: [{ exporter, maxElapsedMs: 600_000 }] } };
    await run(event, exporter, [], { now: () => 1_000, reserveMs: 2_000, pipelines });
    expect(deadlines).toEqual([59_000]);
  });

  it('D7a: gives a destination 5 s of that, unless it has a time of its own', async () => {
    const deadlines = new Map<string, number>();
    const exporter = (name: string): Exporter => ({
      name,
      export: (telemetry, deadline) => {
        deadlines.set(name, deadline);
        return Promise.resolve([{ destination: name, telemetry, outcome: delivered }]);
      },
    });
    const destinations = [{ exporter: exporter('a') }, { exporter: exporter('b'), maxElapsedMs: 700 }];
    const pipelines = { traces: { processors: [], destinations } };
    await run(eventOf([line('traces', 1, 1)]), exporter('unused'), [], { now: () => 1_000, pipelines });
    expect([...deadlines]).toEqual([
      ['a', 6_000],
      ['b', 1_700],
    ]);
  });

  it('D26: measures its time by the clock it was given', async () => {
    let clock = 0;
    const { reports } = await run(
      eventOf([]),
      exporterOf(() => delivered),
      [],
      { now: () => (clock += 21) },
    );
    expect(reports[0]?.durationMs).toBe(21);
  });

  it('settles every record of a source that takes them back one by one', async () => {
    const statuses: [string, string][] = [];
    const receiver: Receiver<{ readonly mine: readonly string[] }> = {
      name: 'lines',
      accepts: (event): event is { readonly mine: readonly string[] } =>
        typeof event === 'object' && event !== null && 'mine' in event,
      receive: ({ mine }) => mine.map((data, id) => ({ id: `r${id}`, data, attributes: { owner: String(id % 2) } })),
      respond: (outcomes) => {
        statuses.push(...[...outcomes].map(([id, { status }]): [string, string] => [id, status]));
        return 'answer';
      },
    };
    const mine = [line('traces', 1, 1), '{"resourceLogs":7}', 'noise', line('traces', 1, 2), line('traces', 1, 3)];
    const down = exporterOf(({ metadata }) => (metadata['owner'] === '1' ? { status: 'retryable', error } : delivered));
    const { failure } = await run({ mine }, down, [batch()], { receivers: [receiver], encodings: [otlpJson()] });
    expect(failure).toBeUndefined();
    expect(statuses).toEqual([
      ['r0', 'delivered'],
      ['r1', 'rejected'],
      ['r2', 'delivered'],
      ['r3', 'retryable'],
      ['r4', 'delivered'],
    ]);
  });

  it('10 000 lines: every item arrives once', async () => {
    const seen: Telemetry[] = [];
    const lines = Array.from({ length: 10_000 }, (_, seed) =>
      seed % 4 === 3
        ? `noise ${seed}`
        : `{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"${seed.toString(16).padStart(16, '0')}"}]}]}]}`,
    );
    const { failure, reports } = await run(
      eventOf(lines),
      exporterOf(() => delivered, seen),
    );
    expect(failure).toBeUndefined();
    expect(reports[0]).toMatchObject({ lines: { in: 10_000, decoded: 7_500, ignored: 2_500 }, balanced: true });
    const ids = seen.flatMap(({ request }) => itemIds('traces', request.bytes));
    expect(ids).toHaveLength(7_500);
    expect(new Set(ids).size).toBe(7_500);
  });

  it('one line of 1 MB', async () => {
    const seen: Telemetry[] = [];
    const large = line('logs', 3_200, 1);
    expect(large.length).toBeGreaterThan(1_000_000);
    expect(large.length).toBeLessThanOrEqual(1_048_576);
    const { reports } = await run(
      eventOf([large]),
      exporterOf(() => delivered, seen),
    );
    expect(seen.reduce((sum, { request }) => sum + request.items, 0)).toBe(3_200);
    expect(reports[0]?.balanced).toBe(true);
  });

  const lineKind = fc.oneof(
    fc.record({ signal: fc.constantFrom(...SIGNALS), items: fc.integer({ min: 0, max: 9 }) }),
    fc.constantFrom('noise', '{"__otel_otlp_stdout":1}', '{"resourceLogs":7}', '{"resourceSpans":[{', ''),
  );
  const outcomeKind = fc.constantFrom<Outcome>(
    delivered,
    { status: 'delivered', rejectedItems: 2 },
    { status: 'stored', as: 'pending', key: 'k', error },
    { status: 'rejected', fault: 'telemetry', error },
    { status: 'rejected', fault: 'destination', error },
    { status: 'retryable', error },
  );

  it('D26: accounts for every line and item, and fails exactly when something is still owed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(lineKind, { maxLength: 12 }),
        fc.array(outcomeKind, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        async (kinds, outcomes, maxItems) => {
          const lines = kinds.map((kind, seed) =>
            typeof kind === 'string' ? kind : line(kind.signal, kind.items, seed),
          );
          const given: Outcome[] = [];
          const exporter = exporterOf(() => {
            const outcome = outcomes[given.length % outcomes.length] ?? delivered;
            given.push(outcome);
            return outcome;
          });
          const { failure, reports } = await run(eventOf(lines), exporter, [batch({ maxItems })]);
          const [report] = reports;
          expect(report?.balanced).toBe(true);
          expect(report?.lines.in).toBe(lines.length);
          expect(report?.lines.quarantined).toBe(
            kinds.filter((kind) => typeof kind === 'string' && kind.startsWith('{')).length,
          );
          for (const signal of SIGNALS) {
            const items = kinds.reduce(
              (sum, kind) => sum + (typeof kind !== 'string' && kind.signal === signal ? kind.items : 0),
              0,
            );
            expect(report?.destinations['double']?.[signal]?.decoded ?? 0).toBe(items);
          }
          const owed = given.some(
            (one) => one.status === 'retryable' || (one.status === 'rejected' && one.fault === 'destination'),
          );
          expect(failure instanceof RedeliverError).toBe(owed);
        },
      ),
      { numRuns: 80 },
    );
  });
});

/** A store in memory, which may fail. */
const storeIn = (objects: Map<string, Uint8Array>, fails: () => boolean = () => false): Store => ({
  name: 'memory',
  put: (key, body) => {
    if (fails()) return Promise.reject(new Error('the store is down'));
    objects.set(key, body);
    return Promise.resolve();
  },
  get: (key) => Promise.resolve(objects.get(key)),
  list: () => {
    throw new Error('a forwarder only writes');
  },
  folders: () => Promise.reject(new Error('a forwarder only writes')),
  remove: () => Promise.reject(new Error('a forwarder only writes')),
});
const named = (name: string, outcomeOf: (telemetry: Telemetry) => Outcome, seen: Telemetry[] = []): Exporter => ({
  name,
  export: (telemetry) => {
    seen.push(telemetry);
    return Promise.resolve([{ destination: name, telemetry, outcome: outcomeOf(telemetry) }]);
  },
});
const down: Outcome = { status: 'retryable', error };
const idsIn = (telemetry: readonly Telemetry[]): readonly string[] =>
  telemetry.flatMap(({ request }) => itemIds(request.signal, request.bytes)).sort();

describe('a forwarder with several destinations and a store', () => {
  /** No time to try a store again. */
  const now = (): number => 0;
  const hurry = { getRemainingTimeInMillis: (): number => 0 };
  const forwardTo = (
    destinations: readonly Destination[],
    store: Store,
  ): { forward: (event: unknown) => Promise<unknown>; reports: Report[] } => {
    const reports: Report[] = [];
    const kept = deadLetters({ store, now });
    const pipeline = {
      processors: [batch()],
      destinations: destinations.map((destination) => ({ deadLetters: kept, ...destination })),
    };
    const forwarder = createForwarder({
      receivers: [cloudwatchLogsReceiver()],
      encodings: [cloudwatchLogsEncoding({ lines: [otlpStdout(), otlpJson()] })],
      pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
      deadLetters: kept,
      onReport: (report) => reports.push(report),
      now,
    });
    return { reports, forward: (event) => forwarder(event, hurry) };
  };
  const lines = SIGNALS.flatMap((signal) => [line(signal, 3, 1), line(signal, 4, 2)]);

  it('D2: acknowledges; the healthy one has everything once, and the store what the other did not take', async () => {
    const seen: Telemetry[] = [];
    const objects = new Map<string, Uint8Array>();
    const { forward, reports } = forwardTo(
      [{ exporter: named('up', () => delivered, seen) }, { exporter: named('down', () => down) }],
      storeIn(objects),
    );
    await expect(forward(eventOf(lines))).resolves.toBeUndefined();
    expect(seen).toHaveLength(3);
    const letters = [...objects.values()].map((object) => requestIn(readLetter(object)));
    expect(letters.flatMap(({ signal, bytes }) => itemIds(signal, bytes)).sort()).toEqual(idsIn(seen));
    expect([...objects.keys()].map((key) => key.split('/').slice(0, 3).join('/')).sort()).toEqual([
      'pending/down/logs',
      'pending/down/metrics',
      'pending/down/traces',
    ]);
    for (const signal of SIGNALS) {
      expect(reports[0]?.destinations['up']?.[signal]).toMatchObject({ decoded: 7, delivered: 7 });
      expect(reports[0]?.destinations['down']?.[signal]).toMatchObject({ decoded: 7, pending: 7 });
    }
    expect(reports[0]?.balanced).toBe(true);
    expect(JSON.stringify(reports)).toContain('"error":"collector is down"');
  });

  it('D3: store and destination down together: the event goes back, and comes again to all', async () => {
    const seen: Telemetry[] = [];
    const objects = new Map<string, Uint8Array>();
    let storeIsDown = true;
    const { forward, reports } = forwardTo(
      [{ exporter: named('up', () => delivered, seen) }, { exporter: named('down', () => down) }],
      storeIn(objects, () => storeIsDown),
    );
    await expect(forward(eventOf(lines))).rejects.toBeInstanceOf(RedeliverError);
    expect(reports[0]?.destinations['down']?.traces).toMatchObject({ returned: 7 });
    expect(reports[0]?.balanced).toBe(true);
    storeIsDown = false;
    await expect(forward(eventOf(lines))).resolves.toBeUndefined();
    // The duplicates are exactly those of D3, and byte-identical.
    expect(seen).toHaveLength(6);
    expect(seen.slice(3).map(({ request }) => request.bytes)).toEqual(
      seen.slice(0, 3).map(({ request }) => request.bytes),
    );
    expect(objects.size).toBe(3);
  });

  it('D2, D22: delivered twice by its source, an event waits once', async () => {
    const objects = new Map<string, Uint8Array>();
    const { forward } = forwardTo([{ exporter: named('down', () => down) }], storeIn(objects));
    await forward(eventOf(lines));
    const before = [...objects.keys()];
    await forward(eventOf(lines));
    expect([...objects.keys()]).toEqual(before);
  });

  it('D16: lines that cannot be read are where the report says', async () => {
    const objects = new Map<string, Uint8Array>();
    const { forward, reports } = forwardTo([{ exporter: named('up', () => delivered) }], storeIn(objects));
    await forward(eventOf(['{"__otel_otlp_stdout":1,"headers":{"a":"canary-81"}}', line('traces', 1, 1)]));
    const [fault] = reports[0]?.faults ?? [];
    const letter = readLetter(objects.get(fault?.key ?? '') ?? new Uint8Array(0));
    expect(Buffer.from(letter.content).toString()).toContain('__otel_otlp_stdout');
    expect(Buffer.from(letter.content).toString()).not.toContain('canary');
    expect(reports[0]).toMatchObject({ lines: { in: 2, decoded: 1, quarantined: 1 }, balanced: true });
  });

  it('D3, D16: lines that cannot be read go back when the store is down', async () => {
    const { forward, reports } = forwardTo(
      [{ exporter: named('up', () => delivered) }],
      storeIn(new Map(), () => true),
    );
    await expect(forward(eventOf(['{"__otel_otlp_stdout":1}']))).rejects.toBeInstanceOf(RedeliverError);
    expect(reports[0]).toMatchObject({ lines: { in: 1, quarantined: 0, returned: 1 }, balanced: true });
  });

  it('D1, D2: tenants wait apart, each only where it may go', async () => {
    const objects = new Map<string, Uint8Array>();
    const { forward, reports } = forwardTo(
      [
        { exporter: named('all', () => down) },
        { exporter: named('prod', () => down), matches: ({ log_group: group }) => group === 'prod' },
      ],
      storeIn(objects),
    );
    for (const logGroup of ['prod', 'dev']) await forward(eventOf([line('traces', 2, 1)], { logGroup }));
    const found = [...objects].map(([key, object]) => [
      key.split('/')[1],
      readLetter(object).header.source['log_group'],
    ]);
    expect(found.sort()).toEqual([
      ['all', 'dev'],
      ['all', 'prod'],
      ['prod', 'prod'],
    ]);
    expect(reports.map(({ balanced }) => balanced)).toEqual([true, true]);
    expect(reports[1]?.destinations['prod']?.traces).toMatchObject({ decoded: 2, filtered: 2 });
  });

  deliveryContract('a forwarder with dead letters', (judge) => {
    const breaker = withBreaker(judgedExporter(judge), { failures: 2, intervalMs: 1 });
    const exporter = withSplit(withRetry(breaker, { initialIntervalMs: 1, maxElapsedMs: 20 }), { maxItems: 7 });
    return {
      send: async ({ request }) => {
        const objects = new Map<string, Uint8Array>();
        const healthy: Telemetry[] = [];
        const kept = deadLetters({ store: storeIn(objects) });
        const destinations = [{ exporter, deadLetters: kept }, { exporter: named('up', () => delivered, healthy) }];
        const pipeline = { processors: [batch()], destinations };
        const reports: Report[] = [];
        const forwarder = createForwarder({
          receivers: [cloudwatchLogsReceiver()],
          encodings: [cloudwatchLogsEncoding({ lines: [otlpJson()] })],
          pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
          onReport: (report) => reports.push(report),
        });
        await forwarder(eventOf([requestToJson(request)]), context);
        expect(reports[0]?.balanced).toBe(true);
        expect(idsIn(healthy)).toEqual([...itemIds(request.signal, request.bytes)].sort());
        const requestsIn = (state: string) =>
          [...objects].flatMap(([key, object]) => (key.startsWith(state) ? [requestIn(readLetter(object))] : []));
        return { refused: requestsIn('quarantine/'), owed: requestsIn('pending/') };
      },
    };
  });
});
