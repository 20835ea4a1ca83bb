import {
  type FakeAnswer,
  type FakeCollector,
  type FakeCollectorOptions,
  startFakeCollector,
  testTls,
} from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OutgoingRequest } from '../http/authenticator.ts';
import { oauth2, type OAuth2Options } from './oauth2.ts';

const SECRET = 'client/secret&é';
const REQUEST: OutgoingRequest = { method: 'POST', url: new URL('https://x.example'), headers: {}, body: undefined };

const json = (body: unknown, status = 200): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const issued = (_: unknown, index: number): FakeAnswer =>
  json({ access_token: `token-${index}`, token_type: 'Bearer', expires_in: 3600 });

/** A token server with these answers, and who asks it, at a time that is moved by hand. */
const setUp = async (script: FakeCollectorOptions['script'] = issued, options: Partial<OAuth2Options> = {}) => {
  const server: FakeCollector = await startFakeCollector({ script });
  onTestFinished(() => server.close());
  const state = { nowMs: 1_000_000 };
  const authenticator = oauth2({
    tokenUrl: `${server.url}/token?tenant=a`,
    clientId: 'the client',
    clientSecret: SECRET,
    now: () => state.nowMs,
    ...options,
  });
  const sent = async (): Promise<string | undefined> =>
    (await authenticator.headersFor(REQUEST, 5_000))['authorization'];
  const form = (): Readonly<Record<string, string>> =>
    Object.fromEntries(new URLSearchParams(server.requests[0]?.body.toString()));
  return { server, state, authenticator, sent, form };
};

describe('oauth2', () => {
  it('asks as RFC 6749 says, with id and secret in the header', async () => {
    const { server, sent, form } = await setUp(issued, {
      scopes: ['a', 'b:c'],
      audience: 'https://api.example',
      endpointParams: { resource: 'x y' },
    });
    expect(await sent()).toBe('Bearer token-0');
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/token?tenant=a' });
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      // Both encoded as in a form, then joined.
      authorization: `Basic ${Buffer.from('the+client:client%2Fsecret%26%C3%A9').toString('base64')}`,
    });
    expect(form()).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b:c',
      audience: 'https://api.example',
      resource: 'x y',
    });
  });

  it('sends id and secret in the body when told so, and nothing twice', async () => {
    const { server, sent, form } = await setUp(issued, {
      clientAuth: 'body',
      endpointParams: { grant_type: 'password' },
    });
    await sent();
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    expect(form()).toEqual({ grant_type: 'client_credentials', client_id: 'the client', client_secret: SECRET });
  });

  it('keeps the token until a minute before it expires, one request at a time', async () => {
    const { server, state, sent } = await setUp();
    expect(new Set(await Promise.all(Array.from({ length: 50 }, sent)))).toEqual(new Set(['Bearer token-0']));
    state.nowMs += 3_540_000 - 1;
    expect(await sent()).toBe('Bearer token-0');
    state.nowMs += 1;
    expect(await sent()).toBe('Bearer token-1');
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    [{ expires_in: 30 }, 15],
    [{ expires_in: 1e-9 }, 0.5],
    [{ expires_in: '3600' }, 3_540],
    [{ expires_in: [30] }, 240],
    [{ expires_in: { valueOf: 1, toString: 1 } }, 240],
    [{}, 240],
    [{ expires_in: null }, 240],
    [{ expires_in: -1 }, 240],
    [{ expires_in: 'soon' }, 240],
    [{ expires_in: 1e12 }, 86_340],
  ])('keeps a token that says %j for %i s', async (lifetime, seconds) => {
    const { state, sent } = await setUp((_, index) => json({ access_token: `t${index}`, ...lifetime }));
    await sent();
    state.nowMs += seconds * 1000 - 1;
    expect(await sent()).toBe('Bearer t0');
    state.nowMs += 1;
    expect(await sent()).toBe('Bearer t1');
  });

  it('goes on with the old token while the server is down, until it expires', async () => {
    const { state, sent } = await setUp((request, index) => (index === 0 ? issued(request, 0) : { status: 500 }));
    await sent();
    state.nowMs += 3_599_999;
    expect(await sent()).toBe('Bearer token-0');
    state.nowMs += 1;
    await expect(sent()).rejects.toMatchObject({ retryable: true });
  });

  it('D11: fetches another token when one is refused, once for all who ask', async () => {
    const { server, state, authenticator, sent } = await setUp();
    await sent();
    state.nowMs += 10_000;
    expect(await Promise.all(Array.from({ length: 50 }, () => authenticator.refresh({})))).not.toContain(false);
    expect(await sent()).toBe('Bearer token-1');
    expect(server.requests).toHaveLength(2);
  });

  it('D11: has no other to offer when the one refused is new, the same comes again, or the server is down', async () => {
    const young = await setUp();
    await young.sent();
    expect(await young.authenticator.refresh({})).toBe(false);
    expect(young.server.requests).toHaveLength(1);
    for (const again of [json({ access_token: 'token-0' }), { status: 503 }]) {
      const { state, authenticator, sent } = await setUp((request, index) =>
        index === 0 ? issued(request, 0) : again,
      );
      await sent();
      state.nowMs += 10_000;
      expect(await authenticator.refresh({})).toBe(false);
      expect(await sent()).toBe('Bearer token-0');
    }
  });

  it('D11: asks for another token every ten seconds at most, whatever comes of it and whatever the clock does', async () => {
    const { server, state, authenticator, sent } = await setUp((request, index) =>
      index === 0 ? issued(request, 0) : { status: 503 },
    );
    await sent();
    state.nowMs += 10_000;
    for (let refused = 0; refused < 20; refused++) expect(await authenticator.refresh({})).toBe(false);
    expect(server.requests).toHaveLength(2);
    state.nowMs -= 3_600_000;
    await authenticator.refresh({});
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    [
      json({ error: 'invalid_client' }, 401),
      false,
      'answered 401 (invalid_client); check client_id, client_secret and client_auth',
    ],
    [json({ error: 'invalid_scope' }, 400), false, 'answered 400 (invalid_scope); check scopes'],
    [json({ error: SECRET }, 400), false, 'answered 400; check the URL, client_id and client_secret'],
    [json({ error: 'constructor' }, 400), false, 'answered 400; check the URL, client_id and client_secret'],
    [{ status: 404, body: 'nothing here' }, false, 'answered 404; check the URL, client_id and client_secret'],
    [
      { status: 302, headers: { location: 'https://elsewhere.example' } },
      false,
      'answered 302; check the URL, client_id and client_secret',
    ],
    [{ status: 429 }, true, 'answered 429'],
    [{ status: 500 }, true, 'answered 500'],
    [{ fault: 'close' } as const, true, 'gives no token: ECONNRESET (socket hang up)'],
    [{ body: '<html>' }, false, 'answered without a bearer token; check the URL'],
    [json([]), false, 'answered without a bearer token; check the URL'],
    [json({ access_token: '' }), false, 'answered without a bearer token; check the URL'],
    [json({ access_token: 'a\r\nx-evil: b' }), false, 'answered without a bearer token; check the URL'],
    [json({ access_token: 'a', token_type: { toString: 1 } }), false, 'answered without a bearer token; check the URL'],
    [json({ access_token: 'a', token_type: 'mac' }), false, 'answered without a bearer token; check the URL'],
    [{ body: 'x'.repeat(70_000) }, false, 'answered without a bearer token; check the URL'],
  ])('D27: says why there is no token, without secrets: %j', async (answer, retryable, message) => {
    const { server, sent } = await setUp(() => answer);
    await expect(sent()).rejects.toMatchObject({
      name: 'AuthenticationError',
      retryable,
      message: `oauth2.token_url: 127.0.0.1:${server.port} ${message}`,
    });
  });

  it('waits for the server no longer than it may', async () => {
    const { authenticator } = await setUp(() => ({ fault: 'hang' }));
    await expect(authenticator.headersFor(REQUEST, 10)).rejects.toMatchObject({
      retryable: true,
      message: 'oauth2.token_url: fetching a token took too long',
    });
  });

  it('trusts who it is told to trust', async () => {
    const { ca, otherCa, server: tls } = testTls();
    const server = await startFakeCollector({ tls, script: issued });
    onTestFinished(() => server.close());
    const ask = (trusted: string): Promise<unknown> =>
      oauth2({ tokenUrl: server.url, clientId: 'a', clientSecret: SECRET, tls: { ca: trusted } }).headersFor(
        REQUEST,
        5_000,
      );
    expect(await ask(ca)).toEqual({ authorization: 'Bearer token-0' });
    await expect(ask(otherCa)).rejects.toMatchObject({ retryable: false });
  });
});
