import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeCollector, type FakeCollectorOptions, startFakeCollector, testTls } from './fake-collector.ts';

const started: FakeCollector[] = [];
const start = async (options?: FakeCollectorOptions): Promise<FakeCollector> => {
  const collector = await startFakeCollector(options);
  started.push(collector);
  return collector;
};

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly milliseconds: number;
}

const post = (url: string, body: Uint8Array | string = 'x', options: object = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, { method: 'POST', ...options });
    const read = async (response: IncomingMessage): Promise<Answer> => {
      const chunks: Buffer[] = [];
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      return { status: response.statusCode, body: text, milliseconds: performance.now() - began };
    };
    request.on('response', (response) => void read(response).then(resolve, reject));
    request.on('error', reject);
    request.end(body);
  });

afterEach(async () => {
  await Promise.all(started.splice(0).map((collector) => collector.close()));
});

describe('the fake collector', () => {
  it('keeps what it was sent, decompressed and as sent', async () => {
    const collector = await start();
    const packed = gzipSync('hello');
    await post(`${collector.url}/v1/logs?a=b`, packed, { headers: { 'content-encoding': 'gzip', 'x-a': '1' } });
    const [request] = collector.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/logs?a=b', headers: { 'x-a': '1' }, connection: 0 });
    expect(request?.body.toString()).toBe('hello');
    expect(request?.rawBody.equals(packed)).toBe(true);
  });

  it('answers by its script in order, and 200 after its end', async () => {
    const collector = await start({ script: [{ status: 503, body: 'busy' }, { status: 400 }] });
    const answers = [await post(collector.url), await post(collector.url), await post(collector.url)];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [503, 'busy'],
      [400, ''],
      [200, ''],
    ]);
  });

  it('answers by a function of the request', async () => {
    const collector = await start({ script: ({ path }, index) => ({ status: path === '/bad' ? 400 : 200 + index }) });
    expect((await post(`${collector.url}/bad`)).status).toBe(400);
    expect((await post(`${collector.url}/good`)).status).toBe(201);
  });

  it('waits, and drips', async () => {
    const collector = await start({ script: [{ delayMs: 60 }, { body: 'abcdef', dripMs: 15 }] });
    expect((await post(collector.url)).milliseconds).toBeGreaterThan(55);
    expect(await post(collector.url)).toMatchObject({ status: 200, body: 'abcdef' });
  });

  it.each(['close', 'reset'] as const)('%s: no byte of an answer', async (fault) => {
    const collector = await start({ script: [{ fault }] });
    await expect(post(collector.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(collector.requests).toHaveLength(1);
  });

  it.each(['close', 'reset'] as const)('cut by %s: half a body', async (cut) => {
    const collector = await start({ script: [{ body: 'half of this', cut }] });
    await expect(post(collector.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('hangs, or stalls in the middle, until the client gives up', async () => {
    const collector = await start({ script: [{ fault: 'hang' }, { body: 'half of this', cut: 'stall' }] });
    const options = { signal: AbortSignal.timeout(80) };
    await expect(post(collector.url, 'x', options)).rejects.toThrow(/abort/i);
    await expect(post(collector.url, 'x', { signal: AbortSignal.timeout(80) })).rejects.toThrow(/abort/i);
  });

  it('sends any bytes at all', async () => {
    const collector = await start({ script: [{ raw: '\u0000 not HTTP\r\n\r\n' }] });
    await expect(post(collector.url)).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) as string });
  });

  it('closes idle connections only', async () => {
    const collector = await start({ script: [{}, { delayMs: 100 }] });
    const agent = new Agent({ keepAlive: true });
    await post(collector.url, 'x', { agent });
    expect(collector.closeIdle((connection) => connection > 0)).toBe(0);
    expect(collector.closeIdle((connection) => connection === 0)).toBe(1);
    const busy = post(collector.url);
    while (collector.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(collector.closeIdle()).toBe(0);
    expect((await busy).status).toBe(200);
    agent.destroy();
  });

  it('counts connections and concurrency', async () => {
    const collector = await start({ script: () => ({ delayMs: 30 }) });
    await Promise.all([post(collector.url), post(collector.url), post(collector.url)]);
    expect([collector.connections, collector.peakConcurrency]).toEqual([3, 3]);
  });

  it('answers before it has read a body when told so', async () => {
    const collector = await start({ script: [{ status: 413 }], readBodies: false });
    expect((await post(collector.url, 'y'.repeat(1000))).status).toBe(413);
    expect(collector.requests[0]?.rawBody).toHaveLength(0);
  });

  it('refuses connections for a while, and is back on the same port', async () => {
    const collector = await start();
    await collector.listen(false);
    await expect(post(collector.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await collector.listen(true);
    expect((await post(collector.url)).status).toBe(200);
  });

  it('tells how each request ended, and keeps none when told so', async () => {
    const ends: [string, boolean][] = [];
    const gone = new Set<number>();
    const collector = await start({
      script: [{}, { fault: 'reset' }, { delayMs: 200 }],
      keepRequests: false,
      onEnd: ({ path }, answered) => ends.push([path, answered]),
      onDisconnect: (connection) => gone.add(connection),
    });
    await post(`${collector.url}/a`);
    await expect(post(`${collector.url}/b`)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(post(`${collector.url}/c`, 'x', { signal: AbortSignal.timeout(50) })).rejects.toThrow(/abort/i);
    await expect
      .poll(() => ends)
      .toEqual([
        ['/a', true],
        ['/b', false],
        ['/c', false],
      ]);
    expect(collector.requests).toEqual([]);
    collector.closeIdle();
    await expect.poll(() => gone.size).toBe(collector.connections);
  });

  it('shows another certificate to new connections', async () => {
    const tls = testTls();
    const apart = { ca: tls.ca, agent: false };
    const collector = await start({ tls: tls.server });
    expect((await post(collector.url, 'x', apart)).status).toBe(200);
    collector.present(tls.expired);
    await expect(post(collector.url, 'x', apart)).rejects.toThrow(/expired/);
    collector.present(tls.server);
    expect((await post(collector.url, 'x', apart)).status).toBe(200);
  });

  it('serves TLS with the checked-in certificates', async () => {
    const tls = testTls();
    const collector = await start({ tls: tls.server });
    expect((await post(collector.url, 'x', { ca: tls.ca })).status).toBe(200);
    await expect(post(collector.url)).rejects.toThrow(/certificate/);
  });
});
