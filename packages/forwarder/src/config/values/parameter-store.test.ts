import { type FakeAnswer, type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parameterStore } from './parameter-store.ts';
import type { Found } from './source.ts';

const ARN = 'arn:aws:ssm:us-east-2:123456789012:parameter/shared/key';
const credentials = () => Promise.resolve({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-secret-key' });

interface Asked {
  readonly Names: readonly string[];
  readonly WithDecryption: boolean;
}

const start = async (script: (asked: Asked) => FakeAnswer): Promise<FakeCollector> => {
  const server = await startFakeCollector({ script: ({ body }) => script(JSON.parse(body.toString()) as Asked) });
  onTestFinished(() => server.close());
  return server;
};

/** As GetParameters does: the name without version, which is the selector, and the ARN. */
const parameters = (names: readonly string[]): FakeAnswer => ({
  body: JSON.stringify({
    Parameters: names.map((asked) => {
      const [, path = '', selector] = /^(?:arn:.*?:parameter)?([^:]*)(:.*)?$/.exec(asked) ?? [];
      const ARN = `arn:aws:ssm:us-east-2:123456789012:parameter/${path.replace(/^\//, '')}`;
      return { Name: path, ARN, Value: `value of ${asked}`, ...(selector === undefined ? {} : { Selector: selector }) };
    }),
    InvalidParameters: [],
  }),
});
const refusal = (type: string): FakeAnswer => ({
  status: 400,
  body: JSON.stringify({ __type: type, message: 'canary' }),
});

const read = (server: { readonly url: string }, ...names: readonly string[]): Promise<ReadonlyMap<string, Found>> => {
  const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: server.url };
  return parameterStore({ credentials, env, sleep: () => Promise.resolve() }).read(names, 3000);
};

const askedOf = ({ requests }: FakeCollector): readonly Asked[] =>
  requests.map(({ body }) => JSON.parse(body.toString()) as Asked);

describe('parameterStore', () => {
  it('asks for ten with a request, decrypted', async () => {
    const server = await start(({ Names }) => parameters(Names));
    const names = Array.from({ length: 23 }, (_, index) => `/p/${index}`);
    const found = await read(server, ...names, '/p/0');
    expect(names.map((name) => found.get(name))).toEqual(names.map((name) => ({ value: `value of ${name}` })));
    const asked = askedOf(server);
    expect(asked.map(({ Names }) => Names.length).sort()).toEqual([10, 10, 3]);
    expect(asked.every(({ WithDecryption }) => WithDecryption)).toBe(true);
    expect(server.requests[0]?.headers['x-amz-target']).toBe('AmazonSSM.GetParameters');
  });

  it('takes names with and without a slash, versions, labels and ARNs of other Regions', async () => {
    const server = await start(({ Names }) => parameters(Names));
    const names = ['plain', '/a/b', '/a/b:3', '/a/b:live', ARN];
    const found = await read(server, ...names);
    expect(names.map((name) => found.get(name))).toEqual(names.map((name) => ({ value: `value of ${name}` })));
    const regions = server.requests.map(
      ({ headers }) => /\/([a-z0-9-]+)\/ssm\//.exec(headers.authorization ?? '')?.[1],
    );
    expect(regions.sort()).toEqual(['eu-west-1', 'us-east-2']);
  });

  it('one that is not there is told by its own name', async () => {
    const server = await start(() => parameters(['/a']));
    const found = await read(server, '/a', '/b');
    expect(found.get('/a')).toEqual({ value: 'value of /a' });
    expect(found.get('/b')).toEqual({
      problem: 'does not exist in eu-west-1: check its name and Region, and whether it was deleted',
      permanent: true,
    });
  });

  it('D4: one that may not be read spares those that were asked for with it', async () => {
    const server = await start(({ Names }) =>
      Names.includes('/bad') ? refusal('AccessDeniedException') : parameters(Names),
    );
    const found = await read(server, '/a', '/bad', '/c:2');
    expect(found.get('/a')).toEqual({ value: 'value of /a' });
    expect(found.get('/c:2')).toEqual({ value: 'value of /c:2' });
    expect(found.get('/bad')).toEqual({
      problem: expect.stringContaining('allow ssm:GetParameters on arn:aws:ssm:eu-west-1:*:parameter/bad,') as string,
      permanent: true,
    });
    expect(server.requests).toHaveLength(4);
  });

  it.each<[string, FakeAnswer, RegExp, boolean, number]>([
    ['a key that is switched off', refusal('InvalidKeyId'), /cannot be decrypted/, true, 3],
    ['throttling', refusal('ThrottlingException'), /answered with ThrottlingException/, false, 4],
    ['an answer without parameters', { body: '{"Parameters":[null,{"Name":"/a"}]}' }, /does not exist/, true, 1],
  ])('%s', async (_what, answer, problem, permanent, requests) => {
    const server = await start(() => answer);
    const found = await read(server, '/a', '/b');
    const told = { problem: expect.stringMatching(problem) as string, permanent };
    expect([...found.values()]).toEqual([told, told]);
    expect(server.requests).toHaveLength(requests);
    expect(JSON.stringify([...found])).not.toContain('canary');
  });

  it.each([
    '',
    '/',
    '/a/',
    'a b',
    `/${'x'.repeat(2048)}`,
    'arn:aws:ssm:evil.example:123456789012:parameter/x',
    'arn:aws:ssm:cn-north-1:123456789012:parameter/x',
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:x',
  ])('%j is no parameter, is not repeated, and nobody is asked for it', async (name) => {
    const server = await start(() => parameters([]));
    const found = await read(server, name);
    expect(found.get(name)).toEqual({ problem: 'is neither the name nor the ARN of a parameter', permanent: true });
    expect(server.requests).toHaveLength(0);
  });

  it('without a Region nobody is asked', async () => {
    const found = await parameterStore({ credentials, env: {} }).read(['/a'], 100);
    expect(found.get('/a')).toEqual({ problem: 'needs a Region: set AWS_REGION', permanent: true });
  });
});
