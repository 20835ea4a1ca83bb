import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type FakeAnswer, testTls } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it } from 'vitest';
import { collectorOf, forwardingOf } from './forwarding.ts';
import { opened } from './stored-files.ts';
import { eventOf, itemsOf, line } from './telemetry.ts';

const bytewise = fileURLToPath(new URL('collectors/bytewise.ts', import.meta.url));
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const BOMB = gzipSync(Buffer.alloc(64 << 20), { level: 9 });
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n';

/** A destination that behaves like this, and a healthy one beside it. */
const twoWith = async (answer: FakeAnswer | ((index: number) => FakeAnswer), over: object = {}) => {
  const hostile = await collectorOf({
    script: (_request, index) => (typeof answer === 'function' ? answer(index) : answer),
  });
  const healthy = await collectorOf();
  const forwarding = await forwardingOf({
    exporters: {
      'otlp_http/hostile': { endpoint: hostile.url, retry: { enabled: false }, timeout_ms: 300, ...over },
      'otlp_http/healthy': { endpoint: healthy.url },
    },
  });
  return { ...forwarding, hostile, healthy };
};

const ANSWERS: Readonly<Record<string, FakeAnswer>> = {
  'a bomb in a success': { headers: { ...PROTOBUF, 'content-encoding': 'gzip' }, body: BOMB },
  'a bomb in a refusal': { status: 400, headers: { ...PROTOBUF, 'content-encoding': 'gzip' }, body: BOMB },
  'gzip that is none': { headers: { ...PROTOBUF, 'content-encoding': 'gzip' }, body: 'x'.repeat(100_000) },
  'more than 4 MiB': { status: 500, body: Buffer.alloc(5 << 20) },
  'headers without end': { raw: `${OK}${'x-header: aaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(20_000)}\r\n` },
  'a header of a megabyte': { raw: `${OK}x: ${'a'.repeat(1 << 20)}\r\n\r\n` },
  'ten thousand answers that are none yet': {
    raw: `${'HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n'.repeat(10_000)}${OK}\r\n`,
  },
  'another protocol': { raw: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n' },
  'two lengths': { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-length: 5\r\n\r\nhello' },
  'a length and chunks': { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n' },
  'a chunk without end': { raw: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffff\r\n', then: 'hang' },
  'a length it never sends': { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\nx', then: 'hang' },
  'a byte now and then': { headers: PROTOBUF, body: 'x'.repeat(200), dripMs: 20 },
  'status 0': { raw: 'HTTP/1.1 000 X\r\n\r\n' },
  'status 999': { raw: 'HTTP/1.1 999 X\r\ncontent-length: 0\r\n\r\n' },
  'no HTTP at all': { raw: '\u0000\u0001\u0002SSH-2.0-OpenSSH\r\n' },
  'a cookie to remember': {
    headers: { 'set-cookie': 'id=1; Domain=127.0.0.1', 'www-authenticate': 'Basic realm="x"' },
  },
};

describe('what a collector can do that somebody else has taken over', () => {
  it.each(Object.keys(ANSWERS))(
    'D1, C11: %s hurts nobody: its telemetry is accounted for, the other destination has its own',
    async (what) => {
      const { invoke, healthy, hostile, reports, stored } = await twoWith(ANSWERS[what] ?? {});
      const start = performance.now();
      await invoke(eventOf([line('traces', 'one'), line('traces', 'two')]));
      await invoke(eventOf([line('logs', 'three')]));
      expect(performance.now() - start).toBeLessThan(5_000);
      for (const prefix of ['one', 'two', 'three']) expect(itemsOf(healthy.requests, prefix)).toBe(1);
      for (const { balanced, destinations } of reports) {
        expect(balanced).toBe(true);
        const [counts = { decoded: 0 }] = Object.values(destinations['otlp_http/hostile'] ?? {});
        const { decoded, delivered = 0, pending = 0, quarantined = 0, rejected = 0 } = counts;
        expect(delivered + pending + quarantined + rejected).toBe(decoded);
      }
      for (const { key } of stored()) expect(key).toContain('otlp_http%2Fhostile');
      for (const { headers } of hostile.requests) expect(headers.cookie ?? headers.authorization).toBeUndefined();
    },
  );

  it('C11, D17: an answer byte by byte takes the memory of its bytes', async () => {
    const small = ['--max-old-space-size=64', '--conditions=@serverless-otlp/source'];
    const said = await new Promise<string>((resolve, reject) => {
      const child = spawn(process.execPath, [...small, bytewise], {
        timeout: 30_000,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.on('error', reject).on('close', (code, signal) => resolve(`${output} ${String(signal ?? code)}`));
    });
    expect(said).toBe('delivered 0');
  });

  it('an answer to a question nobody has asked yet is not taken for the answer to the next', async () => {
    const { invoke, reports } = await twoWith((index) =>
      index === 0 ? { raw: `${OK}\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n`, then: 'hang' } : { status: 503 },
    );
    await invoke(eventOf([line('traces', 'a')]));
    await invoke(eventOf([line('traces', 'b')]));
    expect(reports[0]?.destinations['otlp_http/hostile']).toMatchObject({ traces: { delivered: 1 } });
    expect(reports[1]?.destinations['otlp_http/hostile']).toMatchObject({ traces: { pending: 1 } });
  });

  it.each(['0', '-1', '1e9', '99999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', 'soon', '9'.repeat(5_000)])(
    'D6: Retry-After %s silences it for an hour at most, and nobody else',
    async (after) => {
      const { invoke, healthy, stored } = await twoWith({ status: 429, headers: { 'retry-after': after } });
      await invoke(eventOf([line('traces', 'a')]));
      await invoke(eventOf([line('traces', 'b')]));
      expect(healthy.requests).toHaveLength(2);
      const limit = Date.now() + 3_600_000;
      for (const file of stored()) {
        const { notBefore = 0 } = opened(file).header;
        expect(new Date(notBefore as string).getTime()).toBeLessThanOrEqual(limit);
      }
    },
  );

  it.each([-5, 0, 2, 1e15, '9223372036854775807', '-1', 'NaN'])(
    'D14: a partial success that rejects %j of one adds up',
    async (rejected) => {
      const body = JSON.stringify({ partialSuccess: { rejectedSpans: rejected, errorMessage: 'x'.repeat(100_000) } });
      const { invoke, reports } = await twoWith({ headers: { 'content-type': 'application/json' }, body });
      await invoke(eventOf([line('traces', 'a')]));
      expect(reports[0]?.balanced).toBe(true);
      expect(JSON.stringify(reports[0]).length).toBeLessThan(2_000);
    },
  );
});

describe('what the surroundings can do', () => {
  it('TLS is verified whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const stranger = await collectorOf({ tls: testTls().server });
      const { invoke, reports } = await forwardingOf({ exporters: { otlp_http: { endpoint: stranger.url } } });
      await invoke(eventOf([line('traces', 'a')]));
      expect(stranger.requests).toHaveLength(0);
      expect(reports[0]?.destinations).toMatchObject({ otlp_http: { traces: { pending: 1 } } });
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('a proxy in the variables gets nothing', async () => {
    const proxy = await collectorOf();
    const target = await collectorOf();
    const variables = {
      HTTP_PROXY: proxy.url,
      http_proxy: proxy.url,
      ALL_PROXY: proxy.url,
      NODE_USE_ENV_PROXY: '1',
      NO_PROXY: '',
    };
    const code = `
      const { otlpHttp } = await import('@serverless-otlp/forwarder');
      const { requestFromJson } = await import('@serverless-otlp/otlp');
      const request = requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] });
      const exporter = otlpHttp({ endpoints: { logs: ${JSON.stringify(`${target.url}/v1/logs`)} } });
      await exporter.export({ request, records: new Set(), metadata: {} }, Date.now() + 5000);
      process.exit();
    `;
    await new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        ['--conditions=@serverless-otlp/source', '--input-type=module', '-e', code],
        {
          env: { PATH: process.env['PATH'], ...variables },
          cwd: fileURLToPath(new URL('.', import.meta.url)),
          timeout: 20_000,
          stdio: 'ignore',
        },
      );
      child.on('error', reject).on('close', resolve);
    });
    expect(target.requests).toHaveLength(1);
    expect(proxy.connections).toBe(0);
  });
});
