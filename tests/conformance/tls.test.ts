import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { Outcome, Report } from '@serverless-otlp/forwarder';
import { loadForwarder } from '@serverless-otlp/forwarder/config';
import { otlpHttp } from '@serverless-otlp/forwarder/exporters/otlp-http';
import { parseRequest } from '@serverless-otlp/otlp';
import { type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startAlerting } from './tls/alerting.ts';
import { type Identity, newAuthority } from './tls/certificates.ts';

const authority = newAuthority('test authority');
const stranger = newAuthority('another authority');
const HOST = '127.0.0.1';
const server = authority.issue(HOST);
const client = authority.issue('client.example');

const message = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","kind":2}]}]}]}';
const subscription = {
  messageType: 'DATA_MESSAGE',
  owner: '123456789012',
  logGroup: 'g',
  logStream: 's',
  logEvents: [{ id: '1', timestamp: 1_755_800_000_000, message }],
};
const EVENT = { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };

interface ServerOptions {
  readonly identity?: Identity;
  /** Wants a certificate of this authority. */
  readonly wants?: string;
  readonly maxVersion?: SecureVersion;
}

const start = async ({ identity = server, wants, maxVersion }: ServerOptions): Promise<FakeCollector> => {
  const mutual = wants === undefined ? {} : { ca: wants, requestCert: true, rejectUnauthorized: true };
  const collector = await startFakeCollector({
    tls: { ...identity, ...mutual, ...(maxVersion === undefined ? {} : { maxVersion }) },
  });
  onTestFinished(() => collector.close());
  return collector;
};

interface Trust {
  readonly ca: string;
  readonly own?: Identity;
}

/** Sends one span to this port over the deployed composition, and tells what the report says and what waits in the store. */
const forwardTo = async (port: number, { ca, own }: Trust) => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const identity = own === undefined ? {} : { cert_pem: '${env:CERT}', key_pem: '${env:KEY}' };
  const config = {
    exporters: {
      otlp_http: {
        endpoint: `https://${HOST}:${port}`,
        tls: { ca_pem: '${env:CA}', ...identity },
        retry: { enabled: false },
      },
    },
    dead_letter: { folder: { path: join(folder, 'letters') } },
    service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
  };
  const configFile = join(folder, 'forwarder.json');
  writeFileSync(configFile, JSON.stringify(config));
  const reports: Report[] = [];
  const warnings: string[] = [];
  const forwarder = await loadForwarder({
    env: { CA: ca, ...(own === undefined ? {} : { CERT: own.cert, KEY: own.key }) },
    configFile,
    onReport: (report) => void reports.push(report),
    onWarning: (warning) => void warnings.push(warning),
  });
  await forwarder(EVENT, { getRemainingTimeInMillis: () => 60_000 });
  const [report] = reports;
  const said = JSON.stringify([reports, warnings]);
  for (const secret of [own?.key, own?.cert, ca])
    if (secret !== undefined) expect(said).not.toContain(secret.slice(30, 60));
  const letters = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('pending/'),
  );
  return {
    traces: report?.destinations['otlp_http']?.traces,
    errors: report?.errors?.map(({ error }) => error) ?? [],
    letters: letters.filter((name) => /[0-9a-f]{64}$/.test(name)).length,
  };
};

/** What the exporter itself says of its one try. */
const outcomeOf = async (port: number, { ca, own }: Trust): Promise<Outcome | undefined> => {
  const exporter = otlpHttp({ endpoints: { traces: `https://${HOST}:${port}/v1/traces` }, tls: { ca, ...own } });
  const telemetry = { request: parseRequest('traces', new Uint8Array()), records: new Set(['1']), metadata: {} };
  return (await exporter.export(telemetry, Date.now() + 10_000))[0]?.outcome;
};
const AT_FAULT = { status: 'rejected', fault: 'destination' };

const expectPending = async (collector: FakeCollector, port: number, trust: Trust, reason: RegExp): Promise<void> => {
  const { traces, errors, letters } = await forwardTo(port, trust);
  expect(traces).toMatchObject({ pending: 1 });
  expect(errors).toEqual([expect.stringMatching(reason)]);
  expect(letters).toBe(1);
  expect(collector.requests).toEqual([]);
};

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

describe('certificates of this test', () => {
  it('are what they say', () => {
    const [ca, leaf] = [new X509Certificate(authority.cert), new X509Certificate(server.cert)];
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect([ca.ca, leaf.ca, leaf.subjectAltName]).toEqual([true, false, 'IP Address:127.0.0.1']);
    expect(new X509Certificate(stranger.cert).verify(ca.publicKey)).toBe(false);
  });
});

describe('TLS', () => {
  it.each(VERSIONS)('delivers to a server that is trusted: %s', async (maxVersion) => {
    const collector = await start({ maxVersion });
    const { traces, errors, letters } = await forwardTo(collector.port, { ca: authority.cert });
    expect([traces, errors, letters]).toEqual([expect.objectContaining({ delivered: 1 }), [], 0]);
  });

  it.each([
    [
      'nobody trusts',
      stranger.issue(HOST),
      /: UNABLE_TO_VERIFY_LEAF_SIGNATURE \(.*\); trust who issued it with tls\.ca_file or tls\.ca_pem$/,
    ],
    [
      'has expired',
      authority.issue(HOST, Date.now() - 60_000),
      /: CERT_HAS_EXPIRED \(certificate has expired\); the server needs another one$/,
    ],
    [
      'belongs to another host',
      authority.issue('elsewhere.example'),
      /: ERR_TLS_CERT_ALTNAME_INVALID \(.*\); the endpoint must be called by a name that its certificate holds$/,
    ],
  ])('D5a: a certificate that %s is a fault of the destination: what it misses waits', async (_, identity, reason) => {
    const collector = await start({ identity });
    await expectPending(collector, collector.port, { ca: authority.cert }, reason);
    expect(await outcomeOf(collector.port, { ca: authority.cert })).toMatchObject(AT_FAULT);
  });
});

describe('mutual TLS', () => {
  const wants = authority.cert;
  const OTHERS = stranger.issue('client.example');

  it.each(VERSIONS)('delivers with a client certificate that is trusted: %s', async (maxVersion) => {
    const collector = await start({ wants, maxVersion });
    const { traces, errors } = await forwardTo(collector.port, { ca: authority.cert, own: client });
    expect([traces, errors]).toEqual([expect.objectContaining({ delivered: 1 }), []]);
  });

  it.each([
    ['TLSv1.2', /: EPROTO \(.*alert handshake failure\); the server may want a client certificate/],
    [
      'TLSv1.3',
      /: ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED \(tlsv13 alert certificate required\); the server wants a client certificate: set tls\.cert_file/,
    ],
  ] as const)('D5a: without a client certificate it waits: %s', async (maxVersion, reason) => {
    const collector = await start({ wants, maxVersion });
    await expectPending(collector, collector.port, { ca: authority.cert }, reason);
    expect(await outcomeOf(collector.port, { ca: authority.cert })).toMatchObject(AT_FAULT);
  });

  it('D5a: with a client certificate of somebody else it waits', async () => {
    const collector = await start({ wants, maxVersion: 'TLSv1.2' });
    const alerting = await startAlerting(collector.port);
    onTestFinished(() => alerting.close());
    const reason = /unknown ca\); the server refuses the client certificate; check tls\.cert_\* and tls\.key_\*$/;
    await expectPending(collector, alerting.port, { ca: authority.cert, own: OTHERS }, reason);
    expect(await outcomeOf(alerting.port, { ca: authority.cert, own: OTHERS })).toMatchObject(AT_FAULT);
    expect((await forwardTo(alerting.port, { ca: authority.cert, own: client })).traces).toMatchObject({
      delivered: 1,
    });
  });

  it.each(VERSIONS)('and so it does where the server only hangs up: %s', async (maxVersion) => {
    const collector = await start({ wants, maxVersion });
    // To the forwarder this is a connection that fails: it cannot tell, and tries again first (D5).
    const reason = /: ECONNRESET \(.*\); a server that refuses the client certificate may do that: check tls\.cert_\*/;
    await expectPending(collector, collector.port, { ca: authority.cert, own: OTHERS }, reason);
  });

  it('D4: a certificate and a key that do not belong together fail that destination alone', async () => {
    const collector = await start({ wants });
    const own = { cert: client.cert, key: OTHERS.key };
    const reason =
      /its configuration is broken: tls\.cert_pem and tls\.key_pem: no PEM certificate and the key that belongs to it$/;
    await expectPending(collector, collector.port, { ca: authority.cert, own }, reason);
  });
});
