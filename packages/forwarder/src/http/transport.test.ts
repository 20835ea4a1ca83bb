import { getEventListeners, once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createGzip, gzipSync } from 'node:zlib';
import {
  type FakeAnswer,
  type FakeCollector,
  type FakeCollectorOptions,
  startFakeCollector,
  testTls,
} from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HttpAnswer, httpTransport, type HttpTransportOptions } from './transport.ts';

const start = async (options?: FakeCollectorOptions): Promise<FakeCollector> => {
  const collector = await startFakeCollector(options);
  onTestFinished(() => collector.close());
  return collector;
};

const sender = (url: string, options: HttpTransportOptions = {}) => {
  const transport = httpTransport(options);
  return (body = 'body', timeoutMs = 3000): Promise<HttpAnswer> =>
    transport(new URL(url), {}, Buffer.from(body), timeoutMs);
};

/** One request to a collector that answers so. */
const answerTo = async (answer: FakeAnswer, options?: HttpTransportOptions, timeoutMs?: number): Promise<HttpAnswer> =>
  sender((await start({ script: [answer] })).url, options)('body', timeoutMs);

/** A port on which nobody listens. */
const deadPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const milliseconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const KIB = 1024;

describe('a connection that nobody uses', () => {
  it('is closed after a while, even where the server keeps it for ever; one in use is not', async () => {
    const server = createHttpServer({ keepAliveTimeout: 0 }, (request, response) => {
      request.resume();
      setTimeout(() => response.end('slow'), 100);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const closed = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'));
    const { port } = server.address() as AddressInfo;
    expect(await sender(`http://127.0.0.1:${port}`, { idleMs: 10 })()).toMatchObject({ status: 200 });
    await closed;
  });
});

describe('what arrives', () => {
  it('R1: an HTTP/1.1 POST with the length of its body', async () => {
    const collector = await start();
    await sender(`${collector.url}/v1/traces`)('hello');
    const [request] = collector.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/traces', httpVersion: '1.1' });
    expect(request?.headers['content-length']).toBe('5');
    expect(request?.rawBody.toString()).toBe('hello');
  });

  it('R5: compressed answers are understood but not asked for', async () => {
    const collector = await start({ script: [{ headers: { 'content-encoding': 'gzip' }, body: gzipSync('answer') }] });
    const answer = await sender(collector.url)();
    expect(collector.requests[0]?.headers['accept-encoding']).toBeUndefined();
    expect(answer).toMatchObject({ status: 200, body: Buffer.from('answer') });
  });

  it.each(['gzip', 'GZIP', 'x-gzip'])('C11: content-encoding %s is decompressed', async (encoding) => {
    const answer = { headers: { 'content-encoding': encoding }, body: gzipSync('answer') };
    expect(await answerTo(answer)).toMatchObject({ body: Buffer.from('answer') });
  });

  it('a body that is not the gzip it claims to be is broken', async () => {
    expect(await answerTo({ headers: { 'content-encoding': 'gzip' }, body: 'x'.repeat(40) })).toMatchObject({
      status: 200,
      body: 'broken',
    });
  });

  it('an empty body that claims to be gzip is empty', async () => {
    expect(await answerTo({ headers: { 'content-encoding': 'gzip' } })).toMatchObject({ body: Buffer.alloc(0) });
  });
});

describe('keep-alive', () => {
  it('R7: requests one after the other share a connection', async () => {
    const collector = await start();
    const send = sender(collector.url);
    for (let i = 0; i < 5; i++) await send();
    expect(collector.requests.map(({ connection }) => connection)).toEqual([0, 0, 0, 0, 0]);
  });

  it('R7: so do as many as are sent at once', async () => {
    const collector = await start({ script: () => ({ delayMs: 20 }) });
    const send = sender(collector.url, { concurrency: 4 });
    for (let round = 0; round < 2; round++) await Promise.all(Array.from({ length: 4 }, () => send()));
    expect(collector.connections).toBe(4);
  });

  it('R8: as many connections at once as configured, no more, and nobody is left out', async () => {
    const collector = await start({ script: () => ({ delayMs: 20 }) });
    const send = sender(collector.url, { concurrency: 3 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => send()));
    expect(answers.every((answer) => 'status' in answer && answer.status === 200)).toBe(true);
    expect(collector.peakConcurrency).toBe(3);
    expect(collector.connections).toBe(3);
  });

  it('R8: ten by default', async () => {
    const collector = await start({ script: () => ({ delayMs: 30 }) });
    const send = sender(collector.url);
    await Promise.all(Array.from({ length: 25 }, () => send()));
    expect(collector.peakConcurrency).toBe(10);
  });

  it('R8: a request that waits for a connection gives up in time, and is never sent', async () => {
    const collector = await start({ script: () => ({ fault: 'hang' }) });
    const send = sender(collector.url, { concurrency: 1 });
    const took = await milliseconds(async () => {
      const answers = await Promise.all([send('first', 400), send('second', 100), send('third', 100)]);
      for (const answer of answers) expect(answer).toMatchObject({ failure: 'retryable', message: 'timed out' });
    });
    expect(took).toBeLessThan(700);
    expect(collector.requests).toHaveLength(1);
  });

  it('R8: giving up the wait does not take a connection from anybody', async () => {
    const collector = await start({ script: [{ delayMs: 200 }] });
    const send = sender(collector.url, { concurrency: 1 });
    const [first, second, third] = [send('first'), send('second', 60), send('third')];
    const secondTook = milliseconds(() => second);
    expect(await second).toMatchObject({ failure: 'retryable' });
    expect(await secondTook).toBeLessThan(160);
    expect(await first).toMatchObject({ status: 200 });
    expect(await third).toMatchObject({ status: 200 });
    expect(collector.requests.map(({ body }) => body.toString())).toEqual(['first', 'third']);
  });
});

describe('a connection that the other side closed while it was idle', () => {
  it('D9: is replaced at once, and the request is received once', async () => {
    const collector = await start();
    const send = sender(collector.url);
    await send('warm');
    expect(collector.closeIdle()).toBe(1);
    // In the same turn of the event loop: the client cannot have noticed, as after a freeze.
    expect(await send('thawed')).toMatchObject({ status: 200 });
    expect(collector.requests.map(({ body, connection }) => [body.toString(), connection])).toEqual([
      ['warm', 0],
      ['thawed', 1],
    ]);
  });

  it('D9: several at once are all replaced, each request received once', async () => {
    const collector = await start({ script: () => ({ delayMs: 10 }) });
    const send = sender(collector.url, { concurrency: 5 });
    await Promise.all(Array.from({ length: 5 }, (_, i) => send(`warm ${i}`)));
    expect(collector.closeIdle()).toBe(5);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => send(`thawed ${i}`)));
    expect(answers.every((answer) => 'status' in answer && answer.status === 200)).toBe(true);
    const bodies = collector.requests.slice(5).map(({ body }) => body.toString());
    expect(bodies.sort()).toEqual(Array.from({ length: 8 }, (_, i) => `thawed ${i}`));
  });

  it('D9: the one try goes to a new connection, not to the next dead one', async () => {
    const used = new Set<number>();
    const collector = await start({
      script: ({ connection, body }) => {
        const dead = body.toString() === 'thawed' && used.has(connection);
        used.add(connection);
        return dead ? { fault: 'reset' } : { delayMs: 10 };
      },
    });
    const send = sender(collector.url, { concurrency: 5 });
    await Promise.all(Array.from({ length: 5 }, () => send('warm')));
    expect(await send('thawed')).toMatchObject({ status: 200 });
    expect(collector.requests).toHaveLength(7);
  });

  it('D9: over TLS as well', async () => {
    const { ca, server } = testTls();
    const collector = await start({ tls: server });
    const send = sender(collector.url, { tls: { ca } });
    await send('warm');
    expect(collector.closeIdle()).toBe(1);
    expect(await send('thawed')).toMatchObject({ status: 200 });
    expect(collector.requests).toHaveLength(2);
  });

  it('D9: only once: a second reset is an answer to be judged', async () => {
    const collector = await start({ script: [{}, { fault: 'reset' }, { fault: 'reset' }] });
    const send = sender(collector.url);
    await send('warm');
    expect(await send('again')).toMatchObject({ failure: 'retryable' });
    expect(collector.requests.map(({ body }) => body.toString())).toEqual(['warm', 'again', 'again']);
  });

  it('D9: only once, also when the second try gets a used connection', async () => {
    const collector = await start({
      script: ({ body }) => (body.toString() === 'doomed' ? { fault: 'reset' } : { status: 200 }),
    });
    const send = sender(collector.url, { concurrency: 1 });
    await send('warm');
    // The second try of the doomed one waits for the other's connection, and finds it used.
    const [doomed, other] = await Promise.all([send('doomed'), send('other')]);
    expect(doomed).toMatchObject({ failure: 'retryable' });
    expect(other).toMatchObject({ status: 200 });
    expect(collector.requests.map(({ body, connection }) => [body.toString(), connection])).toEqual([
      ['warm', 0],
      ['doomed', 0],
      ['other', 1],
      ['doomed', 1],
    ]);
  });

  it('D9: a used connection that says nothing until the timeout is no stale one', async () => {
    const collector = await start({ script: [{}, { fault: 'hang' }] });
    const send = sender(collector.url);
    await send('warm');
    expect(await send('hanging', 80)).toMatchObject({ failure: 'retryable', message: 'timed out' });
    await send('after');
    expect(collector.requests.map(({ body }) => body.toString())).toEqual(['warm', 'hanging', 'after']);
    expect(collector.connections).toBe(2);
  });

  it('D9: a new connection that is reset is not tried again here', async () => {
    const collector = await start({ script: [{ fault: 'reset' }] });
    expect(await sender(collector.url)()).toMatchObject({ failure: 'retryable' });
    expect(collector.requests).toHaveLength(1);
  });

  it('D9: not after the first byte of an answer', async () => {
    const collector = await start({ script: [{}, { raw: 'HTTP/1.1 200 O', then: 'reset' }] });
    const send = sender(collector.url);
    await send('warm');
    expect(await send('again')).toMatchObject({ failure: 'retryable' });
    expect(collector.requests).toHaveLength(2);
  });

  it.each(['close', 'reset'] as const)('D9: not when an answer was cut (%s): it counts', async (cut) => {
    const collector = await start({ script: [{}, { body: 'half of this', cut }] });
    const send = sender(collector.url);
    await send('warm');
    expect(await send('again')).toMatchObject({ status: 200, body: 'broken' });
    expect(collector.requests).toHaveLength(2);
  });
});

describe('no answer', () => {
  it('C9: a connection closed or reset without an answer is retryable', async () => {
    for (const fault of ['close', 'reset'] as const)
      expect(await answerTo({ fault })).toMatchObject({
        failure: 'retryable',
        message: expect.stringMatching(/^ECONN/) as string,
      });
  });

  it('C10: a refused connection is retryable', async () => {
    const answer = await sender(`http://127.0.0.1:${await deadPort()}`)();
    expect(answer).toMatchObject({ failure: 'retryable', message: expect.stringContaining('ECONNREFUSED') as string });
  });

  it('C10: refused on every address of a name is retryable, too', async () => {
    const answer = await sender(`http://localhost:${await deadPort()}`)();
    expect(answer).toMatchObject({ failure: 'retryable', message: expect.stringContaining('ECONNREFUSED') as string });
  });

  it('C10: a name that does not resolve is retryable', async () => {
    const answer = await sender('http://nonexistent.invalid')('body', 8000);
    expect(answer).toMatchObject({ failure: 'retryable' });
    expect(answer).toMatchObject({ message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN|timed out/) as string });
  }, 10_000);

  it('R11: a server that says nothing is left after the timeout; retryable', async () => {
    const took = await milliseconds(async () => {
      expect(await answerTo({ fault: 'hang' }, {}, 120)).toEqual({ failure: 'retryable', message: 'timed out' });
    });
    expect(took).toBeGreaterThan(100);
    expect(took).toBeLessThan(600);
  });

  it('R11: a server that drips its headers for ever is left as well', async () => {
    const collector = await start({ script: [{ raw: 'HTTP/1.1 200 OK\r\nx-a: ', then: 'hang' }] });
    expect(await sender(collector.url)('body', 100)).toEqual({ failure: 'retryable', message: 'timed out' });
  });

  it('R11: a connection that was never accepted is left after the timeout', async () => {
    const server = createServer((socket) => socket.pause()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    onTestFinished(() => void server.close());
    // A TLS handshake that nobody answers.
    expect(await sender(`https://127.0.0.1:${port}`)('body', 100)).toMatchObject({ failure: 'retryable' });
  });

  it('no limit is no limit', async () => {
    expect(await sender((await start({ script: [{ delayMs: 50 }] })).url)('body', Infinity)).toMatchObject({
      status: 200,
    });
  });

  it('D5: an answer that is not HTTP is not tried again', async () => {
    expect(await answerTo({ raw: '\u0000\u0001 what? \r\n\r\n' })).toMatchObject({ failure: 'permanent' });
    expect(await answerTo({ raw: 'SSH-2.0-OpenSSH_9.6\r\n' })).toMatchObject({ failure: 'permanent' });
  });

  it('D5: headers without end are not tried again', async () => {
    const raw = `HTTP/1.1 200 OK\r\nx-long: ${'y'.repeat(64 * KIB)}\r\n\r\n`;
    expect(await answerTo({ raw })).toMatchObject({ failure: 'permanent' });
  });

  it('C15: an informational answer is not the answer', async () => {
    const raw = 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n';
    expect(await answerTo({ raw })).toMatchObject({ status: 204 });
  });

  it('C15: a switch of protocols is no answer', async () => {
    const raw = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';
    const took = await milliseconds(async () =>
      expect(await answerTo({ raw })).toMatchObject({ failure: 'retryable' }),
    );
    expect(took).toBeLessThan(1000);
  });

  it('a request that cannot be made is permanent, not a rejection', async () => {
    const transport = httpTransport({});
    const answer = await transport(new URL('gopher://127.0.0.1'), {}, Buffer.from('x'), 100);
    expect(answer).toMatchObject({ failure: 'permanent' });
  });
});

describe('when it is given up', () => {
  const reason = new Error('given up after 1000 ms');
  const GIVEN_UP: HttpAnswer = { failure: 'retryable', message: reason.message };
  const aborting = (afterMs: number, why: unknown = reason): AbortSignal => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(why), afterMs);
    return controller.signal;
  };
  const send = (url: string, abort: AbortSignal, options: HttpTransportOptions = {}): Promise<HttpAnswer> =>
    httpTransport(options)(new URL(url), {}, Buffer.from('body'), 10_000, abort);
  const listeners = (abort: AbortSignal): number => getEventListeners(abort, 'abort').length;

  it('D8: a request that hangs ends at once, with the reason, and so does its connection', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const server = createServer((socket) => {
      closed = once(socket.resume(), 'close');
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const abort = aborting(30);
    const began = performance.now();
    expect(await send(`http://127.0.0.1:${port}`, abort)).toEqual(GIVEN_UP);
    expect(performance.now() - began).toBeLessThan(1_000);
    await closed;
    expect(listeners(abort)).toBe(0);
  });

  it('D8: what is no error is a reason too', async () => {
    const collector = await start({ script: () => ({ fault: 'hang' }) });
    expect(await send(collector.url, aborting(5, 'a word'))).toEqual({ failure: 'retryable', message: 'given up' });
  });

  it('D8: a request that waits for a connection ends at once and is never sent; the other goes on', async () => {
    const collector = await start({ script: () => ({ delayMs: 150 }) });
    const transport = httpTransport({ concurrency: 1 });
    const post = (body: string, abort?: AbortSignal): Promise<HttpAnswer> =>
      transport(new URL(collector.url), {}, Buffer.from(body), 5_000, abort);
    const first = post('first');
    const began = performance.now();
    expect(await post('second', aborting(20))).toEqual(GIVEN_UP);
    expect(performance.now() - began).toBeLessThan(140);
    expect(await first).toMatchObject({ status: 200 });
    expect(await post('third')).toMatchObject({ status: 200 });
    expect(collector.requests.map(({ body }) => body.toString())).toEqual(['first', 'third']);
  });

  it('C14, D8: a status that is there counts, however the body ends', async () => {
    const collector = await start({ script: [{ body: 'x'.repeat(100), dripMs: 50 }] });
    expect(await send(collector.url, aborting(1_500))).toMatchObject({ status: 200, body: 'broken' });
  });

  it('D8, D9: also during the one try that replaces a stale connection', async () => {
    const collector = await start({ script: [{}, { fault: 'reset' }, { fault: 'hang' }] });
    const transport = httpTransport({});
    const post = (abort?: AbortSignal): Promise<HttpAnswer> =>
      transport(new URL(collector.url), {}, Buffer.from('body'), 10_000, abort);
    await post();
    const abort = aborting(200);
    expect(await post(abort)).toEqual(GIVEN_UP);
    expect(collector.requests).toHaveLength(3);
    expect(listeners(abort)).toBe(0);
  });

  it('the next request is served', async () => {
    const collector = await start({ script: [{ fault: 'hang' }] });
    const transport = httpTransport({ concurrency: 1 });
    const post = (abort?: AbortSignal): Promise<HttpAnswer> =>
      transport(new URL(collector.url), {}, Buffer.from('body'), 5_000, abort);
    expect(await post(aborting(20))).toEqual(GIVEN_UP);
    expect(await post()).toMatchObject({ status: 200 });
  });

  it.each<[string, readonly FakeAnswer[]]>([
    ['an answer', [{}]],
    ['a refusal', [{ status: 400 }]],
    ['a broken body', [{ body: 'abc', cut: 'reset' }]],
    ['an endless body', [{ body: 'x'.repeat(100_000) }]],
    ['no answer', [{ fault: 'reset' }]],
    ['a timeout', [{ fault: 'hang' }]],
  ])('leaves no listener behind after %s', async (_what, script) => {
    const collector = await start({ script });
    const { signal } = new AbortController();
    const transport = httpTransport({ maxResponseBytes: 1_000 });
    await transport(new URL(collector.url), {}, Buffer.from('body'), 100, signal);
    expect(listeners(signal)).toBe(0);
  });

  it('leaves no listener behind where nobody is there, or the request cannot be made', async () => {
    const { signal } = new AbortController();
    await send(`http://127.0.0.1:${await deadPort()}`, signal);
    await httpTransport({})(new URL('http://127.0.0.1'), { 'bad name': '' }, Buffer.from(''), 100, signal);
    expect(listeners(signal)).toBe(0);
  });
});

describe('limits of an answer', () => {
  const maxResponseBytes = 64 * KIB;
  const packed = (bytes: number): FakeAnswer => ({
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(bytes, 'a')),
  });

  it.each([200, 503])('C11: %i with a body exactly at the limit is read', async (status) => {
    const answer = await answerTo({ status, body: Buffer.alloc(maxResponseBytes, 'a') }, { maxResponseBytes });
    expect(answer).toMatchObject({ status, body: { length: maxResponseBytes } });
  });

  it.each([200, 503])('C11: %i with a body one byte over the limit is not', async (status) => {
    const answer = await answerTo({ status, body: Buffer.alloc(maxResponseBytes + 1, 'a') }, { maxResponseBytes });
    expect(answer).toMatchObject({ status, body: 'too_large' });
  });

  it('C11: the limit holds after decompression, to the byte', async () => {
    expect(await answerTo(packed(maxResponseBytes), { maxResponseBytes })).toMatchObject({
      body: { length: maxResponseBytes },
    });
    expect(await answerTo(packed(maxResponseBytes + 1), { maxResponseBytes })).toMatchObject({ body: 'too_large' });
  });

  it('C11: the limit is 4 MiB by default', async () => {
    const limit = 4 * KIB * KIB;
    expect(await answerTo(packed(limit))).toMatchObject({ body: { length: limit } });
    expect(await answerTo(packed(limit + 1))).toMatchObject({ body: 'too_large' });
  });

  it('C11: a bomb of 256 MiB is stopped before it takes the memory', async () => {
    // Made piece by piece, so that making it leaves no peak.
    const gzip = createGzip();
    const made = buffer(gzip);
    const piece = Buffer.alloc(KIB * KIB);
    for (let i = 0; i < 256; i++) if (!gzip.write(piece)) await once(gzip, 'drain');
    gzip.end();
    const bomb: FakeAnswer = { headers: { 'content-encoding': 'gzip' }, body: await made };
    const peakKib = process.resourceUsage().maxRSS;
    expect(await answerTo(bomb)).toMatchObject({ body: 'too_large' });
    expect(process.resourceUsage().maxRSS - peakKib).toBeLessThan(64 * KIB);
  });

  it('C11: a body without end is stopped at the limit', async () => {
    const endless = `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${'z'.repeat(maxResponseBytes * 3)}`;
    expect(await answerTo({ raw: endless, then: 'hang' }, { maxResponseBytes })).toMatchObject({ body: 'too_large' });
  });

  it('C11: after an answer without end the next request is served', async () => {
    const endless = `HTTP/1.1 200 OK\r\n\r\n${'z'.repeat(maxResponseBytes * 3)}`;
    const collector = await start({ script: [{ raw: endless, then: 'hang' }] });
    const send = sender(collector.url, { maxResponseBytes, concurrency: 1 });
    await send();
    expect(await send()).toMatchObject({ status: 200 });
  });

  it('C11: after an oversized answer the next request is served', async () => {
    const collector = await start({ script: [{ body: Buffer.alloc(maxResponseBytes * 4) }] });
    const send = sender(collector.url, { maxResponseBytes, concurrency: 1 });
    await send();
    expect(await send()).toMatchObject({ status: 200, body: { length: 0 } });
  });
});

describe('an answer that breaks off', () => {
  it.each([
    ['close', 200],
    ['reset', 200],
    ['close', 503],
    ['reset', 503],
  ] as const)('C14: %s in the body of %i leaves the status', async (cut, status) => {
    expect(await answerTo({ status, body: 'half of this', cut })).toMatchObject({ status, body: 'broken' });
  });

  it('C14: so does a timeout in the body', async () => {
    const took = await milliseconds(async () => {
      expect(await answerTo({ body: 'half of this', cut: 'stall' }, {}, 150)).toMatchObject({
        status: 200,
        body: 'broken',
      });
    });
    expect(took).toBeLessThan(600);
  });

  it('C14: and a body that drips beyond the timeout', async () => {
    expect(await answerTo({ status: 503, body: 'a'.repeat(1000), dripMs: 10 }, {}, 150)).toMatchObject({
      status: 503,
      body: 'broken',
    });
  });

  it('a body shorter than promised is broken, a longer one is cut to what was promised', async () => {
    const head = 'HTTP/1.1 200 OK\r\n';
    expect(await answerTo({ raw: `${head}content-length: 9\r\n\r\nshort` })).toMatchObject({ body: 'broken' });
    expect(await answerTo({ raw: `${head}content-length: 4\r\n\r\nlonger` })).toMatchObject({
      status: 200,
      body: Buffer.from('long'),
    });
  });

  it('after a stalled answer the next request is served', async () => {
    const collector = await start({ script: [{ body: 'half of this', cut: 'stall' }] });
    const send = sender(collector.url, { concurrency: 1 });
    await send('body', 100);
    expect(await send()).toMatchObject({ status: 200 });
  });

  it('C5: an answer that comes before the whole request was read is heard', async () => {
    const collector = await start({ script: [{ status: 413, headers: { connection: 'close' } }], readBodies: false });
    expect(await sender(collector.url)('x'.repeat(256 * KIB))).toMatchObject({ status: 413 });
  });
});

describe('TLS', () => {
  const { ca, otherCa, server, expired, otherHost, client, otherClient } = testTls();

  it('U7: https is TLS, trusted by a configured authority', async () => {
    const collector = await start({ tls: server });
    expect(await sender(collector.url, { tls: { ca } })()).toMatchObject({ status: 200 });
    expect(await sender(collector.url.replace('127.0.0.1', 'localhost'), { tls: { ca } })()).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['of an unknown authority', server, otherCa, /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/],
    ['that expired', expired, ca, /CERT_HAS_EXPIRED/],
    ['of another host', otherHost, ca, /ERR_TLS_CERT_ALTNAME_INVALID/],
  ])('C10: a certificate %s is refused and not tried again', async (_, identity, trusted, code) => {
    const collector = await start({ tls: identity });
    expect(await sender(collector.url, { tls: { ca: trusted } })()).toMatchObject({
      failure: 'permanent',
      message: expect.stringMatching(code) as string,
    });
    expect(collector.requests).toHaveLength(0);
  });

  it('C10: without a configured authority the test authority is not trusted', async () => {
    const collector = await start({ tls: server });
    expect(await sender(collector.url)()).toMatchObject({ failure: 'permanent' });
  });

  it('C10: not even where NODE_TLS_REJECT_UNAUTHORIZED says so', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    onTestFinished(() => {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    });
    const collector = await start({ tls: server });
    expect(await sender(collector.url)()).toMatchObject({ failure: 'permanent' });
    expect(await sender(collector.url, { tls: { ca: otherCa } })()).toMatchObject({ failure: 'permanent' });
  });

  it('D5a: TLS 1.1 is refused and not tried again', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const collector = await start({ tls: { ...server, ...old } });
    expect(await sender(collector.url, { tls: { ca } })()).toMatchObject({ failure: 'permanent' });
  });

  it('a client certificate opens the door', async () => {
    const collector = await start({ tls: { ...server, ca, requestCert: true, rejectUnauthorized: true } });
    expect(await sender(collector.url, { tls: { ca, ...client } })()).toMatchObject({ status: 200 });
  });

  it.each([
    ['no client certificate', {}],
    ['one of another authority', otherClient],
  ])('%s: refused, with nothing received', async (_, identity) => {
    const collector = await start({ tls: { ...server, ca, requestCert: true, rejectUnauthorized: true } });
    const answer = await sender(collector.url, { tls: { ca, ...identity } })();
    expect(answer).toHaveProperty('failure');
    expect(collector.requests).toHaveLength(0);
  });

  it('C10: a TLS 1.2 server that wants a client certificate refuses for good', async () => {
    const tls = { ...server, ca, requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' } as const;
    expect(await sender((await start({ tls })).url, { tls: { ca } })()).toMatchObject({ failure: 'permanent' });
  });

  it('D5a: a server that does not speak TLS is a fault of the configuration', async () => {
    const collector = await start();
    const answer = await sender(collector.url.replace('http:', 'https:'), { tls: { ca } })();
    expect(answer).toMatchObject({ failure: 'permanent' });
  });

  it.each([
    ['certificate', { cert: 'not PEM', key: client.key }],
    ['key', { cert: client.cert, key: 'not PEM' }],
    ['pair', { cert: client.cert, key: otherClient.key }],
  ])('a broken %s is refused at creation, and its content is not repeated', (_, tls) => {
    expect(() => httpTransport({ tls })).toThrow(expect.not.stringContaining('not PEM') as Error);
  });
});
