import { type FakeAnswer, type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderOf, type Listing, listSecrets } from './secrets-prefix-list.ts';

const credentials = () => Promise.resolve({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-secret-key' });

interface Asked {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const start = async (script: (asked: Asked) => object | undefined): Promise<FakeCollector> => {
  const server = await startFakeCollector({
    script: ({ body, headers }): FakeAnswer => {
      const input = JSON.parse(body.toString()) as Asked['input'];
      const answer = script({ action: String(headers['x-amz-target']), input });
      return answer === undefined
        ? { status: 400, body: '{"__type":"AccessDeniedException"}' }
        : { body: JSON.stringify(answer) };
    },
  });
  onTestFinished(() => server.close());
  return server;
};

const list = ({ url }: FakeCollector, prefix = 'app/keys'): Promise<Listing> => {
  const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: url };
  return listSecrets({ credentials, env, sleep: () => Promise.resolve() }, prefix, 3000);
};

const secret = (Name: string): object => ({ Name, SecretString: `value of ${Name}` });

describe('listSecrets', () => {
  it('reads page after page, by the name filter', async () => {
    const names = Array.from({ length: 45 }, (_, index) => `app/keys/${String(index).padStart(2, '0')}`);
    const server = await start(({ input: { NextToken: token = '0' } }) => ({
      SecretValues: names.slice(Number(token), Number(token) + 20).map(secret),
      ...(Number(token) + 20 < names.length ? { NextToken: String(Number(token) + 20) } : {}),
    }));
    const listing = await list(server);
    expect(listing).toEqual({
      secrets: names.map((name) => ({ name, found: { value: `value of ${name}` } })),
    });
    const inputs = server.requests.map(({ body }) => JSON.parse(body.toString()) as unknown);
    const common = { Filters: [{ Key: 'name', Values: ['app/keys/'] }], MaxResults: 20 };
    expect(inputs).toEqual([common, { ...common, NextToken: '20' }, { ...common, NextToken: '40' }]);
    expect(server.requests[0]?.headers['x-amz-target']).toBe('secretsmanager.BatchGetSecretValue');
  });

  it('a page may be empty, and more follow', async () => {
    const server = await start(({ input: { NextToken: token } }) =>
      token === undefined
        ? { SecretValues: [], NextToken: 'n' }
        : { SecretValues: [secret('app/keys/a')], NextToken: null },
    );
    expect(await list(server)).toMatchObject({ secrets: [{ name: 'app/keys/a' }] });
  });

  it('takes no secret that only begins alike', async () => {
    const server = await start(() => ({
      SecretValues: [secret('app/keys/a'), secret('app/keys-old/b'), secret('APP/keys/c'), null],
    }));
    expect(await list(server)).toMatchObject({ secrets: [{ name: 'app/keys/a' }] });
  });

  it('D4: reads those that a page cannot bring one by one; each tells for itself', async () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/keys/c-AbCdEf';
    const server = await start(({ action, input }) => {
      if (action.endsWith('.BatchGetSecretValue'))
        return {
          SecretValues: [secret('app/keys/b'), { Name: 'app/keys/d', SecretBinary: 'eA==' }],
          Errors: [
            { SecretId: 'app/keys/a', ErrorCode: 'InternalServiceError' },
            { SecretId: arn, ErrorCode: 'AccessDeniedException', Message: 'canary' },
          ],
        };
      return input['SecretId'] === 'app/keys/a' ? secret('app/keys/a') : undefined;
    });
    const listing = await list(server);
    expect(listing).toMatchObject({
      secrets: [
        { name: 'app/keys/a', found: { value: 'value of app/keys/a' } },
        { name: 'app/keys/b', found: { value: 'value of app/keys/b' } },
        {
          name: 'app/keys/c',
          found: { problem: expect.stringContaining('allow secretsmanager:GetSecretValue') as string, permanent: true },
        },
        { name: 'app/keys/d', found: { problem: expect.stringContaining('is binary') as string } },
      ],
    });
    expect(JSON.stringify(listing)).not.toContain('canary');
  });

  it('says what permission it needs', async () => {
    expect(await list(await start(() => undefined))).toEqual({
      problem: expect.stringContaining(
        'allow secretsmanager:BatchGetSecretValue and secretsmanager:ListSecrets on *',
      ) as string,
      permanent: true,
    });
  });

  it.each(['too many', 'a list without an end'])('does not go on for ever: %s', async (what) => {
    let count = 0;
    const many = what === 'too many' ? 20 : 0;
    const server = await start(() => ({
      SecretValues: Array.from({ length: many }, () => secret(`app/keys/${count++}`)),
      NextToken: String(count),
    }));
    expect(await list(server)).toEqual({
      problem: 'has more than 100 secrets; give destinations a prefix of their own',
      permanent: true,
    });
    expect(server.requests.length).toBeLessThanOrEqual(50);
  });

  it('without a Region nobody is asked', async () => {
    expect(await listSecrets({ credentials, env: {} }, 'a', 100)).toEqual({
      problem: 'needs a Region: set AWS_REGION',
      permanent: true,
    });
  });

  it.each(['', '/', '//', '!a', 'a b', 'a\n', 'x'.repeat(500)])('%j is no prefix: nobody is asked', async (prefix) => {
    const server = await start(() => ({}));
    expect(await list(server, prefix)).toMatchObject({ problem: /is no prefix/, permanent: true });
    expect(server.requests).toHaveLength(0);
  });

  it.each(['a/b', 'a/b/', 'a/b//'])('%s ends in one slash', (prefix) => expect(folderOf(prefix)).toBe('a/b/'));
});
