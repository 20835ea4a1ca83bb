import { requestFromJson, SIGNALS } from '@serverless-otlp/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricMembers, metricsOf } from './metrics.ts';
import { type Report, reportOf } from './pipeline/report.ts';
import type { Leg } from './pipeline/run.ts';
import type { Outcome } from './types.ts';

const NOW_MS = 1_795_000_000_000;

interface Emf {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly destination: string;
  readonly [metric: string]: unknown;
}

/** What CloudWatch's specification asks of a line; gives it back. */
const checked = (members: string): Emf => {
  expect(members).not.toMatch(/[\r\n]/);
  const parsed = JSON.parse(`{${members}}`) as Emf;
  const { Timestamp, CloudWatchMetrics } = parsed._aws;
  expect(Timestamp).toBe(NOW_MS);
  expect(CloudWatchMetrics).toHaveLength(1);
  for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics) {
    expect(Namespace).toMatch(/^[\w.#/-]{1,255}$/);
    expect(Dimensions).toEqual([['destination']]);
    expect(Metrics.length).toBeGreaterThan(0);
    expect(Metrics.length).toBeLessThanOrEqual(100);
    for (const { Name, Unit } of Metrics) {
      expect(typeof parsed[Name]).toBe('number');
      expect(['Count', 'Seconds']).toContain(Unit);
    }
    // Nothing but the metrics, their dimension and the directive.
    expect(Object.keys(parsed).sort()).toEqual(['_aws', 'destination', ...Metrics.map(({ Name }) => Name)].sort());
  }
  return parsed;
};

const report = (over: Partial<Report> = {}): Report => ({
  receiver: 'cloudwatch_logs',
  durationMs: 1,
  lines: { in: 0, decoded: 0, ignored: 0, quarantined: 0 },
  destinations: {},
  balanced: true,
  ...over,
});
const linesOf = (over: Partial<Report>): readonly Emf[] =>
  metricsOf(report(over), 'OtlpForwarder', NOW_MS).map(checked);
const valuesOf = ({ _aws, ...values }: Emf): object => values;

describe('metrics', () => {
  it('D26: are one object per destination, its name the only dimension', () => {
    const destinations = {
      'otlp_http/a': { traces: { decoded: 3, delivered: 3 }, logs: { decoded: 4, delivered: 2, pending: 2 } },
      'otlp_http/b': { traces: { decoded: 3, quarantined: 3 } },
    };
    expect(linesOf({ destinations }).map(valuesOf)).toEqual([
      { destination: 'otlp_http/a', Delivered: 5, Pending: 2 },
      { destination: 'otlp_http/b', Quarantined: 3 },
    ]);
  });

  it('D26: name everything that can become of an item, and nothing else', () => {
    const traces = {
      decoded: 99,
      made: 1,
      filtered: 2,
      delivered: 3,
      rejected: 4,
      pending: 5,
      quarantined: 6,
      returned: 7,
      unconfirmed: 8,
      requests: 9,
      bytes: 10,
    };
    const [line] = linesOf({ destinations: { d: { traces } } });
    expect(line && valuesOf(line)).toEqual({
      destination: 'd',
      Delivered: 3,
      Rejected: 4,
      Pending: 5,
      Quarantined: 6,
      Unconfirmed: 8,
      Returned: 7,
    });
  });

  it('D26: of nothing are nothing', () => {
    expect(linesOf({})).toEqual([]);
    expect(linesOf({ destinations: { d: { traces: { decoded: 5, filtered: 5 } } } })).toEqual([]);
  });

  it('D26: tell lines that cannot be read, which were for no destination yet', () => {
    const lines = { in: 9, decoded: 0, ignored: 0, quarantined: 4, returned: 5 };
    expect(linesOf({ lines }).map(valuesOf)).toEqual([{ destination: 'lines', Quarantined: 4, Returned: 5 }]);
  });

  it('D26: tell when the counts do not add up', () => {
    expect(linesOf({ balanced: false }).map(valuesOf)).toEqual([{ destination: 'lines', Unbalanced: 1 }]);
    const destinations = { d: { traces: { decoded: 2, delivered: 1 } } };
    expect(linesOf({ balanced: false, destinations }).map(valuesOf)).toEqual([
      { destination: 'd', Delivered: 1 },
      { destination: 'lines', Unbalanced: 1 },
    ]);
  });

  it('D26: an age is in seconds, everything else a count', () => {
    const { _aws } = checked(metricMembers('N', 'd', { OldestPendingAge: 7, Redriven: 1 }, NOW_MS));
    expect(_aws.CloudWatchMetrics[0]?.Metrics).toEqual([
      { Name: 'OldestPendingAge', Unit: 'Seconds' },
      { Name: 'Redriven', Unit: 'Count' },
    ]);
  });

  it.each(['a "quoted" name', 'a\nb', '</script>', '{"_aws":1}', '_aws', 'é😀'])(
    'D26: a destination named %j stays a value',
    (name) => {
      const [line] = linesOf({ destinations: { [name]: { logs: { decoded: 1, delivered: 1 } } } });
      expect(line?.destination).toBe(name);
    },
  );

  it('D26, D27: nothing of telemetry, metadata or what a server said gets in, whatever happened', async () => {
    const canary = 'canary-71';
    const error = new Error(canary);
    const outcome = fc.constantFrom<Outcome>(
      { status: 'delivered', rejectedItems: 1, message: canary },
      { status: 'stored', as: 'pending', key: canary, error },
      { status: 'rejected', fault: 'telemetry', error },
      { status: 'rejected', fault: 'destination', error },
      { status: 'retryable', error },
    );
    const span = { name: canary, attributes: [{ key: '_aws', value: { stringValue: canary } }] };
    const request = requestFromJson({ resourceSpans: [{ scopeSpans: [{ spans: [span, span] }] }] });
    const telemetry = { request, records: new Set([canary]), metadata: { owner: canary, 'header.key': canary } };
    const fault = { reason: 'json', message: canary, source: { id: canary }, sha256: canary, bytes: 1 } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 5 }), fc.integer({ min: -2, max: 2 }), async (outcomes, lost) => {
        const legs: readonly Leg[] = SIGNALS.map((signal) => ({
          signal,
          destination: 'otlp_http',
          decoded: 2 * outcomes.length + lost,
          filtered: 0,
          made: 0,
          deliveries: outcomes.map((one) => ({ destination: 'otlp_http', telemetry, outcome: one })),
        }));
        const made = await reportOf({
          receiver: 'x',
          durationMs: 1,
          decoded: { telemetry: [], faults: [], lines: 1, dropped: 0, ignored: new Map() },
          faults: [{ record: canary, fault, content: canary, outcome: { status: 'retryable', error } }],
          run: { legs, unrouted: [] },
        });
        const lines = metricsOf(made, 'OtlpForwarder', NOW_MS);
        expect(lines.join()).not.toContain('canary');
        const all = lines.map(checked);
        expect(all.some((line) => line['Unbalanced'] === 1)).toBe(lost !== 0);
      }),
      { numRuns: 50 },
    );
  });
});
