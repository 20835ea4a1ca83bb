import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type OtlpRequest, parseRequest, type Signal, SIGNAL_PATHS, SIGNALS } from '@serverless-otlp/otlp';
import { itemIds, sampleBytes } from '@serverless-otlp/testing';
import { deliveryContract, exporterContract, type Judge, sendBy } from '@serverless-otlp/testing/contracts';
import {
  type FakeAnswer,
  type FakeCollector,
  type FakeCollectorOptions,
  startFakeCollector,
  testTls,
} from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Delivery, Exporter, Outcome, Telemetry } from '../types.ts';
import { otlpHttp, type OtlpHttpOptions } from './otlp-http.ts';
import { withBreaker } from './with-breaker.ts';
import { withRetry } from './with-retry.ts';
import { withSplit } from './with-split.ts';

const start = async (options?: FakeCollectorOptions): Promise<FakeCollector> => {
  const collector = await startFakeCollector(options);
  onTestFinished(() => collector.close());
  return collector;
};

const endpointsOf = (url: string): Readonly<Record<Signal, string>> => ({
  traces: `${url}/v1/traces`,
  metrics: `${url}/v1/metrics`,
  logs: `${url}/v1/logs`,
});

const telemetryOf = (signal: Signal = 'traces', items = 3, metadata: Telemetry['metadata'] = {}): Telemetry => ({
  request: parseRequest(signal, sampleBytes(signal, { items })),
  records: new Set(['record-1']),
  metadata,
});

const soon = (): number => Date.now() + 5000;
const outcomeOf = ([delivery]: readonly Delivery[]): Outcome => {
  if (delivery === undefined) throw new Error('no delivery');
  return delivery.outcome;
};

const exportTo = async (
  url: string,
  options: Partial<OtlpHttpOptions> = {},
  telemetry: Telemetry = telemetryOf(),
  deadline: number = soon(),
): Promise<Outcome> =>
  outcomeOf(await otlpHttp({ endpoints: endpointsOf(url), ...options }).export(telemetry, deadline));

/** What an exporter makes of this answer. */
const answerTo = async (
  answer: FakeAnswer,
  options?: Partial<OtlpHttpOptions>,
  telemetry?: Telemetry,
): Promise<Outcome> => exportTo((await start({ script: [answer] })).url, options, telemetry);

const errorOf = (outcome: Outcome): string => ('error' in outcome ? outcome.error.message : '');
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** A length-delimited protobuf field shorter than 128 bytes, by hand. */
const field = (number: number, content: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, Buffer.byteLength(content)]), Buffer.from(content)]);

/** Export…ServiceResponse with a partial success, by hand. */
const partialSuccess = (rejected: number, message: string): Buffer =>
  field(1, Buffer.concat([Buffer.from([0x08, rejected]), field(2, message)]));

describe('the contract', () => {
  const served =
    (script: FakeAnswer, options: Partial<OtlpHttpOptions> = {}) =>
    async () => {
      const collector = await startFakeCollector({ script: () => script });
      return {
        exporter: otlpHttp({ endpoints: endpointsOf(collector.url), ...options }),
        close: () => collector.close(),
      };
    };
  exporterContract('otlp_http, healthy', served({}), { expects: 'delivered' });
  exporterContract('otlp_http, JSON, uncompressed', served({}, { encoding: 'json', compression: 'none' }), {
    expects: 'delivered',
  });
  exporterContract('otlp_http, refusing', served({ status: 400 }), { expects: 'rejected' });
  exporterContract('otlp_http, busy', served({ status: 503 }), { expects: 'retryable' });
  exporterContract('otlp_http, hanging', served({ fault: 'hang' }), { expects: 'retryable', timeoutMs: 200 });
  exporterContract('otlp_http, resetting', served({ fault: 'reset' }), { expects: 'retryable' });
  exporterContract('otlp_http split and retried, moody', async () => {
    const moods: readonly FakeAnswer[] = [{ status: 503 }, {}, { status: 413 }, { fault: 'close' }, { status: 401 }];
    const collector = await startFakeCollector({ script: (_, index) => moods[index % moods.length] ?? {} });
    const exporter = otlpHttp({ endpoints: endpointsOf(collector.url) });
    const retried = withRetry(exporter, { initialIntervalMs: 5, maxElapsedMs: 500 });
    return { exporter: withSplit(retried, { maxItems: 3 }), close: () => collector.close() };
  });
});

describe('each item once', () => {
  const STATUS = { accepted: 200, retryable: 503, permanent: 400 } as const;
  const judgedBy = (judge: Judge) => async (wrap: (url: string) => Exporter) => {
    const collector = await startFakeCollector({
      script: ({ path, body }) => {
        const signal = SIGNALS.find((one) => path === SIGNAL_PATHS[one]);
        return { status: signal === undefined ? 404 : STATUS[judge(signal, body)] };
      },
    });
    return { send: sendBy(wrap(collector.url)), close: () => collector.close() };
  };
  deliveryContract('otlp_http', (judge) => judgedBy(judge)((url) => otlpHttp({ endpoints: endpointsOf(url) })));
  deliveryContract(
    'the whole composition, over HTTP',
    (judge) =>
      judgedBy(judge)((url) => {
        const exporter = otlpHttp({ endpoints: endpointsOf(url), concurrency: 3 });
        const breaker = withBreaker(exporter, { failures: 2, intervalMs: 1 });
        return withSplit(withRetry(breaker, { initialIntervalMs: 1, maxElapsedMs: 3_000 }), { maxItems: 7 });
      }),
    { items: 30 },
  );
});

describe('where it sends', () => {
  it('U4: to the URL as it is, path, slash and query', async () => {
    for (const path of ['/v1/traces', '/', '/base/v1/traces/', '/in?a=b&c=%2F', '/v1/metrics/']) {
      const collector = await start();
      await exportTo(collector.url, { endpoints: { traces: `${collector.url}${path}` } });
      expect(collector.requests[0]?.path).toBe(path);
    }
  });

  it('U4: to / without a path', async () => {
    const collector = await start();
    await exportTo(collector.url, { endpoints: { traces: collector.url } });
    expect(collector.requests[0]?.path).toBe('/');
  });

  it.each([
    ['http:', 80],
    ['https:', 443],
  ])('U4, U7: %s without a port is port %i', async (scheme, port) => {
    const ports: number[] = [];
    const watch = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket };
      // Before anything is sent: whoever listens there is not disturbed.
      socket.on('connectionAttempt', (_ip: string, attempted: number) => {
        ports.push(attempted);
        process.nextTick(() => socket.destroy());
      });
    };
    subscribe('net.client.socket', watch);
    onTestFinished(() => void unsubscribe('net.client.socket', watch));
    await exportTo(`${scheme}//127.0.0.1`);
    expect(ports).toEqual([port]);
  });

  it('U4: with user and password of the URL as Basic authentication, and not in the path', async () => {
    const collector = await start();
    await exportTo(collector.url.replace('http://', 'http://user:p%40ss@'));
    const [request] = collector.requests;
    expect(request?.path).toBe('/v1/traces');
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  it('U7: over TLS where the URL says https, with the configured authority', async () => {
    const { ca, server } = testTls();
    const collector = await start({ tls: server });
    expect(await exportTo(collector.url, { tls: { ca } })).toEqual({ status: 'delivered' });
    expect(await exportTo(collector.url)).toMatchObject({ status: 'rejected', fault: 'destination' });
    expect(collector.requests).toHaveLength(1);
  });

  it('each signal to its own endpoint', async () => {
    const collector = await start();
    for (const signal of SIGNALS) await exportTo(collector.url, {}, telemetryOf(signal));
    expect(collector.requests.map(({ path }) => path)).toEqual(SIGNALS.map((signal) => SIGNAL_PATHS[signal]));
  });

  it('D5a: a signal without an endpoint is a fault of the destination, and is not sent', async () => {
    const collector = await start();
    const outcome = await exportTo(collector.url, { endpoints: { logs: `${collector.url}/v1/logs` } });
    expect(outcome).toMatchObject({ status: 'rejected', fault: 'destination' });
    expect(errorOf(outcome)).toContain('traces');
    expect(collector.requests).toHaveLength(0);
  });

  it.each(['gopher://user:canary@example.com', 'localhost', '😺://localhost', 'file:///canary', '', 'http://'])(
    'D27: %s is refused at creation, and not repeated',
    (url) => {
      let thrown: unknown;
      try {
        otlpHttp({ endpoints: { traces: url } });
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(TypeError);
      expect(inspect(thrown)).toContain('endpoint for traces');
      expect(inspect(thrown, { showHidden: true })).not.toContain('canary');
    },
  );
});

describe('what it sends', () => {
  it.each(SIGNALS)('R1, R2: a POST of protobuf (%s), item by item what was given', async (signal) => {
    const collector = await start();
    const telemetry = telemetryOf(signal, 50);
    await exportTo(collector.url, {}, telemetry);
    const [request] = collector.requests;
    expect(request).toMatchObject({ method: 'POST', headers: PROTOBUF });
    expect(itemIds(signal, request?.body ?? Buffer.alloc(0))).toEqual(itemIds(signal, telemetry.request.bytes));
  });

  it.each(SIGNALS)('R3: or of JSON (%s), compressed or not', async (signal) => {
    const collector = await start();
    const telemetry = telemetryOf(signal, 5);
    await exportTo(collector.url, { encoding: 'json' }, telemetry);
    await exportTo(collector.url, { encoding: 'json', compression: 'none' }, telemetry);
    for (const { headers, body } of collector.requests) {
      expect(headers).toMatchObject(JSON_TYPE);
      expect(JSON.parse(body.toString())).toEqual(telemetry.request.message);
    }
    expect(collector.requests.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined]);
  });

  it('R4: gzip, and says so: one member, at the fastest level', async () => {
    const collector = await start();
    const telemetry = telemetryOf('traces', 200);
    await exportTo(collector.url, {}, telemetry);
    const [request] = collector.requests;
    expect(request?.headers['content-encoding']).toBe('gzip');
    const raw = request?.rawBody ?? Buffer.alloc(4);
    expect(raw.equals(gzipSync(telemetry.request.bytes, { level: 1 }))).toBe(true);
    // The trailer of a member tells its own length only.
    expect(raw.readUInt32LE(raw.length - 4)).toBe(telemetry.request.bytes.length);
    expect(request?.headers['content-length']).toBe(String(raw.length));
  });

  it('R4: at the level that was asked for', async () => {
    const collector = await start();
    const telemetry = telemetryOf('traces', 500);
    for (const gzipLevel of [1, 6, 9]) await exportTo(collector.url, { gzipLevel }, telemetry);
    const [fast = 0, middle = 0, small = 0] = collector.requests.map(({ rawBody }) => rawBody.length);
    expect(fast).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThanOrEqual(small);
    for (const { body } of collector.requests) expect(body.equals(telemetry.request.bytes)).toBe(true);
  });

  it('R4: uncompressed, and then says nothing, even if configured headers do', async () => {
    const collector = await start();
    const telemetry = telemetryOf();
    await exportTo(collector.url, { compression: 'none', headers: { 'Content-Encoding': 'gzip' } }, telemetry);
    expect(collector.requests[0]?.headers).not.toHaveProperty('content-encoding');
    expect(collector.requests[0]?.rawBody.equals(telemetry.request.bytes)).toBe(true);
  });

  it('R5: asks for no compressed answer', async () => {
    const collector = await start();
    await exportTo(collector.url);
    expect(collector.requests[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  it('R10: says who it is', async () => {
    const collector = await start();
    await exportTo(collector.url);
    await exportTo(collector.url, { headers: { 'User-Agent': 'shop/2.1' } });
    const [own, custom] = collector.requests.map(({ headers }) => headers['user-agent']);
    expect(own).toMatch(/OTel-OTLP-Exporter-JavaScript\/\d+\.\d+\.\d+/);
    expect(custom).toBe(`shop/2.1 ${own ?? ''}`);
  });

  it('configured headers go with every request, each name once', async () => {
    const collector = await start();
    const headers = { 'X-Api-Key': 'key', Host: 'tenant.example', 'content-type': 'text/plain' };
    await exportTo(collector.url, { headers });
    expect(collector.requests[0]?.headers).toMatchObject({ 'x-api-key': 'key', host: 'tenant.example', ...PROTOBUF });
    const names = collector.requests[0]?.rawHeaders.filter((_, index) => index % 2 === 0) ?? [];
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it('a header that cannot be sent is refused at creation', () => {
    expect(() => otlpHttp({ endpoints: {}, headers: { 'x-a': 'b\nc' } })).toThrow(TypeError);
  });
});

describe('headers from envelopes', () => {
  const send = async (metadata: Telemetry['metadata'], headers = {}): Promise<FakeCollector['requests'][number]> => {
    const collector = await start();
    expect(await exportTo(collector.url, { headers }, telemetryOf('traces', 1, metadata))).toEqual({
      status: 'delivered',
    });
    const [request] = collector.requests;
    if (request === undefined) throw new Error('nothing arrived');
    return request;
  };

  it('travel as metadata; other metadata does not', async () => {
    const { headers } = await send({ 'header.x-tenant': 'blue', owner: '123', log_group: '/aws/lambda/f' });
    expect(headers).toMatchObject({ 'x-tenant': 'blue' });
    expect(JSON.stringify(headers)).not.toMatch(/123|lambda\/f/);
  });

  it('never replace a configured header', async () => {
    const { rawHeaders } = await send(
      { 'header.x-tenant': 'mine', 'header.X-Tenant': 'mine' },
      { 'x-tenant': 'theirs' },
    );
    expect(rawHeaders.filter((text) => text.toLowerCase() === 'x-tenant')).toHaveLength(1);
    expect(rawHeaders).toContain('theirs');
    expect(rawHeaders).not.toContain('mine');
  });

  it('never set what is ours, the credentials or the connection', async () => {
    const names = ['Authorization', 'content-type', 'Content-Encoding', 'content-length', 'host', 'Transfer-Encoding'];
    const { headers } = await send(Object.fromEntries(names.map((name) => [`header.${name}`, 'smuggled'])));
    expect(JSON.stringify(headers)).not.toContain('smuggled');
  });

  it('never break out of their line: what cannot be sent is left out, and the telemetry delivered', async () => {
    const { headers } = await send({
      'header.x-a': 'b\r\nauthorization: Bearer smuggled',
      'header.x-b\r\nauthorization': 'smuggled',
      'header.x-c': 'smuggled ☃',
      'header.__proto__': 'plain',
      'header.x-d': 'kept',
    });
    expect(headers['x-d']).toBe('kept');
    expect(JSON.stringify(headers)).not.toContain('smuggled');
    expect(headers.authorization).toBeUndefined();
  });
});

describe('limits', () => {
  it('R6: a request over the limit before compression is refused and not sent; at the limit it is sent', async () => {
    const collector = await start();
    const telemetry = telemetryOf('traces', 20);
    const { length } = telemetry.request.bytes;
    expect(await exportTo(collector.url, { maxRequestBytes: length }, telemetry)).toEqual({ status: 'delivered' });
    const outcome = await exportTo(collector.url, { maxRequestBytes: length - 1 }, telemetry);
    expect(outcome).toMatchObject({ status: 'rejected', fault: 'telemetry' });
    expect(outcome).not.toHaveProperty('httpStatus');
    expect(errorOf(outcome)).toContain(`${length} bytes is over the limit of ${length - 1}`);
    expect(collector.requests).toHaveLength(1);
  });

  it('R6: in JSON it is the JSON that counts', async () => {
    const collector = await start();
    const telemetry = telemetryOf('traces', 20);
    const maxRequestBytes = telemetry.request.bytes.length + 1;
    expect(await exportTo(collector.url, { encoding: 'json', maxRequestBytes }, telemetry)).toMatchObject({
      status: 'rejected',
      fault: 'telemetry',
    });
    expect(collector.requests).toHaveLength(0);
  });

  it('R6, D13: JSON that is larger than its protobuf is split until it fits', async () => {
    const collector = await start();
    const telemetry = telemetryOf('traces', 20);
    const maxBytes = telemetry.request.bytes.length + 1;
    const exporter = otlpHttp({ endpoints: endpointsOf(collector.url), encoding: 'json', maxRequestBytes: maxBytes });
    const deliveries = await withSplit(exporter, { maxBytes }).export(telemetry, soon());
    expect(deliveries.every(({ outcome }) => outcome.status === 'delivered')).toBe(true);
    expect(collector.requests.length).toBeGreaterThan(1);
    for (const { body } of collector.requests) expect(body.length).toBeLessThanOrEqual(maxBytes);
  });

  it('R6: the limit is 64 MiB by default', async () => {
    const collector = await start();
    const request: OtlpRequest = {
      ...telemetryOf().request,
      signal: 'traces',
      bytes: new Uint8Array(64 * 1024 * 1024 + 1),
    };
    const outcome = await exportTo(collector.url, { compression: 'none' }, { ...telemetryOf(), request });
    expect(errorOf(outcome)).toContain('over the limit of 67108864');
    expect(collector.requests).toHaveLength(0);
  });

  it('R7: one exporter, one connection after the other request', async () => {
    const collector = await start();
    const exporter = otlpHttp({ endpoints: endpointsOf(collector.url) });
    for (const signal of SIGNALS) await exporter.export(telemetryOf(signal), soon());
    expect(collector.connections).toBe(1);
  });

  it('R8: as many connections as configured', async () => {
    const collector = await start({ script: () => ({ delayMs: 20 }) });
    const exporter = otlpHttp({ endpoints: endpointsOf(collector.url), concurrency: 2 });
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => exporter.export(telemetryOf(), soon())));
    expect(outcomes.flat().every(({ outcome }) => outcome.status === 'delivered')).toBe(true);
    expect(collector.peakConcurrency).toBe(2);
  });

  it('R11: a try takes as long as configured', async () => {
    const began = performance.now();
    const outcome = await answerTo({ fault: 'hang' }, { timeoutMs: 100 });
    expect(outcome).toMatchObject({ status: 'retryable' });
    expect(errorOf(outcome)).toMatch(/^127\.0\.0\.1:\d+: timed out$/);
    expect(performance.now() - began).toBeLessThan(600);
  });

  it('R11: 10 s by default', async () => {
    const collector = await start({ script: [{ fault: 'hang' }] });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let outcome: Outcome | undefined;
    const exported = exportTo(collector.url, {}, telemetryOf(), Date.now() + 60_000).then((it) => (outcome = it));
    while (collector.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(9_900);
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcome).toBeUndefined();
    vi.advanceTimersByTime(200);
    expect(await exported).toMatchObject({ status: 'retryable' });
  });

  it('R11: no limit is the deadline alone', async () => {
    expect(await answerTo({ delayMs: 30 }, { timeoutMs: Infinity })).toEqual({ status: 'delivered' });
    expect(await exportTo((await start()).url, { timeoutMs: Infinity }, telemetryOf(), Infinity)).toEqual({
      status: 'delivered',
    });
  });

  it('D8: no try outlives the deadline', async () => {
    const collector = await start({ script: [{ fault: 'hang' }] });
    const began = performance.now();
    const outcome = await exportTo(collector.url, {}, telemetryOf(), Date.now() + 100);
    expect(outcome).toMatchObject({ status: 'retryable' });
    expect(performance.now() - began).toBeLessThan(600);
  });

  it('D8: after the deadline nothing is sent, on whatever clock', async () => {
    const collector = await start();
    const now = (): number => 1000;
    for (const deadline of [1000, 999]) {
      const outcome = await exportTo(collector.url, { now }, telemetryOf(), deadline);
      expect(outcome).toMatchObject({ status: 'retryable', error: { message: 'no time left in this invocation' } });
    }
    expect(await exportTo(collector.url, { now }, telemetryOf(), 3000)).toEqual({ status: 'delivered' });
    expect(collector.requests).toHaveLength(1);
  });

  it.each([
    [9_499, 2],
    [9_500, 1],
  ])(
    'D7: who waits for a connection until %i of 10000 ms are over makes %i requests in all',
    async (passed, requests) => {
      let ms = 0;
      const collector = await start({
        script: () => {
          ms = passed;
          return {};
        },
      });
      const exporter = otlpHttp({ endpoints: endpointsOf(collector.url), concurrency: 1, now: () => ms });
      const both = [exporter.export(telemetryOf(), 10_000), exporter.export(telemetryOf(), 10_000)];
      const outcomes = (await Promise.all(both)).map(outcomeOf);
      expect(outcomes.filter(({ status }) => status === 'delivered')).toHaveLength(requests);
      expect(outcomes.filter(({ status }) => status === 'retryable')).toHaveLength(2 - requests);
      expect(collector.requests).toHaveLength(requests);
    },
  );
});

describe('when it is given up', () => {
  const reason = new Error('given up 900 ms after all other destinations had settled');

  it('D7a: what hangs and what waits for a connection is back at once, and what waited is never sent', async () => {
    const collector = await start({ script: () => ({ fault: 'hang' }) });
    const exporter = otlpHttp({ endpoints: endpointsOf(collector.url), concurrency: 2 });
    const controller = new AbortController();
    const began = performance.now();
    const exports = Array.from({ length: 8 }, () => exporter.export(telemetryOf(), soon(), controller.signal));
    while (collector.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(reason);
    const outcomes = (await Promise.all(exports)).map(outcomeOf);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(8).fill('retryable'));
    expect(outcomes.slice(0, 2).map(errorOf)).toEqual(
      Array(2).fill(`${new URL(collector.url).host}: ${reason.message}`),
    );
    expect(outcomes.slice(2).map(errorOf)).toEqual(Array(6).fill('no time left in this invocation'));
    expect(collector.requests).toHaveLength(2);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('D7a: nothing is sent when it has been given up before', async () => {
    const collector = await start();
    const exporter = otlpHttp({ endpoints: endpointsOf(collector.url) });
    const outcome = outcomeOf(await exporter.export(telemetryOf(), soon(), AbortSignal.abort(reason)));
    expect(outcome.status).toBe('retryable');
    expect(collector.requests).toEqual([]);
  });

  it('D7a: the next invocation is not given up: the exporter has no memory of it', async () => {
    const collector = await start({ script: [{ fault: 'hang' }] });
    const exporter = otlpHttp({ endpoints: endpointsOf(collector.url), concurrency: 1 });
    const controller = new AbortController();
    const first = exporter.export(telemetryOf(), soon(), controller.signal);
    setTimeout(() => controller.abort(reason), 20);
    await first;
    expect(outcomeOf(await exporter.export(telemetryOf(), soon()))).toEqual({ status: 'delivered' });
  });

  it('D7a: through all wrappers, while it waits for the next try', async () => {
    const collector = await start({ script: () => ({ status: 503, headers: { 'retry-after': '4' } }) });
    const exporter = withBreaker(otlpHttp({ endpoints: endpointsOf(collector.url) }));
    const whole = withSplit(withRetry(exporter, { maxElapsedMs: 60_000 }), { maxItems: 1 });
    const controller = new AbortController();
    const began = performance.now();
    const exporting = whole.export(telemetryOf('traces', 2), Date.now() + 60_000, controller.signal);
    while (collector.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => controller.abort(reason), 20);
    const outcomes = (await exporting).map(({ outcome }) => outcome);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(outcomes).toMatchObject(Array(2).fill({ status: 'retryable', retryAfterMs: 4_000 }));
    expect(collector.requests).toHaveLength(2);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});

describe('accepted', () => {
  it.each([200, 201, 202, 204, 299])('C1: %i is success', async (status) => {
    expect(await answerTo({ status })).toEqual({ status: 'delivered' });
  });

  it.each([
    ['traces', 'rejectedSpans'],
    ['metrics', 'rejectedDataPoints'],
    ['logs', 'rejectedLogRecords'],
  ] as const)('C2, D14: a partial success (%s) is delivered, with what was rejected', async (signal, name) => {
    const body = partialSuccess(2, 'two were too old');
    const expected: Outcome = { status: 'delivered', rejectedItems: 2, message: 'two were too old' };
    expect(await answerTo({ headers: PROTOBUF, body }, {}, telemetryOf(signal))).toEqual(expected);
    const json = JSON.stringify({ partialSuccess: { [name]: '2', errorMessage: 'two were too old' }, other: 1 });
    expect(await answerTo({ headers: JSON_TYPE, body: json }, {}, telemetryOf(signal))).toEqual(expected);
  });

  it('C2, D14: and is not sent again', async () => {
    const collector = await start({ script: [{ headers: PROTOBUF, body: partialSuccess(3, 'all of them') }] });
    const exporter = withSplit(withRetry(otlpHttp({ endpoints: endpointsOf(collector.url) })));
    expect(outcomeOf(await exporter.export(telemetryOf(), soon()))).toMatchObject({ rejectedItems: 3 });
    expect(collector.requests).toHaveLength(1);
  });

  it('C3: nothing rejected but something said is a warning about a success', async () => {
    const outcome = await answerTo({ headers: PROTOBUF, body: partialSuccess(0, 'use the new host') });
    expect(outcome).toEqual({ status: 'delivered', rejectedItems: 0, message: 'use the new host' });
  });

  it.each([
    ['protobuf', PROTOBUF, field(1, '')],
    ['protobuf', PROTOBUF, partialSuccess(0, '')],
    ['JSON', JSON_TYPE, '{"partialSuccess":{}}'],
    ['JSON', JSON_TYPE, '{"partialSuccess":{"rejectedSpans":"0","errorMessage":""}}'],
    ['JSON', JSON_TYPE, '{}'],
    ['nothing', PROTOBUF, ''],
  ])('C4: an empty partial success (%s) is none', async (_, headers, body) => {
    expect(await answerTo({ headers, body })).toEqual({ status: 'delivered' });
  });

  it.each([
    ['without a content type', {}],
    ['of an unknown content type', { 'content-type': 'text/html' }],
  ])('C13: a body %s is success', async (_, headers) => {
    expect(await answerTo({ headers, body: partialSuccess(2, 'unseen') })).toEqual({ status: 'delivered' });
  });

  it('C13: the type of the answer counts, not of the request; parameters do not', async () => {
    const json = '{"partialSuccess":{"rejectedSpans":1}}';
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect(await answerTo({ headers, body: json })).toMatchObject({ rejectedItems: 1 });
    const body = partialSuccess(1, '');
    expect(await answerTo({ headers: PROTOBUF, body }, { encoding: 'json' })).toMatchObject({ rejectedItems: 1 });
  });

  it('C13: a compressed answer is read', async () => {
    const headers = { ...PROTOBUF, 'content-encoding': 'gzip' };
    const body = gzipSync(partialSuccess(1, 'one'));
    expect(await answerTo({ headers, body })).toMatchObject({ rejectedItems: 1, message: 'one' });
  });

  it.each<readonly [string, FakeAnswer]>([
    ['garbage instead of protobuf', { headers: PROTOBUF, body: '\u00ff\u0007garbage' }],
    ['garbage instead of JSON', { headers: JSON_TYPE, body: '<html>' }],
    ['JSON of another shape', { headers: JSON_TYPE, body: '{"partialSuccess":7}' }],
    ['JSON nested without end', { headers: JSON_TYPE, body: '['.repeat(200_000) }],
    ['garbage instead of gzip', { headers: { 'content-encoding': 'gzip' }, body: 'x'.repeat(50) }],
    ['a body cut by the end', { headers: PROTOBUF, body: partialSuccess(2, 'cut'), cut: 'close' }],
    ['a body cut by a reset', { headers: PROTOBUF, body: partialSuccess(2, 'cut'), cut: 'reset' }],
    ['a body over the limit', { headers: PROTOBUF, body: 'x'.repeat(2000) }],
    [
      'a body over the limit after decompression',
      { headers: { ...PROTOBUF, 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(2000)) },
    ],
  ])('C11, C13, C14, D15: %s is accepted all the same, unconfirmed, and not sent again', async (_, answer) => {
    const collector = await start({ script: [answer] });
    const exporter = withRetry(otlpHttp({ endpoints: endpointsOf(collector.url), maxResponseBytes: 1000 }));
    expect(outcomeOf(await exporter.export(telemetryOf(), soon()))).toEqual({
      status: 'delivered',
      unconfirmed: true,
      message: 'accepted with an answer that cannot be read',
    });
    expect(collector.requests).toHaveLength(1);
  });

  it('C14: a body that does not end is accepted at the timeout, unconfirmed', async () => {
    const outcome = await answerTo({ body: 'half of this', cut: 'stall' }, { timeoutMs: 100 });
    expect(outcome).toMatchObject({ status: 'delivered', unconfirmed: true });
  });
});

describe('refused', () => {
  it.each([400, 413, 422])('C6, C16, D5a: %i is a fault of the telemetry', async (status) => {
    const outcome = await answerTo({ status });
    expect(outcome).toMatchObject({ status: 'rejected', fault: 'telemetry', httpStatus: status });
    expect(errorOf(outcome)).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\d+ answered ${status}$`));
  });

  it.each([401, 402, 403, 404, 405, 406, 408, 409, 410, 415, 425, 431, 451, 499, 500, 501, 505, 507, 511, 520, 599])(
    'C5, C16, D5a: %i is a fault of the destination, not tried again now',
    async (status) => {
      const collector = await start({ script: [{ status }] });
      const exporter = withSplit(withRetry(otlpHttp({ endpoints: endpointsOf(collector.url) })));
      const outcome = outcomeOf(await exporter.export(telemetryOf(), soon()));
      expect(outcome).toMatchObject({ status: 'rejected', fault: 'destination', httpStatus: status });
      expect(collector.requests).toHaveLength(1);
    },
  );

  it.each([300, 301, 302, 303, 304, 307, 308])('C15, D15: a redirect (%i) is not followed', async (status) => {
    const elsewhere = await start();
    const collector = await start({ script: [{ status, headers: { location: `${elsewhere.url}/stolen` } }] });
    const outcome = await exportTo(collector.url, {
      headers: { authorization: 'Bearer canary', 'x-api-key': 'canary' },
    });
    expect(outcome).toMatchObject({ status: 'rejected', fault: 'destination', httpStatus: status });
    expect(collector.requests).toHaveLength(1);
    expect(elsewhere.connections).toBe(0);
  });

  it('C12: the message of a Status is told, protobuf and JSON', async () => {
    const status = Buffer.concat([Buffer.from([0x08, 3]), field(2, 'span 7 has no name')]);
    expect(errorOf(await answerTo({ status: 400, headers: PROTOBUF, body: status }))).toMatch(/: span 7 has no name$/);
    const json = '{"code":14,"message":"try elsewhere"}';
    expect(errorOf(await answerTo({ status: 401, headers: JSON_TYPE, body: json }))).toMatch(
      /answered 401: try elsewhere$/,
    );
  });

  it.each<readonly [number, Outcome['status']]>([
    [400, 'rejected'],
    [401, 'rejected'],
    [500, 'rejected'],
    [503, 'retryable'],
  ])('C12: whatever the body of %i says or is, it stays %s', async (status, expected) => {
    const unavailable = Buffer.concat([Buffer.from([0x08, 14]), field(2, 'unavailable')]);
    const answers: readonly FakeAnswer[] = [
      { headers: PROTOBUF, body: unavailable },
      { headers: JSON_TYPE, body: '{"code":3,"message":"invalid argument"}' },
      { headers: JSON_TYPE, body: '{"message":{"no":"text"}}' },
      { headers: PROTOBUF, body: '\u00ffgarbage' },
      { headers: JSON_TYPE, body: '<html>' },
      { headers: { 'content-type': 'text/html' }, body: '<html>busy</html>' },
      { headers: { 'content-encoding': 'gzip' }, body: 'y'.repeat(40) },
      { body: 'half of this', cut: 'close' },
      { body: 'half of this', cut: 'reset' },
    ];
    for (const answer of answers) expect((await answerTo({ ...answer, status })).status).toBe(expected);
  });

  it('C12: what a server says is cut short and kept to one line', async () => {
    const message = `first\r\nsecond\u001b[31m\u2028\u0085third ${'z'.repeat(5000)}`;
    const outcome = await answerTo({ status: 400, headers: JSON_TYPE, body: JSON.stringify({ message }) });
    expect(errorOf(outcome)).toMatch(/answered 400: first second \[31m third z{100}/);
    expect(errorOf(outcome).length).toBeLessThan(250);
    const partial = JSON.stringify({ partialSuccess: { rejectedSpans: 1, errorMessage: message } });
    expect(await answerTo({ headers: JSON_TYPE, body: partial })).toMatchObject({
      message: expect.stringMatching(/^first second \[31m third z{100,180}$/) as string,
    });
  });

  it.each([429, 502, 503, 504])('C11: %i with a body over the limit is not tried again', async (status) => {
    const outcome = await answerTo({ status, body: 'x'.repeat(1001) }, { maxResponseBytes: 1000 });
    expect(outcome).toMatchObject({ status: 'rejected', fault: 'destination', httpStatus: status });
    const atLimit = await answerTo({ status, body: 'x'.repeat(1000) }, { maxResponseBytes: 1000 });
    expect(atLimit).toMatchObject({ status: 'retryable' });
  });

  it('C11: so is one that grows over it after decompression', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const bomb = { status: 503, headers, body: gzipSync(Buffer.alloc(8 * 1024 * 1024)) };
    expect(await answerTo(bomb)).toMatchObject({ status: 'rejected', fault: 'destination' });
  });

  it('C11, D5a: 400 with a body over the limit is still a fault of the telemetry', async () => {
    const outcome = await answerTo({ status: 400, body: 'x'.repeat(1001) }, { maxResponseBytes: 1000 });
    expect(outcome).toMatchObject({ status: 'rejected', fault: 'telemetry', httpStatus: 400 });
  });
});

describe('to be tried again', () => {
  it.each([429, 502, 503, 504])('C5, D5: %i', async (status) => {
    const outcome = await answerTo({ status });
    expect(outcome).toMatchObject({ status: 'retryable' });
    expect(outcome).not.toHaveProperty('retryAfterMs');
    expect(errorOf(outcome)).toContain(`answered ${status}`);
  });

  it.each<readonly [string, FakeAnswer]>([
    ['C9, D5: a connection closed without an answer', { fault: 'close' }],
    ['C9, D5: a connection reset without an answer', { fault: 'reset' }],
    ['D5: a timeout', { fault: 'hang' }],
  ])('%s', async (_, answer) => {
    expect(await answerTo(answer, { timeoutMs: 200 })).toMatchObject({ status: 'retryable' });
  });

  it('C10, D5: nobody there; the message tells where', async () => {
    const collector = await startFakeCollector();
    await collector.close();
    const outcome = await exportTo(collector.url);
    expect(outcome).toMatchObject({ status: 'retryable' });
    expect(errorOf(outcome)).toContain(`127.0.0.1:${collector.port}: ECONNREFUSED`);
  });

  it('C10, D5: a name that does not resolve', async () => {
    expect(await exportTo('http://nonexistent.invalid')).toMatchObject({ status: 'retryable' });
  }, 10_000);

  it('C10, D5a: a certificate that is not trusted is a fault of the destination instead', async () => {
    const { expired, otherHost, server, ca, otherCa } = testTls();
    for (const [tls, trusted] of [
      [server, otherCa],
      [expired, ca],
      [otherHost, ca],
    ] as const) {
      const collector = await start({ tls });
      const outcome = await exportTo(collector.url, { tls: { ca: trusted } });
      expect(outcome).toMatchObject({ status: 'rejected', fault: 'destination' });
      expect(outcome).not.toHaveProperty('httpStatus');
      expect(collector.requests).toHaveLength(0);
    }
  });

  it('D5a: what is not HTTP at all is a fault of the destination', async () => {
    expect(await answerTo({ raw: 'SSH-2.0-OpenSSH_9.6\r\n' })).toMatchObject({
      status: 'rejected',
      fault: 'destination',
    });
  });

  const clock = Date.UTC(2026, 7, 23, 12, 0, 0);
  it.each([
    ['2', 2000],
    ['120', 120_000],
    [' 7 ', 7000],
    ['0', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['soon', undefined],
    ['', undefined],
    ['2026', 2_026_000],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['Sun, 23 Aug 2026 12:00:30 GMT', 30_000],
    ['Sunday, 23-Aug-26 12:00:30 GMT', 30_000],
    ['Sun Aug 23 12:00:30 2026 GMT', 30_000],
    ['Sun, 23 Aug 2026 11:59:59 GMT', undefined],
    ['Fri, 31 Dec 2999 23:59:59 GMT', 3_600_000],
    ['Sun, 99 Aug 2026 12:00:30 GMT', undefined],
  ])('C7, D6: Retry-After "%s" asks for %s ms', async (value, expected) => {
    const outcome = await exportTo(
      (await start({ script: [{ status: 503, headers: { 'retry-after': value } }] })).url,
      { now: () => clock },
      telemetryOf(),
      clock + 5000,
    );
    expect(outcome.status === 'retryable' && outcome.retryAfterMs).toBe(expected);
  });

  it.each([429, 502, 503, 504])('C7: Retry-After counts on %i', async (status) => {
    expect(await answerTo({ status, headers: { 'retry-after': '3' } })).toMatchObject({ retryAfterMs: 3000 });
  });

  it('C7: and on nothing else', async () => {
    expect(await answerTo({ status: 500, headers: { 'retry-after': '3' } })).not.toHaveProperty('retryAfterMs');
  });
});

describe('together with withRetry', () => {
  it('C7, C8, C9: the same request arrives again until it is taken, not sooner than asked for', async () => {
    const script: readonly FakeAnswer[] = [{ status: 429, headers: { 'retry-after': '1' } }, { fault: 'reset' }, {}];
    const collector = await start({ script });
    const exporter = withRetry(otlpHttp({ endpoints: endpointsOf(collector.url) }), { initialIntervalMs: 10 });
    expect(outcomeOf(await exporter.export(telemetryOf(), soon()))).toEqual({ status: 'delivered' });
    const [first, second, third] = collector.requests;
    expect(collector.requests).toHaveLength(3);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(995);
    expect(new Set([first, second, third].map((request) => request?.rawBody.toString('base64'))).size).toBe(1);
  });

  it('C17, D7: Retry-After beyond the deadline ends it at once', async () => {
    const collector = await start({ script: [{ status: 503, headers: { 'retry-after': '60' } }] });
    const exporter = withRetry(otlpHttp({ endpoints: endpointsOf(collector.url) }));
    const began = performance.now();
    expect(outcomeOf(await exporter.export(telemetryOf(), soon()))).toMatchObject({
      status: 'retryable',
      retryAfterMs: 60_000,
    });
    expect(performance.now() - began).toBeLessThan(500);
    expect(collector.requests).toHaveLength(1);
  });

  it('D9: a connection that died in the freeze counts as no try', async () => {
    const collector = await start();
    const waits: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      waits.push(ms);
      return Promise.resolve();
    };
    const exporter = withRetry(otlpHttp({ endpoints: endpointsOf(collector.url) }), { sleep });
    await exporter.export(telemetryOf(), soon());
    expect(collector.closeIdle()).toBe(1);
    expect(outcomeOf(await exporter.export(telemetryOf(), soon()))).toEqual({ status: 'delivered' });
    expect(waits).toEqual([]);
    expect(collector.requests).toHaveLength(2);
  });
});

describe('several destinations', () => {
  it('R12: one that fails and is tried again neither delays another nor sends to it twice; the data is shared', async () => {
    const failing = await start({ script: [{ status: 503 }, { fault: 'reset' }, { status: 429 }] });
    const hanging = await start({ script: () => ({ fault: 'hang' }) });
    const healthy = await start();
    const telemetry = telemetryOf('traces', 100);
    const before = Buffer.from(telemetry.request.bytes);
    const destination = async ({ url }: FakeCollector, name: string) => {
      const exporter = otlpHttp({ name, endpoints: endpointsOf(url) });
      const retried = withRetry(exporter, { initialIntervalMs: 40, maxElapsedMs: 800 });
      const deliveries = await withSplit(retried).export(telemetry, soon());
      return { deliveries, at: performance.now() };
    };
    const began = performance.now();
    const [slow, dead, fast] = await Promise.all([
      destination(failing, 'failing'),
      destination(hanging, 'hanging'),
      destination(healthy, 'healthy'),
    ]);
    expect(outcomeOf(slow.deliveries)).toEqual({ status: 'delivered' });
    expect(outcomeOf(dead.deliveries)).toMatchObject({ status: 'retryable' });
    expect(outcomeOf(fast.deliveries)).toEqual({ status: 'delivered' });
    expect(fast.at).toBeLessThan(slow.at);
    expect(slow.at).toBeLessThan(dead.at);
    expect(dead.at - began).toBeLessThan(1500);
    expect([failing, healthy].map(({ requests }) => requests.length)).toEqual([4, 1]);
    for (const { deliveries } of [slow, dead, fast]) expect(deliveries[0]?.telemetry.request).toBe(telemetry.request);
    expect(before.equals(telemetry.request.bytes)).toBe(true);
  });

  it('R4, R12: share one compressed body, also with the next try', async () => {
    const collectors = [await start({ script: [{ status: 503 }] }), await start()];
    const telemetry = telemetryOf('logs', 40);
    for (const { url } of collectors) {
      const retried = withRetry(otlpHttp({ endpoints: endpointsOf(url) }), { initialIntervalMs: 1 });
      expect(outcomeOf(await retried.export(telemetry, soon()))).toEqual({ status: 'delivered' });
    }
    const bodies = collectors.flatMap(({ requests }) => requests.map(({ rawBody }) => rawBody.toString('hex')));
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
    expect(collectors[1]?.requests[0]?.body.equals(telemetry.request.bytes)).toBe(true);
  });

  it('D12, R12: what one refuses is split for that one alone', async () => {
    const telemetry = telemetryOf('traces', 64);
    const [poison = ''] = itemIds('traces', telemetry.request.bytes).slice(41);
    const picky = await start({
      script: ({ body }) => ({ status: itemIds('traces', body).includes(poison) ? 400 : 200 }),
    });
    const other = await start();
    const [refused, taken] = await Promise.all(
      [picky, other].map(({ url }) =>
        withSplit(withRetry(otlpHttp({ endpoints: endpointsOf(url) }))).export(telemetry, soon()),
      ),
    );
    const quarantined = refused?.filter(({ outcome }) => outcome.status === 'rejected') ?? [];
    expect(quarantined.flatMap((part) => itemIds('traces', part.telemetry.request.bytes))).toEqual([poison]);
    expect(quarantined[0]?.outcome).toMatchObject({ fault: 'telemetry', httpStatus: 400 });
    expect(taken).toMatchObject([{ outcome: { status: 'delivered' } }]);
    expect(other.requests).toHaveLength(1);
  });
});

describe('secrets', () => {
  const KEY = 'canary-key/1+2=';
  const headers = { 'x-api-key': KEY, authorization: 'Bearer canary.token', 'x-two': 'words canarywords' };
  const secretUrl = (url: string): string =>
    `${url.replace('http://', 'http://canaryuser:canary%2Fpass@')}/in?token=canary%2Bquery`;

  const leaks = (outcome: Outcome): string =>
    inspect(outcome, { depth: 9, showHidden: true }) + ('error' in outcome ? (outcome.error.stack ?? '') : '');

  /** Sends back everything it was sent, in every spelling. */
  const echo = (request: FakeCollector['requests'][number]): string => {
    const sent = [request.path, ...Object.values(request.headers).map(String)].filter((text) =>
      text.includes('canary'),
    );
    const basic = Buffer.from('canaryuser:canary/pass').toString('base64');
    return [...sent, ...sent.map(encodeURIComponent), basic, 'canaryuser', 'canary/pass', 'canary+query'].join(' ');
  };

  it.each([400, 401, 403, 404, 429, 500, 503])(
    'D27: never in the error of %i, although the server repeats them',
    async (status) => {
      const collector = await start({
        script: (request) => ({ status, headers: JSON_TYPE, body: JSON.stringify({ message: echo(request) }) }),
      });
      const outcome = await exportTo(collector.url, { headers, endpoints: { traces: secretUrl(collector.url) } });
      expect(errorOf(outcome)).toContain('[redacted]');
      expect(leaks(outcome)).not.toContain('canary');
      expect(leaks(outcome)).not.toContain(Buffer.from('canaryuser:canary/pass').toString('base64'));
    },
  );

  it('D27: nor in the message of a partial success', async () => {
    const collector = await start({
      script: (request) => ({
        headers: JSON_TYPE,
        body: JSON.stringify({ partialSuccess: { rejectedSpans: 1, errorMessage: echo(request) } }),
      }),
    });
    const outcome = await exportTo(collector.url, { headers, endpoints: { traces: secretUrl(collector.url) } });
    expect(outcome).toMatchObject({ rejectedItems: 1, message: expect.stringContaining('[redacted]') as string });
    expect(leaks(outcome)).not.toContain('canary');
  });

  it('D27: nor a piece of one, where a long message is cut', async () => {
    for (let padding = 170; padding <= 200; padding++) {
      const message = `${'p'.repeat(padding)}${KEY}`;
      const outcome = await answerTo(
        { status: 400, headers: JSON_TYPE, body: JSON.stringify({ message }) },
        { headers: { 'x-api-key': KEY } },
      );
      expect(errorOf(outcome)).not.toContain('can');
    }
  });

  it('D27: nor when there is no answer', async () => {
    const answers: readonly FakeAnswer[] = [{ fault: 'reset' }, { fault: 'hang' }, { raw: 'HTTP/9 canary-key/1+2=' }];
    for (const answer of answers) {
      const collector = await start({ script: [answer] });
      const endpoints = { traces: secretUrl(collector.url) };
      expect(leaks(await exportTo(collector.url, { headers, endpoints, timeoutMs: 100 }))).not.toContain('canary');
    }
    const closed = await startFakeCollector();
    await closed.close();
    const endpoints = { traces: secretUrl(closed.url) };
    expect(leaks(await exportTo(closed.url, { headers, endpoints }))).not.toContain('canary');
  });

  it('D27: nor where the error is made of what the other side said of itself', async () => {
    const { ca, otherHost } = testTls();
    const collector = await start({ tls: otherHost });
    const url = collector.url.replace('127.0.0.1', 'localhost');
    const outcome = await exportTo(url, { tls: { ca }, headers: { 'x-host': 'elsewhere.invalid' } });
    expect(errorOf(outcome)).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID .*\[redacted\]/);
    expect(leaks(outcome)).not.toContain('elsewhere');
  });

  it('D27: nor of a private key or certificate', async () => {
    const { ca, server, otherClient } = testTls();
    const collector = await start({ tls: { ...server, ca, requestCert: true, rejectUnauthorized: true } });
    const outcome = await exportTo(collector.url, { tls: { ca, ...otherClient } });
    expect(outcome.status).not.toBe('delivered');
    expect(leaks(outcome)).not.toMatch(/BEGIN|PRIVATE/);
  });
});
