import { gzipSync } from 'node:zlib';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../pipeline/report.ts';
import { type Environment, loadForwarder, ownLogGroupsOf } from './index.ts';

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

  it('sends to the chosen destinations alone', async () => {
    const path = join(folder, 'two.json');
    const pipeline = { exporters: ['otlp_http/a', 'otlp_http/b'] };
    const exporters = { 'otlp_http/a': { endpoint: `${base}/a` }, 'otlp_http/b': { endpoint: `${base}/b` } };
    writeFileSync(path, JSON.stringify({ exporters, service: { pipelines: { traces: pipeline } } }));
    const load = (destinations: readonly string[]): Promise<unknown> =>
      loadForwarder({
        env: {},
        configFile: path,
        destinations,
        onReport: () => undefined,
        onWarning: () => undefined,
      }).then((forwarder) => forwarder(eventOf('/aws/lambda/app'), context));
    await load(['otlp_http/b']);
    expect(urls()).toEqual(['/b/v1/traces']);
    await expect(load(['otlp_http/c'])).rejects.toThrow('known: otlp_http/a, otlp_http/b');
  });

  it('D21: its own log groups are those of Lambda, of the variable and of the configuration', () => {
    const env = { AWS_LAMBDA_FUNCTION_NAME: 'f', OTLP_FORWARDER_OWN_LOG_GROUPS: ' /a, ,/b' };
    const config = { exporters: {}, service: { pipelines: {}, own_log_groups: ['/c'] } };
    expect(ownLogGroupsOf(env, config)).toEqual(['/aws/lambda/f', '/a', '/b', '/c']);
    expect(ownLogGroupsOf({}, { exporters: {}, service: { pipelines: {} } })).toEqual([]);
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

  it('D21: a variable names other log groups that are not processed', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTLP_FORWARDER_OWN_LOG_GROUPS: '/aws/lambda/redrive, /other' };
    for (const logGroup of ['/aws/lambda/redrive', '/other']) {
      const { reports } = await forward(env, {}, logGroup);
      expect(reports[0]).toMatchObject({ ignored: { own_logs: 3 }, balanced: true });
    }
    expect(urls()).toEqual([]);
    await forward(env, {}, '/aws/lambda/redrive-2');
    expect(urls()).toHaveLength(3);
  });
});

describe('a dead-letter store', () => {
  const storeAt = (name: string): string => join(folder, name);
  const keysIn = (path: string): readonly string[] =>
    existsSync(path)
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
          .map((entry) => relative(path, join(entry.parentPath, entry.name)))
      : [];
  const deadPort = (): Promise<string> =>
    new Promise((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => resolve(`http://127.0.0.1:${port}`));
      });
    });
  const two = (over: object, settings: object = {}): object => ({
    exporters: {
      'otlp_http/up': { endpoint: base },
      'otlp_http/down': { endpoint: '${env:DOWN}', retry: { enabled: false }, ...settings },
    },
    service: { pipelines: { traces: { exporters: ['otlp_http/up', 'otlp_http/down'] } } },
    ...over,
  });
  const fileOf = (config: object): string => {
    const path = join(folder, 'two.json');
    writeFileSync(path, JSON.stringify(config));
    return path;
  };

  it('D2: named by a variable, keeps what the collector did not take', async () => {
    const path = storeAt('by-variable');
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: await deadPort(),
      OTLP_FORWARDER_DEAD_LETTER: ` ${path} `,
    };
    const { reports, warnings } = await forward(env);
    expect(warnings).toEqual([]);
    expect(reports[0]?.destinations['otlp_http']).toMatchObject({
      traces: { pending: 1 },
      metrics: { pending: 1 },
      logs: { pending: 1 },
    });
    expect(
      keysIn(path)
        .map((key) => key.split('/').slice(0, 3).join('/'))
        .sort(),
    ).toEqual(['pending/otlp_http/logs', 'pending/otlp_http/metrics', 'pending/otlp_http/traces']);
  });

  it('D2, D4: a destination that is down and one without its key do not touch the healthy one', async () => {
    const path = storeAt('by-file');
    const dead_letter = { folder: { path } };
    const unset = { headers: { 'x-key': '${env:KEY}' } };
    for (const settings of [{}, unset]) {
      seen.splice(0);
      const { reports, warnings } = await forward(
        { DOWN: await deadPort() },
        { configFile: fileOf(two({ dead_letter }, settings)) },
      );
      expect(urls()).toEqual(['/v1/traces']);
      expect(reports[0]?.destinations).toMatchObject({
        'otlp_http/up': { traces: { delivered: 1 } },
        'otlp_http/down': { traces: { pending: 1 } },
      });
      expect(warnings).toHaveLength(settings === unset ? 1 : 0);
    }
    // The same event: the second time replaces the first.
    expect(keysIn(path)).toHaveLength(1);
    expect(keysIn(path)[0]).toMatch(/^pending\/otlp_http%2Fdown\/traces\/19700101T000000\.000Z\/[0-9a-f]{64}$/);
  });

  it('D3: without one the event goes back, whole', async () => {
    await expect(forward({ DOWN: await deadPort() }, { configFile: fileOf(two({})) })).rejects.toThrow(
      'the event goes back to its source',
    );
    expect(urls()).toEqual(['/v1/traces']);
  });

  it('D4: without one a missing key refuses to start, and with one by variable it does not', async () => {
    const configFile = fileOf(two({}, { headers: { 'x-key': '${env:KEY}' } }));
    const env = { DOWN: await deadPort() };
    await expect(forward(env, { configFile })).rejects.toThrow('the variable KEY is not set');
    const { warnings } = await forward({ ...env, OTLP_FORWARDER_DEAD_LETTER: storeAt('third') }, { configFile });
    expect(warnings.join()).toContain('its telemetry waits in the store until then');
  });

  it('of the file wins over that of the variable', async () => {
    const [own, other] = [storeAt('own'), storeAt('other')];
    const configFile = fileOf(two({ dead_letter: { folder: { path: own } } }));
    await forward({ DOWN: await deadPort(), OTLP_FORWARDER_DEAD_LETTER: other }, { configFile });
    expect([keysIn(own).length, keysIn(other).length]).toEqual([1, 0]);
  });

  it.each(['https://bucket', 's3:/bucket', 's3://B_', 'gs://bucket/x'])(
    'named %s by a variable refuses to start, without repeating it',
    async (text) => {
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTLP_FORWARDER_DEAD_LETTER: text };
      const failure = await forward(env).catch((error: unknown) => error);
      expect(String(failure)).toContain(
        'OTLP_FORWARDER_DEAD_LETTER: must be s3://bucket/prefix, or the path of a folder',
      );
      expect(String(failure)).not.toContain(text);
    },
  );

  it('D26: metrics have a namespace unless they are switched off', async () => {
    const namespaces: (string | undefined)[] = [];
    for (const metrics of [
      undefined,
      { namespace: 'Mine' },
      { enabled: false },
      { enabled: 'FALSE', namespace: 'x' },
    ]) {
      const config = two({}) as { service: object };
      const configFile = fileOf({ ...config, service: { ...config.service, ...(metrics && { metrics }) } });
      const forwarder = await loadForwarder({
        env: { DOWN: base },
        configFile,
        onReport: (_report, namespace) => namespaces.push(namespace),
        onWarning: () => undefined,
      });
      await forwarder(eventOf('/aws/lambda/app'), context);
    }
    expect(namespaces).toEqual(['OtlpForwarder', 'Mine', undefined, undefined]);
  });
});
