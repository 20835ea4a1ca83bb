import { getEventListeners } from 'node:events';
import { parseRequest } from '@serverless-otlp/otlp';
import { sampleBytes } from '@serverless-otlp/testing';
import {
  type FakeCollector,
  type FakeCollectorOptions,
  startFakeCollector,
} from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HttpAnswer, HttpTransport } from '../../http/transport.ts';
import type { Authenticator } from '../../http/authenticator.ts';
import type { Outcome } from '../../types.ts';
import { otlpHttp } from '../otlp-http.ts';
import { authenticated } from './authenticated.ts';

const start = async (options: FakeCollectorOptions): Promise<FakeCollector> => {
  const collector = await startFakeCollector(options);
  onTestFinished(() => collector.close());
  return collector;
};

/** Sends traces with key-1, key-2 and so on, the next one with each refresh while `keys` lasts. */
const setUp = (keys = 2) => {
  const asked = { headers: 0, refreshes: 0 };
  let key = 1;
  const authenticator: Authenticator = {
    headersFor: () => {
      asked.headers++;
      return Promise.resolve({ authorization: `Bearer secret-key-${key}` });
    },
    refresh: async () => {
      asked.refreshes++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (key >= keys) return false;
      key++;
      return true;
    },
  };
  return { asked, authenticator };
};

const telemetry = {
  request: parseRequest('traces', sampleBytes('traces', { items: 1 })),
  records: new Set(['1']),
  metadata: {},
};

const exporterTo = (url: string, authenticator?: Authenticator, headers: Readonly<Record<string, string>> = {}) => {
  const exporter = otlpHttp({
    endpoints: { traces: `${url}/v1/traces` },
    concurrency: 50,
    headers,
    ...(authenticator === undefined ? {} : { authenticator }),
  });
  return async (ms = 5_000): Promise<Outcome | undefined> =>
    (await exporter.export(telemetry, Date.now() + ms))[0]?.outcome;
};

/** Takes the second key alone. */
const secondKeyOnly: FakeCollectorOptions = {
  script: ({ headers }) => (headers.authorization === 'Bearer secret-key-2' ? {} : { status: 401 }),
};
const refusesAll = (status = 401): FakeCollectorOptions => ({ script: () => ({ status }) });

describe('an authenticated exporter', () => {
  it('sends what the authenticator says with each request, over what is configured', async () => {
    const { asked, authenticator } = setUp();
    const collector = await start({});
    const send = exporterTo(collector.url, authenticator, { authorization: 'old', 'x-tenant': 'a' });
    expect([await send(), await send()]).toEqual([{ status: 'delivered' }, { status: 'delivered' }]);
    for (const { headers } of collector.requests)
      expect(headers).toMatchObject({
        authorization: 'Bearer secret-key-1',
        'x-tenant': 'a',
        'content-encoding': 'gzip',
      });
    expect(asked).toEqual({ headers: 2, refreshes: 0 });
  });

  it('shows it the request as it will be sent', async () => {
    const collector = await start({});
    const shown: unknown[] = [];
    const send = exporterTo(collector.url, {
      headersFor: ({ method, url, headers, body }) => {
        shown.push([method, url.pathname, headers['content-type'], body?.length]);
        return Promise.resolve({});
      },
      refresh: () => Promise.resolve(false),
    });
    await send();
    expect(shown).toEqual([['POST', '/v1/traces', 'application/x-protobuf', collector.requests[0]?.rawBody.length]]);
  });

  it.each([401, 403])('D11: after a %i it fetches the credential again and sends once more', async (status) => {
    const { asked, authenticator } = setUp();
    const collector = await start({ script: (_, index) => ({ status: index === 0 ? status : 200 }) });
    expect(await exporterTo(collector.url, authenticator)()).toEqual({ status: 'delivered' });
    expect(collector.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer secret-key-1',
      'Bearer secret-key-2',
    ]);
    expect(asked.refreshes).toBe(1);
  });

  it('D11: fifty that are refused at the same time fetch it once', async () => {
    const { asked, authenticator } = setUp();
    const collector = await start(secondKeyOnly);
    const send = exporterTo(collector.url, authenticator);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => send()));
    expect(new Set(outcomes.map((outcome) => outcome?.status))).toEqual(new Set(['delivered']));
    expect(asked.refreshes).toBe(1);
  });

  it('D11: one that was sent before it changed, and refused after, is sent again without fetching', async () => {
    const { asked, authenticator } = setUp();
    const answers: ((answer: HttpAnswer) => void)[] = [];
    const answer = (status: number): HttpAnswer => ({ status, headers: {}, body: new Uint8Array() });
    const post = authenticated(() => new Promise((resolve) => answers.push(resolve)), authenticator);
    const send = () => post(new URL('http://x.example'), {}, undefined, 5_000);
    const until = async (count: number): Promise<void> => {
      while (answers.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const [first, second] = [send(), send()];
    await until(2);
    answers[0]?.(answer(401));
    await until(3);
    answers[1]?.(answer(401));
    await until(4);
    for (const resolve of answers.slice(2)) resolve(answer(200));
    expect(await Promise.all([first, second])).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(asked.refreshes).toBe(1);
  });

  it('D11: it sends only once more, however often it is refused', async () => {
    const { asked, authenticator } = setUp(99);
    const collector = await start(refusesAll());
    expect(await exporterTo(collector.url, authenticator)()).toMatchObject({
      status: 'rejected',
      fault: 'destination',
      httpStatus: 401,
    });
    expect([collector.requests.length, asked.refreshes]).toEqual([2, 1]);
  });

  it('D11: it does not send again what no other credential is there for', async () => {
    const { authenticator } = setUp(1);
    const collector = await start(refusesAll(403));
    expect(await exporterTo(collector.url, authenticator)()).toMatchObject({ status: 'rejected', httpStatus: 403 });
    expect(collector.requests).toHaveLength(1);
  });

  it('D11: without an authenticator a 401 is final', async () => {
    const collector = await start(refusesAll());
    expect(await exporterTo(collector.url)()).toMatchObject({ status: 'rejected', httpStatus: 401 });
    expect(collector.requests).toHaveLength(1);
  });

  it.each([400, 404, 429, 500, 503])('fetches nothing after a %i', async (status) => {
    const { asked, authenticator } = setUp();
    const collector = await start(refusesAll(status));
    await exporterTo(collector.url, authenticator)();
    expect([collector.requests.length, asked.refreshes]).toEqual([1, 0]);
  });

  const refused: HttpTransport = () => Promise.resolve({ status: 401, headers: {}, body: new Uint8Array() });

  it('D7: does not wait for a credential beyond the deadline, and takes the refusal for what it is', async () => {
    const { authenticator } = setUp();
    const post = authenticated(refused, { ...authenticator, refresh: () => new Promise(() => undefined) });
    expect(await post(new URL('http://x.example'), {}, undefined, 20)).toMatchObject({ status: 401 });
  });

  it('gives up with the signal, and leaves no listener behind', async () => {
    const abort = new AbortController();
    const aborting: HttpTransport = (...request) => {
      queueMicrotask(() => abort.abort());
      return refused(...request);
    };
    const { authenticator } = setUp();
    const post = authenticated(aborting, { ...authenticator, refresh: () => new Promise(() => undefined) });
    expect(await post(new URL('http://x.example'), {}, undefined, Infinity, abort.signal)).toMatchObject({
      status: 401,
    });
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('takes a refresh that rejects, which none may, for one without success', async () => {
    const { authenticator } = setUp();
    const collector = await start(refusesAll());
    const send = exporterTo(collector.url, { ...authenticator, refresh: () => Promise.reject(new Error('bug')) });
    expect(await send()).toMatchObject({ status: 'rejected', httpStatus: 401 });
    expect(await send()).toMatchObject({ status: 'rejected', httpStatus: 401 });
  });

  it.each([
    [{ retryable: true }, { status: 'retryable' }],
    [{ retryable: false }, { status: 'rejected', fault: 'destination', httpStatus: 401 }],
    [{}, { status: 'rejected', fault: 'destination', httpStatus: 401 }],
  ])('D4: sends nothing where there is no credential: %j', async (kind, outcome) => {
    const collector = await start({});
    const error = Object.assign(new Error('auth.oauth2.token_url: no answer'), kind);
    const send = exporterTo(collector.url, {
      headersFor: () => Promise.reject(error),
      refresh: () => Promise.resolve(true),
    });
    expect(await send()).toMatchObject({
      ...outcome,
      error: { message: `127.0.0.1:${collector.port}: auth.oauth2.token_url: no answer` },
    });
    expect(collector.requests).toEqual([]);
  });

  it('D27: hides what it added, and what it was told, in what the server says of it', async () => {
    const { authenticator } = setUp(1);
    const collector = await start({
      script: ({ headers }) => ({
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          code: 7,
          message: `no ${headers.authorization}, secret-key-1 or ${String(headers['x-key'])}`,
        }),
      }),
    });
    const outcome = await exporterTo(collector.url, authenticator, { 'x-key': 'configured' })();
    expect(outcome).toMatchObject({
      error: { message: `127.0.0.1:${collector.port} answered 403: no [redacted], [redacted] or [redacted]` },
    });
  });
});
