import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { LaneReport, RedriveReport } from './dead-letter/redrive-report.ts';

const lane = (over: Partial<LaneReport> = {}): LaneReport => ({
  ...{ found: 0, put: 0, redriven: 0, quarantined: 0, expired: 0, vanished: 0, remaining: 0 },
  ...{ items: 0, rejected: 0, unconfirmed: 0, oldestPendingAgeMs: 0 },
  ...over,
});

const report = (over: Partial<RedriveReport> = {}): RedriveReport => ({
  durationMs: 12,
  destinations: { d: lane() },
  balanced: true,
  ...over,
});

/** What a process of its own writes to file descriptor 1: the report, then its metrics, of which the first are in the same line. */
const written = (one: RedriveReport, namespace?: string): readonly Record<string, unknown>[] => {
  const source = new URL('write-redrive-report.ts', import.meta.url).href;
  const code = `import { writeRedriveReport } from ${JSON.stringify(source)};
writeRedriveReport(${JSON.stringify(one)}, ${JSON.stringify(namespace)});`;
  const args = ['--conditions=@serverless-otlp/source', '--input-type=module', '-e', code];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  const [first = '', ...others] = stdout.trimEnd().split('\n');
  const [line = '', metrics] = first.split(',"_aws":');
  const parts = metrics === undefined ? [first] : [`${line}}`, `{"_aws":${metrics}`];
  return [...parts, ...others].map((text) => JSON.parse(text) as Record<string, unknown>);
};

describe('the report of a redrive', () => {
  it('D26: is one line without zeros, and the age of the oldest also when nothing waits', () => {
    const [line, metrics, ...rest] = written(report(), 'OtlpForwarder');
    expect(line).toEqual({
      level: 'INFO',
      message: 'otlp redrive report',
      durationMs: 12,
      destinations: { d: {} },
      balanced: true,
    });
    expect(metrics).toEqual({
      _aws: {
        Timestamp: expect.any(Number) as number,
        CloudWatchMetrics: [
          {
            Namespace: 'OtlpForwarder',
            Dimensions: [['destination']],
            Metrics: [
              { Name: 'OldestPendingAge', Unit: 'Seconds' },
              { Name: 'Redriven', Unit: 'Count' },
            ],
          },
        ],
      },
      destination: 'd',
      OldestPendingAge: 0,
      Redriven: 0,
    });
    expect(rest).toEqual([]);
  });

  it('D26: counts everything there is, for destinations, events, and objects nobody knows', () => {
    const busy = lane({ found: 9, redriven: 3, quarantined: 1, expired: 2, remaining: 3, items: 40, rejected: 4 });
    const [line, ...metrics] = written(
      report({
        destinations: { d: { ...busy, unconfirmed: 5, oldestPendingAgeMs: 90_400 } },
        events: lane({ found: 1, remaining: 1, oldestPendingAgeMs: 7_000 }),
        unknown: { gone: 12 },
        balanced: false,
      }),
      'N',
    );
    expect(line).toMatchObject({ level: 'ERROR', events: { found: 1, remaining: 1 }, unknown: { gone: 12 } });
    expect(metrics.map(({ _aws, ...counts }) => counts)).toEqual([
      {
        destination: 'd',
        ...{ OldestPendingAge: 90, Redriven: 36, Rejected: 4, Quarantined: 1, Expired: 2, Unconfirmed: 5 },
      },
      { destination: 'events', OldestPendingAge: 7, Redriven: 0 },
      { destination: 'gone', Unknown: 12 },
      { destination: 'redrive', Unbalanced: 1 },
    ]);
  });

  it('D26: writes no age that nobody knows: missing data is what the alarm waits for', () => {
    const { oldestPendingAgeMs: _, ...unknown } = lane({ more: true, error: 'memory: access denied' });
    const [line, metrics] = written(report({ destinations: { d: unknown }, errors: ['memory: access denied'] }), 'N');
    expect(line).toMatchObject({ level: 'ERROR', errors: ['memory: access denied'] });
    expect(metrics).toMatchObject({ destination: 'd', Redriven: 0 });
    expect(metrics).not.toHaveProperty('OldestPendingAge');
  });

  it.each([
    ['INFO', report({ destinations: { d: lane({ found: 1, redriven: 1, items: 2 }) } })],
    ['WARN', report({ destinations: { d: lane({ found: 1, remaining: 1 }) } })],
    ['WARN', report({ events: lane({ found: 1, remaining: 1 }) })],
    ['ERROR', report({ destinations: { d: lane({ found: 1, quarantined: 1 }) } })],
    ['ERROR', report({ destinations: { d: lane({ found: 1, expired: 1 }) } })],
    ['ERROR', report({ events: lane({ found: 1, quarantined: 1 }) })],
    ['ERROR', report({ unknown: { x: 1 } })],
    ['ERROR', report({ errors: ['x'] })],
    ['ERROR', report({ balanced: false })],
  ])('D26: is as loud as it should be: %s', (level, one) => {
    const lines = written(one);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level });
  });
});
