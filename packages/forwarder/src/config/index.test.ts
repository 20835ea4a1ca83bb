import { gzipSync } from 'node:zlib';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../pipeline/report.ts';
import { type Environment, loadForwarder } from './index.ts';

const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
const server = createServer((request, response) => {
  seen.push({ url: request.url, headers: request.headers });
  request.resume().on('end', () => response.end());
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => seen.splice(0));

const folder = mkdtempSync(join(tmpdir(), 'otlp-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LINES = [
  '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}',
  '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{"asInt":1}]}}]}]}]}',
  '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":9}]}]}]}',
];
const eventOf = (logGroup: string): unknown => {
  const logEvents = LINES.map((message, index) => ({ id: String(index), timestamp: 0, message }));
  const subscription = { messageType: 'DATA_MESSAGE', owner: '1', logGroup, logStream: 's', logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};
const context = { getRemainingTimeInMillis: () => 60_000 };

interface Loaded {
  readonly reports: readonly Report[];
  readonly warnings: readonly string[];
}
const forward = async (
  env: Environment,
  options: { defaultEndpoint?: string; configFile?: string } = {},
  logGroup: string = '/aws/lambda/app',
): Promise<Loaded> => {
  const reports: Report[] = [];
  const warnings: string[] = [];
  const forwarder = await loadForwarder({
    env,
    ...options,
    onReport: (report) => reports.push(report),
    onWarning: (warning) => warnings.push(warning),
  });
  await forwarder(eventOf(logGroup), context);
  return { reports, warnings };
};
const urls = (): readonly (string | undefined)[] => seen.map(({ url }) => url).sort();

describe('a forwarder', () => {
  it('U6: by one variable alone sends three signals to their paths', async () => {
    const { reports, warnings } = await forward({ OTEL_EXPORTER_OTLP_ENDPOINT: base });
    expect(urls()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
    expect(warnings).toEqual([]);
    expect(reports[0]?.balanced).toBe(true);
  });

  it('V5, U5: sends the headers of the variables, those of a signal with that signal', async () => {
    await forward({
      OTEL_EXPORTER_OTLP_ENDPOINT: base,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=general,x-tenant=a%20b',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-key=logs',
    });
    const sent = seen.map(({ url, headers }) => [url, headers['x-key'], headers['x-tenant']].join(' | '));
    expect(sent.sort()).toEqual(['/v1/logs | logs | a b', '/v1/metrics | general | a b', '/v1/traces | general | a b']);
  });

  it('hands warnings on', async () => {
    const { warnings } = await forward({ OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TIMEOUT: 'x' });
    expect(warnings).toHaveLength(1);
  });

  it('refuses to start without an endpoint unless it is given a default one', async () => {
    await expect(forward({})).rejects.toThrow('OTEL_EXPORTER_OTLP_ENDPOINT: is not set');
    await forward({}, { defaultEndpoint: base });
    expect(urls()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
  });

  it('says that a file makes variables of the standard without effect', async () => {
    const path = join(folder, 'debug.json');
    writeFileSync(path, '{"exporters":{"debug":{}},"service":{"pipelines":{"logs":{"exporters":["debug"]}}}}');
    const warnings: string[] = [];
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://s3cr3t', OTEL_EXPORTER_OTLP_TIMEOUT: '' };
    await loadForwarder({ env, configFile: path, onReport: () => undefined, onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual([
      'a configuration file is in use: OTEL_EXPORTER_OTLP_ENDPOINT ignored, except as ${env:NAME} in it',
    ]);
  });

  it('takes a file instead of the variables when one is named, an option before the variable', async () => {
    const config = (path: string): object => ({
      exporters: { otlp_http: { endpoint: `\${env:BASE}/${path}` } },
      service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
    });
    writeFileSync(join(folder, 'a.json'), JSON.stringify(config('a')));
    writeFileSync(join(folder, 'b.json'), JSON.stringify(config('b')));
    const env = { BASE: base, OTLP_FORWARDER_CONFIG: join(folder, 'a.json'), OTEL_EXPORTER_OTLP_ENDPOINT: 'bad' };
    const { reports } = await forward(env);
    expect(urls()).toEqual(['/a/v1/traces']);
    expect(reports[0]?.unrouted).toEqual({ metrics: 1, logs: 1 });
    await forward(env, { configFile: join(folder, 'b.json') });
    expect(urls()).toEqual(['/a/v1/traces', '/b/v1/traces']);
  });

  it.each([
    [{ AWS_LAMBDA_LOG_GROUP_NAME: '/custom/group' }, '/custom/group'],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'forwarder' }, '/aws/lambda/forwarder'],
  ])('D21: with %j it does not process %s, its own log group', async (own, logGroup) => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: base, ...own };
    const { reports } = await forward(env, {}, logGroup);
    expect(urls()).toEqual([]);
    expect(reports[0]).toMatchObject({ lines: { in: 3, ignored: 3 }, ignored: { own_logs: 3 }, balanced: true });
    await forward(env, {}, `${logGroup}-2`);
    expect(urls()).toHaveLength(3);
  });
});
