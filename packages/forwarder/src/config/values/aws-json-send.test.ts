import { type FakeAnswer, type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AuthenticationError } from '../../auth/authentication-error.ts';
import type { CredentialsProvider } from '../../auth/sign.ts';
import { type AwsCall, type AwsReply, awsSender, type AwsSenderOptions } from './aws-json-send.ts';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-secret-key', sessionToken: 'canary-token' };
const NOW = Date.parse('2026-11-21T12:00:00Z');

const start = async (script: readonly FakeAnswer[] | (() => FakeAnswer)): Promise<FakeCollector> => {
  const server = await startFakeCollector({ script });
  onTestFinished(() => server.close());
  return server;
};

const callOf = ({ url }: { readonly url: string }): AwsCall => ({
  service: 'ssm',
  region: 'eu-west-1',
  url: new URL(url),
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: '{}',
});

interface Sent {
  readonly reply: AwsReply;
  readonly waits: readonly number[];
}

/** One request, by a clock on which only waiting takes time. */
const send = async (
  server: { readonly url: string },
  options: Partial<AwsSenderOptions> = {},
  timeoutMs = 3000,
): Promise<Sent> => {
  const waits: number[] = [];
  let nowMs = 0;
  const sender = awsSender({
    credentials: () => Promise.resolve(KEYS),
    now: () => NOW,
    clock: () => nowMs,
    random: () => 0.5,
    sleep: (ms) => {
      waits.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
    ...options,
  });
  return { reply: await sender(callOf(server), timeoutMs), waits };
};

const refusal = (type: string, status = 400): FakeAnswer => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.ssm#${type}`, message: 'canary of AWS' }),
});

describe('awsSender', () => {
  it('signs what it sends, with the token of temporary keys, and gives back what was answered', async () => {
    const server = await start([{ body: '{"a":1}' }]);
    const { reply } = await send(server);
    expect('body' in reply && Buffer.from(reply.body).toString()).toBe('{"a":1}');
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-date': '20261121T120000Z',
      'x-amz-security-token': 'canary-token',
    });
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261121\/eu-west-1\/ssm\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/,
    );
  });

  it('sends a GET where there is no body', async () => {
    const server = await start([{}]);
    const sender = awsSender({ credentials: () => Promise.resolve(KEYS) });
    const { body: _none, ...call } = callOf(server);
    await sender(call, performance.now() + 3000);
    expect(server.requests[0]).toMatchObject({ method: 'GET' });
  });

  it.each<[string, FakeAnswer]>([
    ['throttling', refusal('ThrottlingException')],
    ['throttling, in S3', { status: 503, body: '<Error><Code>SlowDown</Code></Error>' }],
    ['429', { status: 429 }],
    ['an error of the service', refusal('InternalServerError', 500)],
    ['a connection that is reset', { fault: 'reset' }],
    ['an answer that ends too soon', { body: '{"a":1}', cut: 'close' }],
  ])('F17: %s is tried again after a wait that doubles, four times in all', async (_what, answer) => {
    const once = await start([answer, answer, { body: 'x' }]);
    const { reply, waits } = await send(once);
    expect('body' in reply).toBe(true);
    expect(waits).toEqual([100, 200]);
    const always = await start(() => answer);
    expect(await send(always)).toMatchObject({ reply: { failure: { retryable: true } }, waits: [100, 200, 400] });
    expect(always.requests).toHaveLength(4);
  });

  it('F17: waits have jitter', async () => {
    const server = await start(() => ({ status: 500 }));
    expect((await send(server, { random: () => 0 })).waits).toEqual([50, 100, 200]);
    expect((await send(server, { random: () => 1 })).waits).toEqual([150, 300, 600]);
  });

  it('F17: does not wait for a try that would begin after the time', async () => {
    const server = await start(() => ({ status: 500 }));
    expect((await send(server, {}, 250)).waits).toEqual([100]);
    expect(server.requests).toHaveLength(2);
  });

  it('gives up when the time is over, whoever is silent', async () => {
    const server = await start(() => ({ fault: 'hang' }));
    const clock = (): number => performance.now();
    const sender = awsSender({ credentials: () => Promise.resolve(KEYS), clock });
    const reply = await sender(callOf(server), clock() + 60);
    expect(reply).toMatchObject({ failure: { code: 'unreachable', detail: 'timed out', retryable: true } });
    const stuck = awsSender({ credentials: () => new Promise<never>(() => undefined), clock });
    const nothing = await stuck(callOf(server), clock() + 60);
    expect(nothing).toMatchObject({ failure: { code: 'no_credentials', retryable: true } });
  });

  it.each(['AccessDeniedException', 'ResourceNotFoundException', 'DecryptionFailure', 'ValidationException'])(
    '%s is final, and told by its name alone',
    async (type) => {
      const server = await start(() => refusal(type));
      const { reply } = await send(server);
      expect(reply).toMatchObject({ failure: { code: type, detail: '', retryable: false } });
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each<[string, FakeAnswer]>([
    ['a name like none of AWS', refusal('canary of <b>evil</b>')],
    ['no name', { status: 400, body: 'canary' }],
    ['no text', { status: 400, body: Uint8Array.of(0xff, 0x00) }],
  ])('an error with %s is told by its status', async (_what, answer) => {
    expect((await send(await start(() => answer))).reply).toMatchObject({ failure: { code: 'status 400' } });
  });

  it('the name may stand in a header', async () => {
    const headers = { 'x-amzn-errortype': 'AccessDeniedException:http://internal.amazon.com/coral/' };
    const { reply } = await send(await start(() => ({ status: 400, headers })));
    expect(reply).toMatchObject({ failure: { code: 'AccessDeniedException' } });
  });

  it('does not follow a redirect', async () => {
    const other = await start([]);
    const { reply } = await send(await start(() => ({ status: 301, headers: { location: other.url } })));
    expect(reply).toMatchObject({ failure: { code: 'status 301', retryable: false } });
    expect(other.requests).toHaveLength(0);
  });

  it('an answer over the limit is not read', async () => {
    const { reply } = await send(await start([{ body: 'x'.repeat(100) }]), { maxAnswerBytes: 99 });
    expect(reply).toMatchObject({ failure: { code: 'too_large', retryable: false } });
  });

  it('credentials that have expired are fetched anew, once', async () => {
    const asked: unknown[] = [];
    const credentials: CredentialsProvider = (options) => {
      asked.push(options);
      return Promise.resolve(KEYS);
    };
    const server = await start([refusal('ExpiredTokenException'), { body: 'x' }]);
    expect('body' in (await send(server, { credentials })).reply).toBe(true);
    expect(asked).toEqual([{ fresh: false }, { fresh: true }]);
    const always = await start(() => refusal('ExpiredTokenException'));
    expect((await send(always, { credentials })).reply).toMatchObject({ failure: { code: 'ExpiredTokenException' } });
    expect(always.requests).toHaveLength(2);
  });

  it('F23: adopts the clock of AWS when it says that ours is wrong', async () => {
    const date = new Date(NOW + 3_600_000).toUTCString();
    const wrong = { ...refusal('InvalidSignatureException'), headers: { date } } as FakeAnswer;
    const server = await start([wrong, { body: 'x' }, { body: 'y' }]);
    const sender = awsSender({ credentials: () => Promise.resolve(KEYS), now: () => NOW });
    for (let i = 0; i < 2; i++) await sender(callOf(server), performance.now() + 3000);
    const dates = server.requests.map(({ headers }) => headers['x-amz-date']);
    expect(dates).toEqual(['20261121T120000Z', '20261121T130000Z', '20261121T130000Z']);
  });

  it('F23: a signature that is wrong by itself is final', async () => {
    const headers = { date: new Date(NOW + 2000).toUTCString() };
    const server = await start(() => ({ ...refusal('InvalidSignatureException'), headers }));
    expect((await send(server)).reply).toMatchObject({ failure: { retryable: false } });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [new AuthenticationError('no profile', { retryable: false }), 'no profile', false],
    [new AuthenticationError('throttled', { retryable: true }), 'throttled', true],
    [new Error('canary'), 'they cannot be had', true],
  ])('without credentials nothing is sent: %s', async (error, detail, retryable) => {
    const server = await start([]);
    const { reply } = await send(server, { credentials: () => Promise.reject(error) });
    expect(reply).toMatchObject({ failure: { code: 'no_credentials', detail, retryable } });
    expect(server.requests).toHaveLength(0);
  });

  it('no failure holds a secret, or a word of the answer', async () => {
    for (const answer of [
      refusal('AccessDeniedException'),
      refusal('InternalServerError', 500),
      { fault: 'reset' } as const,
    ])
      expect(JSON.stringify((await send(await start(() => answer))).reply)).not.toContain('canary');
  });
});
