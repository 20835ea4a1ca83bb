import { otlpRequest, requestFromJson, requestToJson, type OtlpRequest, type Signal } from '@serverless-otlp/otlp';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Received } from './handle.ts';
import { startOtlpServer, type OtlpServer, type OtlpServerOptions } from './otlp-server.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

const REQUESTS: Readonly<Record<Signal, OtlpRequest>> = {
  traces: requestFromJson({
    resourceSpans: [
      {
        scopeSpans: [
          { spans: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: 'a' }] },
        ],
      },
    ],
  }),
  metrics: requestFromJson({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: [{ asInt: '7' }] } }] }] }],
  }),
  logs: requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] }),
};

let server: OtlpServer | undefined;
let received: Received[] = [];

const start = async (options: Partial<OtlpServerOptions> = {}): Promise<string> => {
  received = [];
  server = await startOtlpServer({ onRequest: (each) => received.push(each), ...options });
  return server.url;
};

afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

const post = (
  url: string,
  path: string,
  body: Uint8Array | string,
  headers: Record<string, string>,
): Promise<Response> =>
  fetch(url + path, { method: 'POST', headers, body: typeof body === 'string' ? body : Buffer.from(body) });

describe('startOtlpServer', () => {
  it.each(['traces', 'metrics', 'logs'] as const)(
    'receives %s in protobuf and JSON, compressed or not',
    async (signal) => {
      const url = await start();
      const { bytes } = REQUESTS[signal];
      const json = requestToJson(REQUESTS[signal]);
      for (const [body, type] of [
        [bytes, PROTOBUF],
        [Buffer.from(json), `${JSON_TYPE}; charset=utf-8`],
      ] as const) {
        for (const gzip of [false, true]) {
          const response = await post(url, `/v1/${signal}`, gzip ? gzipSync(body) : body, {
            'content-type': type,
            ...(gzip ? { 'content-encoding': 'gzip' } : {}),
          });
          expect(response.status).toBe(200);
          expect(response.headers.get('content-type')).toBe(type.split(';')[0]);
          expect(await response.text()).toBe(type === PROTOBUF ? '' : '{}');
        }
      }
      expect(received.map((each) => requestToJson(each.request))).toEqual([json, json, json, json]);
      expect(received.map((each) => each.request.items)).toEqual([1, 1, 1, 1]);
      expect(received.map((each) => Buffer.from(each.body).toString('hex'))).toEqual(
        [bytes, bytes, Buffer.from(json), Buffer.from(json)].map((body) => Buffer.from(body).toString('hex')),
      );
    },
  );

  it('inflates several gzip members as one body', async () => {
    const url = await start();
    const { bytes } = REQUESTS.traces;
    const body = Buffer.concat([gzipSync(bytes.subarray(0, 10)), gzipSync(bytes.subarray(10))]);
    const response = await post(url, '/v1/traces', body, { 'content-type': PROTOBUF, 'content-encoding': 'gzip' });
    expect(response.status).toBe(200);
    expect(received[0]?.request.items).toBe(1);
  });

  it('takes empty requests', async () => {
    const url = await start();
    expect((await post(url, '/v1/logs', '', { 'content-type': PROTOBUF })).status).toBe(200);
    expect((await post(url, '/v1/logs', '{"later":[]}', { 'content-type': JSON_TYPE })).status).toBe(200);
    expect(received.map(({ signal, request }) => [signal, request.items])).toEqual([
      ['logs', 0],
      ['logs', 0],
    ]);
  });

  it('answers an unknown path with 404, another method with 405 and Allow', async () => {
    const url = await start();
    const lost = await post(url, '/v1/trace', '{}', { 'content-type': JSON_TYPE });
    expect(lost.status).toBe(404);
    expect(await lost.json()).toMatchObject({ code: 5 });
    const got = await fetch(`${url}/v1/traces`);
    expect(got.status).toBe(405);
    expect(got.headers.get('allow')).toBe('POST');
  });

  it('answers a content type or encoding it does not know with 415', async () => {
    const url = await start();
    expect((await post(url, '/v1/traces', '{}', { 'content-type': 'text/plain' })).status).toBe(415);
    const coded = await post(url, '/v1/traces', '{}', { 'content-type': JSON_TYPE, 'content-encoding': 'br' });
    expect(coded.status).toBe(415);
    expect(coded.headers.get('accept-encoding')).toBe('gzip');
    expect(received).toEqual([]);
  });

  it.each([
    ['broken protobuf', '/v1/traces', PROTOBUF, Buffer.from([0x0a, 0x05, 0x01]), {}],
    ['broken JSON', '/v1/traces', JSON_TYPE, Buffer.from('{"resourceSpans":'), {}],
    ['JSON that is no object', '/v1/traces', JSON_TYPE, Buffer.from('[]'), {}],
    ['invalid UTF-8', '/v1/logs', JSON_TYPE, Buffer.from([0x7b, 0xff, 0x7d]), {}],
    ['broken gzip', '/v1/traces', PROTOBUF, Buffer.from('not gzip'), { 'content-encoding': 'gzip' }],
    ['cut gzip', '/v1/traces', PROTOBUF, gzipSync(Buffer.alloc(999)).subarray(0, 20), { 'content-encoding': 'gzip' }],
    ['another signal', '/v1/traces', JSON_TYPE, Buffer.from('{"resourceLogs":[]}'), {}],
  ])('answers %s with 400 and a Status in the format of the request', async (_, path, type, body, headers) => {
    const url = await start();
    const response = await post(url, path, body, { 'content-type': type, ...headers });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe(type);
    const status = Buffer.from(await response.arrayBuffer());
    if (type === JSON_TYPE) {
      expect(JSON.parse(status.toString())).toEqual({ code: 3, message: expect.any(String) as string });
    } else {
      expect([...status.subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
      expect(status[3]).toBe(status.length - 4);
    }
    expect(received).toEqual([]);
  });

  it('says that a body sent to the wrong path belongs elsewhere', async () => {
    const url = await start();
    const response = await post(url, '/v1/traces', '{"resourceLogs":[]}', { 'content-type': JSON_TYPE });
    expect(await response.text()).toContain('/v1/logs');
  });

  it('answers a body over the limit with 413: announced, streamed or inflated', async () => {
    const url = await start({ maxBodyBytes: 1000 });
    const announced = await post(url, '/v1/logs', Buffer.alloc(1001), { 'content-type': PROTOBUF });
    expect(announced.status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const small = await start({ maxBodyBytes: 100_000 });
    const inflated = await post(small, '/v1/logs', bomb, { 'content-type': PROTOBUF, 'content-encoding': 'gzip' });
    expect(inflated.status).toBe(413);
    const streamed = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${small}/v1/logs`, { method: 'POST', headers: { 'content-type': PROTOBUF } });
      request.on('response', (response) => resolve(response.statusCode)).on('error', reject);
      for (let sent = 0; sent < 3; sent += 1) request.write(Buffer.alloc(50_000));
    });
    expect(streamed).toBe(413);
    expect(received).toEqual([]);
  });

  it('answers as it is told: partial success, or an error with Retry-After', async () => {
    let url = await start({ respond: () => ({ rejectedItems: 1, message: 'too old' }) });
    const partial = await post(url, '/v1/traces', requestToJson(REQUESTS.traces), { 'content-type': JSON_TYPE });
    expect(await partial.json()).toEqual({ partialSuccess: { rejectedSpans: '1', errorMessage: 'too old' } });
    expect(received).toHaveLength(1);
    await server?.close(0);
    url = await start({ respond: () => ({ status: 429, message: 'later', retryAfterSeconds: 3 }) });
    const busy = await post(url, '/v1/traces', REQUESTS.traces.bytes, { 'content-type': PROTOBUF });
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '3']);
    expect(received).toEqual([]);
  });

  it('keeps a connection for the next request', async () => {
    const url = await start();
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = `POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: ${PROTOBUF}\r\ncontent-length: 0\r\n\r\n`;
    let answers = '';
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject).on('data', (chunk) => {
        answers += chunk.toString();
        const count = answers.split('HTTP/1.1 200').length - 1;
        if (count === 1) socket.write(head);
        if (count === 2) resolve();
      });
      socket.write(head);
    });
    socket.destroy();
    expect(received).toHaveLength(2);
  });

  it('gives up on a client that never finishes its request', async () => {
    const url = await start({ requestTimeoutMs: 200 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const closed = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('error', () => undefined).on('close', () => resolve(text));
    });
    socket.write(`POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: ${PROTOBUF}\r\ncontent-length: 10\r\n\r\nabc`);
    expect(await closed).toContain('408');
  });

  it('closes in time even while a client holds a request open', async () => {
    const url = await start();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /v1/logs HTTP/1.1\r\nhost: x\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = performance.now();
    await server?.close(100);
    expect(performance.now() - before).toBeLessThan(2000);
    server = undefined;
  });

  it('rejects when the port is taken', async () => {
    await start();
    const port = server?.port ?? 0;
    await expect(startOtlpServer({ port, onRequest: () => undefined })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('hands on a request nobody needs to decode again', async () => {
    const url = await start();
    await post(url, '/v1/traces', REQUESTS.traces.bytes, { 'content-type': PROTOBUF });
    expect(received[0]?.request.bytes).toEqual(Buffer.from(otlpRequest('traces', REQUESTS.traces.bytes).bytes));
  });
});
