import { requestFromJson, SIGNALS, type Signal } from '@serverless-otlp/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, IgnoredReason, Outcome, Telemetry } from '../types.ts';
import type { DecodedRecords } from './decode.ts';
import type { SettledFault } from './quarantine.ts';
import { type Report, reportOf } from './report.ts';
import type { Leg, Run } from './run.ts';

const error = new Error('why');
const spans = (items: number): Telemetry => ({
  request: requestFromJson({ resourceSpans: [{ scopeSpans: [{ spans: Array(items).fill({ name: 's' }) }] }] }),
  records: new Set(['r']),
  metadata: { owner: '1', log_group: 'g', log_stream: 's', 'header.tenant': 'canary-13' },
});
const delivery = (outcome: Outcome, items: number): Delivery => ({
  destination: 'd',
  telemetry: spans(items),
  outcome,
});
const leg = (deliveries: readonly Delivery[], over: Partial<Leg> = {}): Leg => ({
  signal: 'traces',
  destination: 'd',
  decoded: deliveries.reduce((sum, { telemetry }) => sum + telemetry.request.items, 0),
  filtered: 0,
  made: 0,
  deliveries,
  ...over,
});
const NOTHING: DecodedRecords = { telemetry: [], faults: [], lines: 0, dropped: 0, ignored: new Map() };
const report = (
  run: Partial<Run>,
  decoded: Partial<DecodedRecords> = {},
  faults: readonly SettledFault[] = [],
): Promise<Report> =>
  reportOf({
    receiver: 'x',
    durationMs: 7,
    decoded: { ...NOTHING, ...decoded },
    faults,
    run: { legs: [], unrouted: [], ...run },
  });
const counts = async (deliveries: readonly Delivery[], over: Partial<Leg> = {}): Promise<unknown> =>
  (await report({ legs: [leg(deliveries, over)] })).destinations['d']?.traces;

describe('the report', () => {
  it('C3: names a partial success by its message, and one without a word not at all', async () => {
    const deliveries = ['slow down', ''].map((message) =>
      delivery({ status: 'delivered', rejectedItems: 1, message }, 2),
    );
    expect((await report({ legs: [leg(deliveries)] })).errors).toEqual([
      { destination: 'd', error: 'slow down', count: 1 },
    ]);
  });

  it('of nothing says so', async () => {
    expect(await report({})).toEqual({
      receiver: 'x',
      durationMs: 7,
      lines: { in: 0, decoded: 0, ignored: 0, quarantined: 0 },
      destinations: {},
      balanced: true,
    });
  });

  it.each<[Outcome, object]>([
    [{ status: 'delivered' }, { delivered: 5 }],
    [
      { status: 'delivered', unconfirmed: true },
      { delivered: 5, unconfirmed: 5 },
    ],
    [
      { status: 'delivered', rejectedItems: 2 },
      { delivered: 3, rejected: 2 },
    ],
    [{ status: 'delivered', rejectedItems: 99 }, { rejected: 5 }],
    [{ status: 'delivered', rejectedItems: -1 }, { delivered: 5 }],
    [{ status: 'stored', as: 'pending', key: 'k', error }, { pending: 5 }],
    [{ status: 'stored', as: 'quarantined', key: 'k', error }, { quarantined: 5 }],
    [{ status: 'rejected', fault: 'telemetry', error }, { quarantined: 5 }],
    [{ status: 'rejected', fault: 'destination', error }, { returned: 5 }],
    [{ status: 'retryable', error }, { returned: 5 }],
  ])('D26: counts %j', async (outcome, expected) => {
    const bytes = spans(5).request.bytes.length;
    expect(await counts([delivery(outcome, 5)])).toEqual({ decoded: 5, ...expected, bytes, requests: 1 });
  });

  it('D26: adds up per destination and signal', async () => {
    const logs = { ...leg([]), signal: 'logs' as const, decoded: 3, filtered: 3 };
    const { destinations, balanced } = await report({ legs: [leg([delivery({ status: 'delivered' }, 2)]), logs] });
    expect(destinations).toMatchObject({
      d: { traces: { decoded: 2, delivered: 2 }, logs: { decoded: 3, filtered: 3 } },
    });
    expect(balanced).toBe(true);
  });

  it.each<[string, Partial<Leg>]>([
    ['lost', { decoded: 6 }],
    ['made of nothing', { decoded: 4 }],
    ['filtered and sent', { filtered: 1 }],
    ['made and not sent', { made: 1 }],
  ])('D26: does not add up when an item was %s, and says so', async (_what, over) => {
    const { balanced } = await report({ legs: [leg([delivery({ status: 'delivered' }, 5)], over)] });
    expect(balanced).toBe(false);
  });

  it('D26: does not add up when a line is missing', async () => {
    expect((await report({}, { lines: 1 })).balanced).toBe(false);
    expect((await report({}, { lines: 1, ignored: new Map([['not_telemetry', 1]]) })).balanced).toBe(true);
  });

  it('names unrouted signals and ignored lines', async () => {
    const ignored = new Map<IgnoredReason, number>([
      ['not_telemetry', 2],
      ['own_logs', 1],
    ]);
    expect(await report({ unrouted: [{ signal: 'logs', items: 4 }] }, { lines: 3, ignored })).toMatchObject({
      lines: { in: 3, ignored: 3 },
      ignored: { not_telemetry: 2, own_logs: 1 },
      unrouted: { logs: 4 },
    });
  });

  it('E4: tells of lines that functions could not write, which are no part of what came in', async () => {
    const { lines, balanced } = await report({}, { lines: 1, ignored: new Map([['not_telemetry', 1]]), dropped: 7 });
    expect(lines).toEqual({ in: 1, decoded: 0, ignored: 1, quarantined: 0, dropped: 7 });
    expect(balanced).toBe(true);
  });

  it('D26: counts each class of errors once, and at most ten of them', async () => {
    const retryable = (message: string): Outcome => ({ status: 'retryable', error: new Error(message) });
    const many = Array.from({ length: 30 }, (_, index) => delivery(retryable(`class ${index % 15}`), 1));
    const { errors = [] } = await report({ legs: [leg(many)] });
    expect(errors).toHaveLength(10);
    expect(errors[0]).toEqual({ destination: 'd', error: 'class 0', count: 2 });
  });

  it('D14, D26: bounds what the other side says', async () => {
    const message = 'x'.repeat(100_000);
    const outcomes: readonly Outcome[] = [
      { status: 'delivered', rejectedItems: 1, message },
      { status: 'rejected', fault: 'telemetry', error: new Error(message) },
    ];
    const line = JSON.stringify(await report({ legs: [leg(outcomes.map((outcome) => delivery(outcome, 1)))] }));
    expect(line.length).toBeLessThan(2_000);
  });

  it('D26, D27: names quarantined telemetry by source and hash, never by kept header values', async () => {
    const refused = delivery({ status: 'rejected', fault: 'telemetry', error }, 3);
    const { quarantined = [] } = await report({ legs: [leg([refused])] });
    expect(quarantined).toMatchObject([
      {
        destination: 'd',
        signal: 'traces',
        items: 3,
        bytes: refused.telemetry.request.bytes.length,
        source: { owner: '1', log_group: 'g', log_stream: 's' },
        error: 'why',
      },
    ]);
    expect(quarantined[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(quarantined)).not.toContain('canary');
  });

  it('D16: names at most ten faults and counts all', async () => {
    const fault = { reason: 'json', message: 'm', source: {}, sha256: 'h', bytes: 1 } as const;
    const outcome: Outcome = { status: 'rejected', fault: 'telemetry', error };
    const faults = Array.from({ length: 30 }, () => ({ record: 'r', fault, content: 'canary', outcome }));
    const made = await report({}, { lines: 30, faults }, faults);
    expect(made.lines.quarantined).toBe(30);
    expect(made.faults).toHaveLength(10);
    expect(made.balanced).toBe(true);
  });

  it('D3, D26: counts lines that went back to the source apart from those that were set aside, and adds up', async () => {
    const fault = { reason: 'json', message: 'm', source: {}, sha256: 'h', bytes: 1 } as const;
    const faults = [
      { status: 'stored', as: 'quarantined', key: 'quarantine/lines/json/k', error } as const,
      { status: 'retryable', error } as const,
      { status: 'rejected', fault: 'telemetry', error } as const,
    ].map((outcome, index) => ({ record: `r${index}`, fault, content: 'canary', outcome }));
    const made = await report({}, { lines: 3, faults }, faults);
    expect(made.lines).toEqual({ in: 3, decoded: 0, ignored: 0, quarantined: 2, returned: 1 });
    expect(made.faults).toEqual([{ ...fault, key: 'quarantine/lines/json/k' }, fault, fault]);
    expect(made.balanced).toBe(true);
    expect((await report({}, { lines: 4, faults }, faults)).balanced).toBe(false);
    expect(JSON.stringify(made)).not.toContain('canary');
  });

  it('D26: has a place in the store for what is there, and none for what is gone', async () => {
    const outcomes: readonly Outcome[] = [
      { status: 'stored', as: 'quarantined', key: 'quarantine/d/traces/k', error },
      { status: 'rejected', fault: 'telemetry', error },
      { status: 'stored', as: 'pending', key: 'pending/d/traces/k', error },
    ];
    const { quarantined = [] } = await report({ legs: [leg(outcomes.map((outcome) => delivery(outcome, 1)))] });
    expect(quarantined.map(({ key }) => key)).toEqual(['quarantine/d/traces/k', undefined]);
  });

  it('D26: stays below 1 KB when all is well with three signals, whatever the numbers', async () => {
    const large = 99_999_999;
    const telemetry = { ...spans(0), request: { ...spans(0).request, items: large, bytes: new Uint8Array(0) } };
    const runOf = (signal: Signal): Leg => ({
      signal,
      destination: 'otlp_http/a_destination_with_quite_a_long_name',
      decoded: large,
      filtered: 0,
      made: 0,
      deliveries: [{ destination: 'd', telemetry, outcome: { status: 'delivered' } }],
    });
    const ignored = new Map<IgnoredReason, number>([['not_telemetry', large]]);
    const made = await report({ legs: SIGNALS.map(runOf) }, { lines: large, ignored });
    expect(made.balanced).toBe(true);
    expect(JSON.stringify({ level: 'INFO', message: 'otlp forwarder report', ...made }).length).toBeLessThan(1_000);
  });

  it('D26: is at most 1 KB for one destination when all is well, whatever the numbers and names', async () => {
    const large = 99_999_999;
    const telemetry = { ...spans(0), request: { ...spans(0).request, items: large, bytes: new Uint8Array(0) } };
    const smooth = leg([{ destination: 'd', telemetry, outcome: { status: 'delivered' } }], {
      destination: `otlp_http/${'n'.repeat(200)}`,
      decoded: large + 7,
      filtered: 7,
    });
    const made = await report({ legs: [smooth] }, { lines: large, ignored: new Map([['not_telemetry', large]]) });
    expect(made.balanced).toBe(true);
    const line = JSON.stringify({ level: 'INFO', message: 'otlp forwarder report', ...made });
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(1_024);
  });

  it('adds up for any mixture of deliveries whose items add up', async () => {
    const outcome = fc.oneof(
      fc.record({ status: fc.constant('delivered' as const), rejectedItems: fc.integer({ min: -5, max: 50 }) }),
      fc.constantFrom<Outcome>(
        { status: 'delivered' },
        { status: 'delivered', unconfirmed: true },
        { status: 'stored', as: 'pending', key: 'k', error },
        { status: 'stored', as: 'quarantined', key: 'k', error },
        { status: 'rejected', fault: 'telemetry', error },
        { status: 'rejected', fault: 'destination', error },
        { status: 'retryable', error },
      ),
    );
    const made = fc.array(fc.record({ outcome, items: fc.nat({ max: 20 }) }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(made, fc.nat({ max: 9 }), fc.nat({ max: 9 }), async (parts, filtered, added) => {
        const deliveries = parts.map((part) => delivery(part.outcome, part.items));
        const items = parts.reduce((sum, part) => sum + part.items, 0);
        fc.pre(items + filtered >= added);
        const balancedRun = leg(deliveries, { decoded: items + filtered - added, filtered, made: added });
        expect((await report({ legs: [balancedRun] })).balanced).toBe(true);
        const lostOne = { ...balancedRun, decoded: balancedRun.decoded + 1 };
        expect((await report({ legs: [lostOne] })).balanced).toBe(false);
      }),
    );
  });
});
