import {
  type FakeAnswer,
  type FakeCollector,
  startFakeCollector,
  testTls,
} from '@serverless-otlp/testing/fake-collector';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../check.ts';
import { examineConfiguration } from '../examine-configuration.ts';

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
afterEach(() => onTestFinished(() => rmSync(folder, { recursive: true, force: true })));

const NOW_MS = Date.now();
const GOOD: FakeAnswer = { status: 200, headers: { date: new Date(NOW_MS).toUTCString() } };

const collecting = async (
  answer: FakeAnswer | (() => FakeAnswer) = GOOD,
  tls?: { readonly cert: string; readonly key: string },
): Promise<FakeCollector> => {
  const script = typeof answer === 'function' ? answer : () => answer;
  const collector = await startFakeCollector({ script, ...(tls === undefined ? {} : { tls }) });
  onTestFinished(() => collector.close());
  return collector;
};

interface Looked {
  readonly settings?: object;
  readonly more?: object;
  readonly connect?: boolean;
}

const look = async (
  endpoint: string,
  { settings = {}, more = {}, connect = true }: Looked = {},
): Promise<readonly Finding[]> => {
  const own = mkdtempSync(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(own, { recursive: true, force: true }));
  const configFile = join(own, 'forwarder.json');
  const pipelines = Object.fromEntries(
    ['traces', 'metrics', 'logs'].map((signal) => [signal, { exporters: ['otlp_http'] }]),
  );
  writeFileSync(
    configFile,
    JSON.stringify({ exporters: { otlp_http: { endpoint, ...settings } }, service: { pipelines }, ...more }),
  );
  return examineConfiguration({
    configFile,
    functionMs: 60_000,
    connect,
    signal: AbortSignal.timeout(30_000),
    now: () => NOW_MS,
  });
};

const idsOf = (findings: readonly Finding[], status: Finding['status']): readonly string[] => [
  ...new Set(findings.filter((finding) => finding.status === status).map(({ id }) => id)),
];

describe('a configuration and its destination', () => {
  it('is well when it takes an empty request of each signal, as the forwarder sends it', async () => {
    const collector = await collecting();
    const headers = { 'api-key': '${env:HOME}' };
    const findings = await look(collector.url, {
      settings: { headers, encoding: 'json' },
      more: { dead_letter: { folder: { path: folder } } },
    });
    expect([idsOf(findings, 'fail'), idsOf(findings, 'warn')]).toEqual([[], ['endpoint-place']]);
    expect(idsOf(findings, 'pass')).toEqual(
      expect.arrayContaining(['destination-accepts', 'clock', 'dead-letter-folder']),
    );
    const posts = collector.requests.filter(({ method }) => method === 'POST');
    expect(
      posts
        .map(({ path, headers: sent, body }) => [path, sent['content-type'], sent['api-key'], body.toString()])
        .sort(),
    ).toEqual(
      ['/v1/logs', '/v1/metrics', '/v1/traces'].map((path) => [path, 'application/json', process.env['HOME'], '{}']),
    );
    // The clock is asked for without the key.
    expect(
      collector.requests.filter(({ method }) => method === 'HEAD').map(({ headers: sent }) => sent['api-key']),
    ).toEqual([undefined]);
  });

  it.each<readonly [string, FakeAnswer, string, Finding['status']]>([
    ['401', { status: 401 }, 'destination-auth', 'fail'],
    ['403', { status: 403 }, 'destination-auth', 'fail'],
    ['404', { status: 404 }, 'destination-path', 'fail'],
    ['405', { status: 405 }, 'destination-path', 'fail'],
    ['307', { status: 307, headers: { location: 'https://other.example' } }, 'destination-redirect', 'fail'],
    ['415', { status: 415 }, 'destination-encoding', 'fail'],
    ['400', { status: 400 }, 'destination-refusal', 'warn'],
    ['500', { status: 500 }, 'destination-refusal', 'fail'],
    ['429', { status: 429 }, 'destination-busy', 'warn'],
    ['503', { status: 503 }, 'destination-busy', 'warn'],
    ['no answer', { fault: 'close' }, 'destination-connection', 'fail'],
  ])('%s', async (_title, answer, id, status) => {
    const collector = await collecting(answer);
    const findings = await look(collector.url, { settings: { headers: { 'api-key': 'canary-value' } } });
    expect(idsOf(findings, status)).toContain(id);
    expect(JSON.stringify(findings)).not.toContain('canary-value');
    expect(findings.filter((finding) => finding.id === 'destination-accepts' && finding.status === 'pass')).toEqual([]);
  });

  it('a destination that says nothing is one that does not answer in time', async () => {
    const collector = await collecting({ fault: 'hang' });
    expect(idsOf(await look(collector.url, { settings: { timeout_ms: 50 } }), 'fail')).toEqual(['destination-timeout']);
  });

  it.each([
    ['of nobody known', 'server', false],
    ['that has expired', 'expired', true],
    ['of another host', 'otherHost', true],
  ] as const)('a certificate %s', async (_title, name, trusted) => {
    const tls = testTls();
    const collector = await collecting(GOOD, tls[name]);
    const settings = trusted ? { tls: { ca_pem: tls.ca } } : {};
    expect(idsOf(await look(collector.url, { settings }), 'fail')).toEqual(['destination-tls']);
  });

  it('a certificate of somebody trusted is well, and says until when', async () => {
    const tls = testTls();
    const collector = await collecting(GOOD, tls.server);
    const findings = await look(collector.url, { settings: { tls: { ca_pem: tls.ca } } });
    expect([idsOf(findings, 'fail'), idsOf(findings, 'pass')]).toEqual([
      [],
      expect.arrayContaining(['destination-certificate', 'destination-accepts']),
    ]);
  });

  it.each([
    [-600_000, 'fail'],
    [400_000, 'fail'],
    [60_000, 'warn'],
    [1_000, 'pass'],
  ] as const)('a clock that is %i ms off: %s', async (ms, status) => {
    const collector = await collecting({ status: 200, headers: { date: new Date(NOW_MS + ms).toUTCString() } });
    expect(idsOf(await look(collector.url), status)).toContain('clock');
  });

  it.each([
    ['http://169.254.169.254/latest', 'endpoint-place'],
    ['http://[fd00:ec2::254]:4318', 'endpoint-place'],
    ['http://0.0.0.0:4318', 'endpoint-place'],
    ['https://collector.example:4317', 'endpoint-form'],
    ['https://collector.example/v1/traces', 'endpoint-form'],
  ])('%s is no endpoint', async (endpoint, id) => {
    const findings = await look(endpoint, { connect: false });
    expect(idsOf(findings, 'fail')).toContain(id);
    expect(idsOf(findings, 'skipped')).toContain('destination-accepts');
  });

  it('credentials do not travel in clear to another machine', async () => {
    const findings = await look('http://collector.example:4318', {
      connect: false,
      settings: { headers: { 'api-key': '12345678' } },
    });
    expect(idsOf(findings, 'fail')).toContain('endpoint-form');
    expect(idsOf(findings, 'warn')).toContain('config-plain-secret');
  });
});

describe('a configuration that is none', () => {
  it('names each mistake', async () => {
    const findings = await look('ftp://collector.example', { settings: { endpiont: 'x' } });
    const failed = findings.filter(({ status }) => status === 'fail');
    expect(failed.map(({ id, subject }) => [id, subject])).toEqual([
      ['config-valid', 'exporters.otlp_http.endpiont'],
      ['config-valid', 'exporters.otlp_http.endpoint'],
    ]);
  });

  it('names a variable that is not set, with a store and without', async () => {
    const settings = { headers: { 'api-key': '${env:DOCTOR_HAS_NO_SUCH_VARIABLE}' } };
    for (const more of [{}, { dead_letter: { folder: { path: folder } } }]) {
      const findings = await look('https://collector.example', { settings, more, connect: false });
      expect(idsOf(findings, 'fail')).toEqual(['config-values']);
    }
  });

  it('tells timeouts that do not fit, and a folder that cannot be', async () => {
    const settings = { timeout_ms: 59_000 };
    const path = join(import.meta.filename, 'no-folder');
    const findings = await look('https://collector.example', {
      settings,
      more: { dead_letter: { folder: { path } } },
      connect: false,
    });
    expect(idsOf(findings, 'fail')).toEqual(['time-budget', 'dead-letter-folder']);
  });
});
