import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { requestFromJson } from '@serverless-otlp/otlp';
import { sampleRequest } from '@serverless-otlp/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, Exporter, Processor, Telemetry } from '../types.ts';
import { maxElapsedMsOf } from './otlp-http.ts';
import { EXPORTERS, PROCESSORS } from './registry.ts';
import type { OtlpHttpSettings } from './settings.ts';

interface Received {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
const received: Received[] = [];
let status = 200;
let answerAfterMs = 0;
let answer = '';
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    received.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
    setTimeout(() => response.writeHead(status).end(answer), answerAfterMs);
  });
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.splice(0);
  status = 200;
  answerAfterMs = 0;
  answer = '';
});

const spans = (items: number, metadata: Telemetry['metadata'] = {}): Telemetry => ({
  request: requestFromJson(sampleRequest('traces', { items })),
  records: new Set(['r']),
  metadata,
});
const exporter = (settings: object): Exporter => {
  const make = EXPORTERS['otlp_http'];
  if (make === undefined) throw new Error('otlp_http is not registered');
  return make('otlp_http/x', { endpoint: base, ...settings } as never, 'forward');
};
const send = (settings: object, items = 4): Promise<readonly Delivery[]> =>
  exporter(settings).export(spans(items), Date.now() + 10_000);
const processor = (type: string, settings: object): Processor => {
  const make = PROCESSORS[type];
  if (make === undefined) throw new Error(`${type} is not registered`);
  return make(type, settings as never, 'forward');
};

describe('otlp_http from settings', () => {
  it('is named after its id, appends the path to a base, and compresses', async () => {
    const [delivery] = await send({});
    expect(delivery).toMatchObject({ destination: 'otlp_http/x', outcome: { status: 'delivered' } });
    expect(received).toMatchObject([
      { url: '/v1/traces', headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' } },
    ]);
    expect(gunzipSync(received[0]?.body ?? '').equals(Buffer.from(spans(4).request.bytes))).toBe(true);
  });

  it('U2, U5: uses the URL of a signal as it is, before the base', async () => {
    await send({ traces_endpoint: `${base}/in` });
    expect(received[0]?.url).toBe('/in');
  });

  it('passes encoding, compression and headers on', async () => {
    await send({ encoding: 'json', compression: 'none', headers: { 'x-key': 'k' } });
    const [one] = received;
    expect(one?.headers).toMatchObject({ 'content-type': 'application/json', 'x-key': 'k' });
    expect(one?.headers).not.toHaveProperty('content-encoding');
    expect(JSON.parse(String(one?.body))).toHaveProperty('resourceSpans');
  });

  it('passes the compression level on', async () => {
    await send({ compression_level: 1 }, 200);
    await send({ compression_level: 9 }, 200);
    expect(received[1]?.body.length).toBeLessThan(received[0]?.body.length ?? 0);
  });

  it('D13: passes the limits of a request on', async () => {
    await send({ max_request_items: 3 }, 8);
    expect(received).toHaveLength(3);
    received.splice(0);
    const deliveries = await send({ max_request_bytes: 1 }, 2);
    expect(received).toHaveLength(0);
    expect(deliveries.map(({ outcome }) => outcome.status)).toEqual(['rejected', 'rejected']);
  });

  it('passes the limit of an answer on', async () => {
    answer = 'x'.repeat(100);
    const [delivery] = await send({ max_response_bytes: 10 });
    expect(delivery?.outcome).toMatchObject({ status: 'delivered', unconfirmed: true });
  });

  it('tries again unless it is told not to', async () => {
    status = 503;
    const sending = send({ retry: { initial_interval_ms: 1, max_interval_ms: 1, max_elapsed_ms: 9_000 } });
    await expect.poll(() => received.length, { timeout: 9_000, interval: 1 }).toBeGreaterThan(2);
    status = 200;
    await sending;
    status = 503;
    received.splice(0);
    const [delivery] = await send({ retry: { enabled: false } });
    expect(received).toHaveLength(1);
    expect(delivery?.outcome.status).toBe('retryable');
  });

  it('D10: spares what is down also where all tries together have little time', async () => {
    status = 503;
    const retry = { initial_interval_ms: 1, max_interval_ms: 1, max_elapsed_ms: 400 };
    const down = exporter({ retry, breaker: { failures: 3 } });
    const [first] = await down.export(spans(4), Date.now() + 10_000);
    expect(first?.outcome).toMatchObject({ status: 'rejected', fault: 'destination' });
    expect(received).toHaveLength(3);
  });

  it.each<[OtlpHttpSettings, number | undefined]>([
    [{}, undefined],
    [{ timeout_ms: 4_000 }, undefined],
    [{ timeout_ms: 20_000 }, 20_000],
    [{ timeout_ms: 0 }, Infinity],
    [{ timeout_ms: 20_000, retry: { max_elapsed_ms: 3_000 } }, 3_000],
  ])('R11, D7a: %j gives all tries together %s ms', (settings, expected) => {
    expect(maxElapsedMsOf(settings)).toBe(expected);
  });

  it('V4: passes the timeout on, and takes 0 for none', async () => {
    answerAfterMs = 200;
    const [late] = await send({ timeout_ms: 20, retry: { enabled: false } });
    expect(late?.outcome.status).toBe('retryable');
    const [patient] = await send({ timeout_ms: 0, retry: { enabled: false } });
    expect(patient?.outcome.status).toBe('delivered');
  });
});

describe('processors from settings', () => {
  it('batch has the limits it is given', () => {
    const sizes = (settings: object): readonly number[] =>
      processor('batch', settings)
        .process([spans(6)])
        .map(({ request }) => request.items);
    expect(sizes({})).toEqual([6]);
    expect(sizes({ max_items: 4 })).toEqual([4, 2]);
    expect(sizes({ max_bytes: 1 })).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it.each([
    [{ include: { log_group: ['a*'] } }, ['1', '2']],
    [{ include: { owner: ['1', '3'] } }, ['1', '3']],
    [{ exclude: { log_group: ['a2'] } }, ['1', '3']],
    [{ exclude: { owner: ['3'] } }, ['1', '2']],
    [{}, ['1', '2', '3']],
  ])('filter with %j', (settings, passing) => {
    const parts = [
      spans(1, { owner: '1', log_group: 'a1' }),
      spans(1, { owner: '2', log_group: 'a2' }),
      spans(1, { owner: '3', log_group: 'b' }),
    ];
    const passed = processor('filter', settings).process(parts);
    expect(passed.map(({ metadata }) => metadata['owner'])).toEqual(passing);
  });

  it('attributes does its actions, from values and from metadata', () => {
    const actions = [
      { action: 'upsert', key: 'account', from_metadata: 'owner' },
      { action: 'insert', key: 'team', value: 'shop', on: 'item' },
      { action: 'delete', key: 'process.pid' },
    ];
    const [out] = processor('attributes', { actions }).process([spans(1, { owner: '42' })]);
    const text = JSON.stringify(out?.request.message);
    expect(text).toContain('{"key":"account","value":{"stringValue":"42"}}');
    expect(text).toContain('{"key":"team","value":{"stringValue":"shop"}}');
    expect(text).not.toContain('process.pid');
  });
});
