import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { SIGNALS } from '@serverless-otlp/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from './canary/process.ts';
import { forwardingOf } from './forwarding.ts';
import { HOSTILE_WORDS } from './reporting/hostile-words.ts';
import { eventOf, line } from './telemetry.ts';

const report = fileURLToPath(new URL('reporting/report.ts', import.meta.url));

type Json = Readonly<Record<string, unknown>>;

/** One log event per line feed, as Lambda hands them to CloudWatch Logs. */
const eventsIn = (output: readonly string[]): readonly string[] => output.filter((text) => text !== '');

/** What CloudWatch makes metrics of: JSON with `_aws` at its root. In a report that and what follows it, metrics to the end. */
const metricsIn = (texts: readonly string[]): readonly Json[] =>
  texts
    .map((text) => Object.entries(JSON.parse(text) as Json))
    .map((members) => members.slice(members.findIndex(([name]) => name === '_aws')))
    .filter(([first]) => first?.[0] === '_aws')
    .map((members) => Object.fromEntries(members));

const METRICS = [
  ...['Delivered', 'Rejected', 'Pending', 'Quarantined', 'Unconfirmed', 'Returned', 'Unbalanced'],
  ...['Redriven', 'Expired', 'Unknown', 'OldestPendingAge'],
];

describe('injecting lines and metrics into the log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-injection-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let said: readonly string[] = [];
  let events: readonly string[] = [];
  beforeAll(async () => {
    const { lines, output, code } = await say([report, folder]);
    expect(code).toBe(0);
    said = lines;
    events = eventsIn(output);
  }, 60_000);

  it('D26: every line is one JSON object of ours, whatever words are in it', () => {
    expect(events.filter((text) => text.includes('otlp forwarder report')).length).toBeGreaterThanOrEqual(
      2 * HOSTILE_WORDS.length,
    );
    expect(events.filter((text) => text.includes('"otlp redrive report"'))).toHaveLength(2);
    for (const text of events) {
      const value = JSON.parse(text) as Json;
      const [first] = Object.keys(value);
      expect(['level', '_aws', 'exporter']).toContain(first);
      if (first === 'level') expect(['INFO', 'WARN', 'ERROR']).toContain(value['level']);
    }
    // Reports are written by us alone: none has the shape that hostile words have.
    for (const text of events.filter((one) => one.includes('"message":"otlp forwarder report"')))
      expect(JSON.parse(text)).toHaveProperty('durationMs');
  });

  it('D26: no control character reaches a terminal, and none that turns text around', () => {
    const raw = events.filter((text) => /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(text));
    expect(raw).toEqual([]);
    // They are there, escaped: silence would prove nothing.
    expect(events.join('\n')).toMatch(/\\u009b/);
    expect(events.join('\n')).toMatch(/\\u202e/);
  });

  it('D26: the only metrics are ours: names, namespace, the destination as the one dimension, and numbers', () => {
    const metrics = metricsIn(events);
    expect(metrics.length).toBeGreaterThan(20);
    const dimensions = new Set<unknown>();
    for (const { _aws, destination, ...values } of metrics) {
      const { CloudWatchMetrics: directives } = _aws as { CloudWatchMetrics: readonly Json[] };
      expect(directives).toHaveLength(1);
      const [{ Namespace, Dimensions, Metrics } = {}] = directives;
      expect({ Namespace, Dimensions }).toEqual({ Namespace: 'OtlpForwarder', Dimensions: [['destination']] });
      const names = (Metrics as readonly { readonly Name: string }[]).map(({ Name }) => Name);
      expect(METRICS).toEqual(expect.arrayContaining(names));
      expect(Object.keys(values).sort()).toEqual([...names].sort());
      for (const value of Object.values(values)) expect(Number.isSafeInteger(value) && Number(value) < 1e6).toBe(true);
      dimensions.add(destination);
    }
    for (const known of ['otlp_http', 'otlp_http/dead', 'debug', 'lines', 'others'])
      expect(dimensions).toContain(known);
    for (const dimension of dimensions) expect(dimension).toMatch(/^[\w./% -]{1,128}$/);
  });

  it('D21: recursion: its own output, fed back from any log group, alone and wrapped as Lambda wraps it, is never telemetry', async () => {
    const { invoke, collector, reports, stored } = await forwardingOf();
    const wrapped = events.flatMap((text) => [
      text,
      `2026-11-21T08:00:00.000Z\t8286a188-ba32-4475-8077-530cd35c09a9\tINFO\t${text}`,
      JSON.stringify({ timestamp: '2026-11-21T08:00:00.000Z', level: 'INFO', message: text }),
      JSON.stringify({ timestamp: '2026-11-21T08:00:00.000Z', level: 'INFO', message: JSON.parse(text) as object }),
    ]);
    await invoke(eventOf(wrapped));
    expect(collector.requests).toHaveLength(0);
    expect(reports[0]).toMatchObject({ lines: { in: wrapped.length, ignored: wrapped.length }, balanced: true });
    expect(stored()).toEqual([]);
  });

  it('D27: what a function prints is never printed again', () => {
    // Errors that were thrown count as well.
    const text = said.join('\n');
    for (const content of ['operation 0', 'test.id', 'H4sI'])
      expect([content, text.includes(content)]).toEqual([content, false]);
  });
});

describe('recursion', () => {
  it.each<[string, Readonly<Record<string, string>>, object]>([
    ['the log group that Lambda tells', { AWS_LAMBDA_LOG_GROUP_NAME: '/own' }, {}],
    ['that of its name', { AWS_LAMBDA_FUNCTION_NAME: 'own' }, {}],
    ['those of the variable', { OTLP_FORWARDER_OWN_LOG_GROUPS: 'x, /own ,y' }, {}],
    ['those of the configuration', {}, { own_log_groups: ['/own', '/aws/lambda/own'] }],
  ])('D21: whatever stands in %s is acknowledged and not sent', async (_what, env, service) => {
    const pipeline = { exporters: ['otlp_http'] };
    const { invoke, collector, reports, stored } = await forwardingOf({
      env,
      service: { ...service, pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } },
    });
    const logGroup = env['AWS_LAMBDA_FUNCTION_NAME'] === undefined ? '/own' : '/aws/lambda/own';
    const lines = [...SIGNALS.map((signal) => line(signal, 'loop')), '{"_otel":1}', 'text'];
    await invoke(eventOf(lines, { logGroup }));
    expect(collector.requests).toHaveLength(0);
    expect(reports[0]).toMatchObject({ ignored: { own_logs: lines.length }, lines: { quarantined: 0 } });
    expect(stored()).toEqual([]);
  });
});
