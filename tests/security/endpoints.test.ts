import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Forwarding, forwardingOf } from './forwarding.ts';
import { eventOf, itemsOf, line } from './telemetry.ts';

/** Where nobody may ever connect to, and how many did. */
const forbidden = async (): Promise<{ readonly port: number; readonly connections: () => number }> => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
};

/** Everything an envelope's `endpoint` could try: `PORT` is somebody who must not be contacted. */
const HOSTILE: readonly string[] = [
  // Metadata services and what answers inside a network.
  'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
  'http://169.254.169.254/latest/meta-data/iam/security-credentials/v1/traces',
  'http://169.254.170.2/v2/credentials/v1/traces',
  'http://[fd00:ec2::254]/latest/meta-data/v1/traces',
  'http://metadata.google.internal/computeMetadata/v1/traces',
  'http://169.254.169.254.nip.io/v1/traces',
  'http://0xa9fea9fe/v1/traces',
  'http://2852039166/v1/traces',
  'http://0251.0376.0251.0376/v1/traces',
  'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
  // The same loopback in other words.
  'http://127.0.0.1:PORT/v1/traces',
  'http://localhost:PORT/v1/traces',
  'http://LOCALHOST:PORT/v1/traces',
  'http://localhost.:PORT/v1/traces',
  'http://127.1:PORT/v1/traces',
  'http://127.000.000.001:PORT/v1/traces',
  'http://0177.0.0.1:PORT/v1/traces',
  'http://0x7f.0.0.1:PORT/v1/traces',
  'http://0x7f000001:PORT/v1/traces',
  'http://2130706433:PORT/v1/traces',
  'http://0:PORT/v1/traces',
  'http://0.0.0.0:PORT/v1/traces',
  'http://[::1]:PORT/v1/traces',
  'http://[::ffff:127.0.0.1]:PORT/v1/traces',
  'http://[0:0:0:0:0:ffff:7f00:1]:PORT/v1/traces',
  'http://[::]:PORT/v1/traces',
  'http://①②⑦.⓪.⓪.①:PORT/v1/traces',
  'http://127。0。0。1:PORT/v1/traces',
  'http://ⓛocalhost:PORT/v1/traces',
  'http://127.0.0.1:PORT\\@collector.example/v1/traces',
  'http://collector.example@127.0.0.1:PORT/v1/traces',
  'http://user:password@127.0.0.1:PORT/v1/traces',
  'http://collector.example:80@127.0.0.1:PORT/v1/traces',
  'http://collector.example#@127.0.0.1:PORT/v1/traces',
  'http://127.0.0.1:PORT#/v1/traces',
  'http://127.0.0.1:PORT?/v1/traces',
  'http://127.0.0.1:PORT/?x=/v1/traces',
  'http://127.0.0.1:PORT;/v1/traces',
  'http:127.0.0.1:PORT/v1/traces',
  'http:/127.0.0.1:PORT/v1/traces',
  'http:///127.0.0.1:PORT/v1/traces',
  'http:\\\\127.0.0.1:PORT\\v1\\traces',
  '//127.0.0.1:PORT/v1/traces',
  '127.0.0.1:PORT/v1/traces',
  'HTTP://127.0.0.1:PORT/v1/traces',
  'https://127.0.0.1:PORT/v1/traces',
  ' http://127.0.0.1:PORT/v1/traces',
  'http://127.0.0.1:PORT/v1/traces ',
  '\thttp://127.0.0.1:PORT/v1/traces',
  'ht\ntp://127.0.0.1:PORT/v1/traces',
  'http://127.0.0.1:PORT/v1/traces\r\nHost: evil.example',
  'http://127.0.0.1:PORT\r\nX-Injected: 1/v1/traces',
  'http://127.0.0.1:PORT\u0000/v1/traces',
  'http://evil\u202e.example/v1/traces',
  // Other schemes.
  'file:///etc/passwd',
  'file:///v1/traces',
  'file://127.0.0.1/v1/traces',
  'ftp://127.0.0.1:PORT/v1/traces',
  'gopher://127.0.0.1:PORT/_POST%20/v1/traces',
  'data:application/x-protobuf,/v1/traces',
  'javascript:alert(1)//v1/traces',
  'unix:/var/run/docker.sock:/v1/traces',
  'jar:http://127.0.0.1:PORT!/v1/traces',
  'ws://127.0.0.1:PORT/v1/traces',
  'blob:http://127.0.0.1:PORT/v1/traces',
  // Other paths of the collector itself.
  'http://localhost:4318/admin/delete',
  'http://localhost:4318/v1/traces/../../admin',
  'http://localhost:4318/admin?x=/v1/traces',
  'http://localhost:4318/admin#/v1/traces',
  'http://localhost:4318/v1/traces%2f..%2fadmin',
  'http://localhost:4318/%2e%2e/admin/v1/traces',
  'http://localhost:4318/../admin/v1/traces',
  'http://localhost:4318/v1/traces;x',
  'http://localhost:4318/v1/traces/',
  'http://localhost:4318/v1/Traces',
  'http://localhost:4318/v1/traces\u0000',
  'http://localhost:4318//v1/traces',
  'http://localhost:4318/v1/logs/v1/traces',
  'http://localhost:4318/v1/profiles',
  `http://localhost:4318/${'a/'.repeat(50_000)}v1/traces`,
  '${jndi:ldap://127.0.0.1:PORT/v1/traces}',
  '{{127.0.0.1:PORT}}/v1/traces',
  '',
  '/',
  '/v1/traces',
];

/** Header by header, what an honest line makes the forwarder send. */
const honestHeaders = async (): Promise<readonly string[]> => {
  const { invoke, collector } = await forwardingOf();
  await invoke(eventOf([line('traces', 'mine')]));
  return namesOf(collector);
};

const namesOf = (collector: Forwarding['collector']): readonly string[] =>
  collector.requests.flatMap(({ rawHeaders }) => rawHeaders.filter((_, index) => index % 2 === 0));

describe('choosing endpoint, path, headers, method or content type', () => {
  it(`D19: ${HOSTILE.length} hostile endpoints lead nowhere but to the configured collector, or to the quarantine`, async () => {
    expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(60);
    const { port, connections } = await forbidden();
    const { invoke, collector, reports } = await forwardingOf();
    const endpoints = HOSTILE.map((endpoint) => endpoint.replaceAll('PORT', String(port)));
    await invoke(
      eventOf(
        [...endpoints, undefined, null, 7, {}, ['http://x/v1/traces']].map((endpoint, index) =>
          line('traces', `e${index}`, { endpoint }),
        ),
      ),
    );
    for (const { path, method, headers } of collector.requests)
      expect({ path, method, host: headers.host }).toEqual({
        path: '/v1/traces',
        method: 'POST',
        host: collector.url.replace('http://', ''),
      });
    const { decoded, quarantined } = reports[0]?.lines ?? { decoded: 0, quarantined: 0 };
    expect(decoded + quarantined).toBe(HOSTILE.length + 5);
    expect(decoded).toBeGreaterThan(10);
    expect(quarantined).toBeGreaterThan(30);
    expect(connections()).toBe(0);
  });

  it('D19: endpoint, method, headers and content type of a line do not reach the wire', async () => {
    const { invoke, collector } = await forwardingOf();
    const headers = {
      authorization: 'Bearer evil',
      host: 'evil.example',
      'content-type': 'text/html',
      'content-length': '0',
      'transfer-encoding': 'chunked',
      'x-forwarded-for': '10.0.0.1',
      cookie: 'a=b',
    };
    for (const method of ['DELETE', 'GET', 'CONNECT', 'POST / HTTP/1.1\r\nx: y', 7, null])
      await invoke(eventOf([line('traces', 'mine', { headers, method, headersList: headers })]));
    expect(collector.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(6).fill('POST /v1/traces'));
    expect([...new Set(namesOf(collector))].sort()).toEqual([...new Set(await honestHeaders())].sort());
    expect(JSON.stringify(collector.requests.map(({ rawHeaders }) => rawHeaders))).not.toMatch(/evil|html|10\.0\.0\.1/);
    expect(itemsOf(collector.requests, 'mine')).toBe(6);
  });

  it.each([
    'text/html',
    'application/x-protobuf-evil',
    'application/grpc',
    '',
    'application/x-www-form-urlencoded',
    {},
    7,
  ])('D18, D19: a content type of %j is quarantined, not guessed', async (type) => {
    const { invoke, collector, reports } = await forwardingOf();
    await invoke(eventOf([line('traces', 'mine', { 'content-type': type })]));
    expect(collector.requests).toHaveLength(0);
    expect(reports[0]).toMatchObject({ lines: { quarantined: 1 } });
  });

  it('D19: allow-listed headers replace nothing, smuggle nothing, and are sent only as they may be', async () => {
    const names = [
      ...['tenant', 'authorization', 'x-api-key', 'host', 'content-type', 'content-length', 'content-encoding'],
      ...['transfer-encoding', 'connection', 'expect', 'te', 'upgrade', 'cookie', 'user-agent', 'proxy-authorization'],
      ...['__proto__', 'bad name', 'new\nline', ':path', 'Accept-Encoding'],
    ];
    const { collector } = await forwardingOf();
    const { invoke } = await forwardingOf({
      exporters: {
        otlp_http: { endpoint: collector.url, headers: { 'x-api-key': 'ours', authorization: 'Bearer ours' } },
      },
      encodings: { otlp_stdout: { headers: names } },
    });
    const values = ['evil', 'chunked', '0', 'a\r\nx-evil: 1', 'a\nx-evil: 1', 'ü', '\u0000', 'x'.repeat(5_000)];
    for (const value of values)
      await invoke(
        eventOf([line('traces', 'mine', { headers: Object.fromEntries(names.map((name) => [name, value])) })]),
      );
    expect(itemsOf(collector.requests, 'mine')).toBe(values.length);
    for (const { headers, rawHeaders } of collector.requests) {
      expect(headers).toMatchObject({ 'x-api-key': 'ours', authorization: 'Bearer ours', 'content-encoding': 'gzip' });
      expect(headers['content-type']).toBe('application/x-protobuf');
      const evil = rawHeaders.filter(
        (_, index) => /evil|chunked|^0$|x{9}|ü/.test(rawHeaders[index + 1] ?? '') && index % 2 === 0,
      );
      expect(evil.filter((name) => name !== 'tenant')).toEqual([]);
      expect(headers).not.toHaveProperty('x-evil');
    }
    // One that may be sent is.
    expect(collector.requests.flatMap(({ headers }) => headers['tenant'] ?? [])).toEqual(['evil', 'chunked', '0']);
  });

  it('D15: a redirect leads nowhere, whatever its status', async () => {
    const { port, connections } = await forbidden();
    for (const status of [301, 302, 303, 307, 308, 300, 305]) {
      const { invoke, collector } = await forwardingOf(
        {},
        { script: () => ({ status, headers: { location: `http://127.0.0.1:${port}/v1/traces` } }) },
      );
      await invoke(eventOf([line('traces', 'mine')]));
      expect(collector.requests).toHaveLength(1);
    }
    expect(connections()).toBe(0);
  });
});
