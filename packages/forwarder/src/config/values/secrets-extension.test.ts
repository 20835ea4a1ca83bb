import { type FakeAnswer, type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { preferExtension, secretsExtension, type SecretsExtensionOptions } from './secrets-extension.ts';
import type { Found, ValueSource } from './source.ts';

const start = async (script: (path: string) => FakeAnswer): Promise<FakeCollector> => {
  const server = await startFakeCollector({ script: ({ path }) => script(path) });
  onTestFinished(() => server.close());
  return server;
};

const open = (of: SecretsExtensionOptions['of'], port: number): ValueSource | undefined =>
  secretsExtension({
    env: {
      AWS_SESSION_TOKEN: 'the-token',
      AWS_REGION: 'eu-west-1',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port),
    },
    of,
    exists: () => true,
  });

const NOT_READY: FakeAnswer = { status: 400, body: 'not ready to serve traffic, please wait' };

describe('secretsExtension', () => {
  it('asks for secrets with the token of the session', async () => {
    const server = await start((path) => ({ body: JSON.stringify({ Name: 'a', SecretString: path }) }));
    const found = await open('secretsmanager', server.port)?.read(['a/b+c', 'a/b+c'], 1000);
    expect([...(found ?? [])]).toEqual([['a/b+c', { value: '/secretsmanager/get?secretId=a%2Fb%2Bc' }]]);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'GET' });
    expect(server.requests[0]?.headers['x-aws-parameters-secrets-token']).toBe('the-token');
  });

  it('asks for parameters, decrypted', async () => {
    const server = await start((path) => ({ body: JSON.stringify({ Parameter: { Name: 'x', Value: path } }) }));
    expect((await open('ssm', server.port)?.read(['/a'], 1000))?.get('/a')).toEqual({
      value: '/systemsmanager/parameters/get?name=%2Fa&withDecryption=true',
    });
  });

  it.each<[string, FakeAnswer, RegExp]>([
    ['it is not ready', NOT_READY, /status 400/],
    ['it says nothing', { fault: 'hang' }, /timed out/],
    ['it answers no JSON', { body: 'canary' }, /no JSON/],
    ['it answers nothing of use', { body: 'null' }, /is binary/],
    ['it answers too much', { body: 'x'.repeat(600_000) }, /status 200/],
  ])('tells when %s', async (_what, answer, problem) => {
    const server = await start(() => answer);
    const found = (await open('secretsmanager', server.port)?.read(['a'], 200))?.get('a');
    expect(found).toMatchObject({ problem: expect.stringMatching(problem) as string });
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('is not asked about other Regions', async () => {
    const server = await start(() => ({}));
    const secret = 'arn:aws:secretsmanager:us-east-2:123456789012:secret:x-AbCdEf';
    const parameter = 'arn:aws:ssm:us-east-2:123456789012:parameter/x';
    for (const [of, name] of [
      ['secretsmanager', secret],
      ['ssm', parameter],
    ] as const)
      expect((await open(of, server.port)?.read([name], 1000))?.get(name)).toMatchObject({ problem: /another Region/ });
    expect(server.requests).toHaveLength(0);
  });

  it('is found by its file and the token of the session alone', () => {
    const looked: string[] = [];
    const find = (env: Readonly<Record<string, string>>, there = true): boolean =>
      secretsExtension({ env, of: 'ssm', exists: (path) => (looked.push(path), there) }) !== undefined;
    expect(find({ AWS_SESSION_TOKEN: 't' })).toBe(true);
    expect(find({ AWS_SESSION_TOKEN: 't' }, false)).toBe(false);
    expect(looked).toEqual(Array(2).fill('/opt/extensions/AWSParametersAndSecretsLambdaExtension'));
    expect(find({})).toBe(false);
    for (const port of ['x', '0', '65536', '1@evil.example', '-1'])
      expect(find({ AWS_SESSION_TOKEN: 't', PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: port })).toBe(false);
    expect(looked).toHaveLength(2);
    expect(secretsExtension({ env: { AWS_SESSION_TOKEN: 't' }, of: 'ssm' })).toBeUndefined();
  });
});

describe('preferExtension', () => {
  const source = (name: string, known: readonly string[], log: unknown[]): ValueSource => ({
    read: (names, timeoutMs) => {
      log.push([name, names, timeoutMs]);
      return Promise.resolve(
        new Map(
          names.map((asked): [string, Found] => [
            asked,
            known.includes(asked)
              ? { value: `${name} ${asked}` }
              : { problem: `${name} does not know`, permanent: false },
          ]),
        ),
      );
    },
  });

  const opened = (initialising: () => boolean, log: unknown[]) =>
    preferExtension(source('direct', ['a', 'b'], log), source('extension', ['a'], log), {
      initialising,
      clock: () => 0,
    });

  it('asks the extension, and directly for what it does not tell', async () => {
    const log: unknown[] = [];
    const both = opened(() => false, log);
    expect([...(await both.read(['a'], 1000))]).toEqual([['a', { value: 'extension a' }]]);
    expect([...(await both.read(['a', 'b', 'c'], 1000))]).toEqual([
      ['a', { value: 'extension a' }],
      ['b', { value: 'direct b' }],
      ['c', { problem: 'direct does not know', permanent: false }],
    ]);
    expect(log).toEqual([
      ['extension', ['a'], 500],
      ['extension', ['a', 'b', 'c'], 500],
      ['direct', ['b', 'c'], 1000],
    ]);
  });

  it('D11: asks directly for what has to be fresh: the extension forgets nothing in time', async () => {
    const log: unknown[] = [];
    await opened(() => false, log).read(['a'], 1000, { fresh: true });
    expect(log).toEqual([['direct', ['a'], 1000]]);
  });

  it('D11: asks directly for a key that was just refused, for as long as the extension may keep the old one', async () => {
    const log: unknown[] = [];
    let nowMs = 1_000_000;
    const both = preferExtension(source('direct', ['a', 'b'], log), source('extension', ['a', 'b'], log), {
      initialising: () => false,
      clock: () => 0,
      now: () => nowMs,
    });
    await both.read(['a'], 1000, { fresh: true });
    nowMs += 299_999;
    expect([...(await both.read(['a', 'b'], 1000))].sort()).toEqual([
      ['a', { value: 'direct a' }],
      ['b', { value: 'extension b' }],
    ]);
    nowMs += 1;
    expect([...(await both.read(['a'], 1000))]).toEqual([['a', { value: 'extension a' }]]);
  });

  it('asks directly while the environment starts', async () => {
    const log: unknown[] = [];
    let starting = true;
    const both = opened(() => starting, log);
    await both.read(['a'], 1000);
    starting = false;
    await both.read(['a'], 1000);
    expect(log).toEqual([
      ['direct', ['a'], 1000],
      ['extension', ['a'], 500],
    ]);
  });

  it('asks directly where there is none', async () => {
    const log: unknown[] = [];
    await preferExtension(source('direct', ['a'], log), undefined, { initialising: () => false }).read(['a'], 7);
    expect(log).toEqual([['direct', ['a'], 7]]);
  });
});
