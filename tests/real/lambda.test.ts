import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, inject, it, onTestFinished } from 'vitest';

import { type Collector, freePort, startCollector } from './collector.ts';
import { generatedEnvelope } from './envelope.ts';
import { type Lambda, startLambda } from './lambda.ts';
import { reportLines } from './printed.ts';
import { SIGNALS } from './schema.ts';
import { itemsOfLines } from './sent.ts';
import { subscriptionEvent } from './subscription-event.ts';
import { waitFor, within } from './wait.ts';

const PRINT_TIMEOUT_MS = 5_000;
const MAX_COLD_START_MS = 10_000;
/** D26: a report is this small when all is well. */
const MAX_REPORT_BYTES = 1024;
/** Appears in all generated telemetry, so it must appear in nothing the function prints or answers. */
const SECRET = 'value-of-an-item';

const CONFIGURATION = `
exporters:
  otlp_http/collector:
    endpoint: \${env:COLLECTOR}
    encoding: json
processors:
  batch:
    max_items: 3
service:
  pipelines:
${SIGNALS.map((signal) => `    ${signal}: { processors: [batch], exporters: [otlp_http/collector] }`).join('\n')}
`;

const linesOf = (seed: string): readonly string[] =>
  SIGNALS.map((signal) => generatedEnvelope(signal, `${SECRET} ${seed}`, 2));

const collectorAt = async (port?: number): Promise<Collector> => {
  const collector = await startCollector(inject('parts').collector, port);
  onTestFinished(async () => {
    await collector.stop();
  });
  return collector;
};

const lambdaWith = async (node: string, env: Readonly<Record<string, string>>): Promise<Lambda> => {
  const lambda = await startLambda({ node, runtimeClient: inject('parts').runtimeClient, zip: inject('zip'), env });
  onTestFinished(lambda.stop);
  return lambda;
};

const reportsOf = async (lambda: Lambda, count: number): Promise<readonly string[]> =>
  waitFor(`${count} reports`, PRINT_TIMEOUT_MS, () => {
    const reports = reportLines(lambda.stdout().split('\n').slice(0, -1));
    return reports.length < count ? undefined : reports;
  });

const coldStartOf = async (lambda: Lambda): Promise<number> => {
  const started = await lambda.started;
  if ('initError' in started) throw new Error(started.initError.errorMessage);
  return started.coldStartMs;
};

describe.each([
  { version: 'v24', node: process.execPath },
  { version: 'v22', node: inject('parts').node22 },
])('the deployment package under the real runtime client, Node.js $version', ({ version, node }) => {
  it('starts cold, then forwards event after event', async () => {
    const collector = await collectorAt();
    const lambda = await lambdaWith(node, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    const coldStartMs = await coldStartOf(lambda);
    console.info(`cold start, Node.js ${version}: ${coldStartMs.toFixed(0)} ms`);
    expect(coldStartMs).toBeLessThan(MAX_COLD_START_MS);

    const events = ['a', 'b', 'c', 'd', 'e'].map(linesOf);
    for (const lines of events) expect(await lambda.invoke(subscriptionEvent(lines))).toHaveProperty('response');

    const reports = await reportsOf(lambda, events.length);
    expect(reports).toHaveLength(events.length);
    for (const report of reports) {
      expect(JSON.parse(report)).toMatchObject({ balanced: true, lines: { in: 3, decoded: 3 } });
      expect(Buffer.byteLength(report)).toBeLessThanOrEqual(MAX_REPORT_BYTES);
    }
    expect(lambda.stdout()).not.toContain(SECRET);
    await lambda.stop();
    expect(await collector.stop()).toEqual(itemsOfLines(events.flat()));
  });

  it('D5: a destination that is down fails the invocation; delivered again, the event arrives once', async () => {
    const port = await freePort();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
    const lambda = await lambdaWith(node, env);
    await coldStartOf(lambda);
    const event = subscriptionEvent(linesOf('redelivered'));

    const refused = await lambda.invoke(event);
    expect(refused).toHaveProperty('error.errorMessage');
    expect(JSON.stringify(refused) + lambda.stdout()).not.toContain(SECRET);

    // The environment that failed leaves the destination alone for half a minute; Lambda comes back after a whole one.
    const collector = await collectorAt(port);
    const later = await lambdaWith(node, env);
    expect(await later.invoke(event)).toHaveProperty('response');
    await later.stop();
    expect(await collector.stop()).toEqual(itemsOfLines(linesOf('redelivered')));
  });

  it('D21: a control message is acknowledged without a request', async () => {
    const port = await freePort();
    const lambda = await lambdaWith(node, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    const control = subscriptionEvent(
      ['CWL CONTROL MESSAGE: Checking health of destination Lambda.'],
      'CONTROL_MESSAGE',
    );
    expect(await lambda.invoke(control)).toHaveProperty('response');
    const [report = ''] = await reportsOf(lambda, 1);
    expect(JSON.parse(report)).toMatchObject({ balanced: true, lines: { decoded: 0, quarantined: 0 } });
  });

  it('takes its configuration from a YAML file', async () => {
    const collector = await collectorAt();
    const folder = await mkdtemp(join(tmpdir(), 'otlp-config-'));
    onTestFinished(async () => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'forwarder.yaml');
    await writeFile(file, CONFIGURATION);
    const lambda = await lambdaWith(node, { OTLP_FORWARDER_CONFIG: file, COLLECTOR: collector.endpoint });
    const lines = linesOf('configured');
    expect(await lambda.invoke(subscriptionEvent(lines))).toHaveProperty('response');
    await lambda.stop();
    expect(await collector.stop()).toEqual(itemsOfLines(lines));
  });

  it('without an endpoint it ends with an initialisation error that names the variable', async () => {
    const lambda = await lambdaWith(node, {});
    const started = await lambda.started;
    expect(started).toHaveProperty('initError.errorMessage', expect.stringContaining('OTEL_EXPORTER_OTLP_ENDPOINT'));
    expect(await within('the function to end', PRINT_TIMEOUT_MS, lambda.ended)).not.toBe(0);
  });
});
