import { type FakeAnswer, type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseSecretId } from './secrets-manager-id.ts';
import { secretsManager } from './secrets-manager.ts';
import type { Found } from './source.ts';

const ARN = 'arn:aws:secretsmanager:us-east-2:123456789012:secret:collector/key-AbCdEf';
const credentials = () => Promise.resolve({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-secret-key' });

const start = async (script: (name: string) => FakeAnswer): Promise<FakeCollector> => {
  const server = await startFakeCollector({
    script: ({ body }) => script((JSON.parse(body.toString()) as { SecretId: string }).SecretId),
  });
  onTestFinished(() => server.close());
  return server;
};

const secret = (SecretString: string): FakeAnswer => ({ body: JSON.stringify({ Name: 'n', SecretString }) });
const refusal = (type: string): FakeAnswer => ({
  status: 400,
  body: JSON.stringify({ __type: type, Message: 'canary' }),
});

const read = async (
  server: { readonly url: string },
  ...names: readonly string[]
): Promise<ReadonlyMap<string, Found>> => {
  const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url };
  return secretsManager({ credentials, env, sleep: () => Promise.resolve() }).read(names, 3000);
};

const problemWith = async (answer: FakeAnswer, name = 'a/b'): Promise<unknown> =>
  (await read(await start(() => answer), name)).get(name);

describe('secretsManager', () => {
  it('asks for each secret once, and gives its text', async () => {
    const server = await start((name) => secret(`value of ${name}`));
    const found = await read(server, 'a', 'b/c', 'a');
    expect([...found]).toEqual([
      ['a', { value: 'value of a' }],
      ['b/c', { value: 'value of b/c' }],
    ]);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    });
  });

  it('signs for the Region of an ARN', async () => {
    const server = await start(() => secret('x'));
    await read(server, ARN, 'a');
    const regions = server.requests.map(({ body, headers }) => {
      const { SecretId } = JSON.parse(body.toString()) as { readonly SecretId: string };
      return [SecretId, /\/([a-z0-9-]+)\/secretsmanager\//.exec(headers.authorization ?? '')?.[1]];
    });
    expect(new Map(regions as [string, string][])).toEqual(
      new Map([
        [ARN, 'us-east-2'],
        ['a', 'eu-west-1'],
      ]),
    );
  });

  it('a hundred at once share a few connections', async () => {
    const server = await start((name) => ({ ...secret(name), delayMs: 1 }));
    const names = Array.from({ length: 100 }, (_, index) => `s/${index}`);
    expect([...(await read(server, ...names)).values()].every((found) => 'value' in found)).toBe(true);
    expect(server.connections).toBe(5);
  });

  it('D4: one that fails spares its neighbours', async () => {
    const server = await start((name) => (name === 'bad' ? refusal('DecryptionFailure') : secret(name)));
    const found = await read(server, 'good', 'bad', 'fine');
    expect(found.get('good')).toEqual({ value: 'good' });
    expect(found.get('fine')).toEqual({ value: 'fine' });
    expect(found.get('bad')).toMatchObject({ permanent: true });
  });

  it.each<[string, FakeAnswer, RegExp, boolean]>([
    [
      'no permission',
      refusal('AccessDeniedException'),
      /allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:\*:secret:a\/b-\*, and kms:Decrypt/,
      true,
    ],
    [
      'no such secret',
      refusal('ResourceNotFoundException'),
      /does not exist in eu-west-1: check its name and Region/,
      true,
    ],
    ['one marked for deletion', refusal('InvalidRequestException'), /marked for deletion/, true],
    [
      'a key that is switched off',
      refusal('DecryptionFailure'),
      /cannot be decrypted: check that its KMS key is enabled, and allow kms:Decrypt/,
      true,
    ],
    ['expired credentials', refusal('ExpiredTokenException'), /credentials of this function/, false],
    [
      'throttling',
      refusal('ThrottlingException'),
      /secretsmanager:GetSecretValue was answered with ThrottlingException/,
      false,
    ],
    ['an error of the service', { status: 500 }, /was answered with status 500/, false],
    ['something new', refusal('NewException'), /was answered with NewException/, true],
    ['a name that every object has', refusal('constructor'), /was answered with constructor/, true],
    ['a binary secret', { body: '{"SecretBinary":"Y2FuYXJ5"}' }, /is binary: store it as text \(SecretString\)/, true],
    ['no JSON', { body: 'canary' }, /answered with broken answer/, false],
    ['an answer that is too large', secret('x'.repeat(600_000)), /larger than anything/, true],
  ])('says what is wrong and what to do: %s', async (_what, answer, problem, permanent) => {
    const found = await problemWith(answer);
    expect(found).toEqual({ problem: expect.stringMatching(problem) as string, permanent });
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('F32: says what a function in a VPC lacks when AWS cannot be reached', async () => {
    const server = await start(() => secret('x'));
    await server.close();
    expect((await read(server, 'a')).get('a')).toEqual({
      problem: expect.stringMatching(
        /127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED .*\); a function in a VPC needs a NAT gateway or the interface endpoint com\.amazonaws\.eu-west-1\.secretsmanager/,
      ) as string,
      permanent: false,
    });
  });

  it('a Region or endpoint that is missing or wrong is told without a request', async () => {
    const of = async (env: Readonly<Record<string, string>>): Promise<unknown> =>
      (await secretsManager({ credentials, env }).read(['a'], 100)).get('a');
    expect(await of({})).toEqual({ problem: 'needs a Region: set AWS_REGION', permanent: true });
    expect(await of({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'canary' })).toEqual({
      problem:
        'cannot be read: AWS_ENDPOINT_URL_SECRETS_MANAGER or AWS_ENDPOINT_URL does not hold an http:// or https:// URL',
      permanent: true,
    });
  });

  it.each([
    'a',
    'a/b',
    'rds!db-1',
    'a+b=c.d@e_f-g',
    ARN,
    'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x-AbCdEf',
  ])('%s names a secret', (name) => expect(parseSecretId(name)).toBeDefined());

  it.each([
    '',
    ' a',
    'a b',
    'x'.repeat(513),
    'a\n',
    'arn:aws:secretsmanager:evil.example/#:123456789012:secret:x',
    'arn:aws:secretsmanager:evil-example-1.evil.example:123456789012:secret:x',
    'arn:aws-cn:secretsmanager:us-east-1:123456789012:secret:x',
    'arn:aws:secretsmanager:us-east-1:1234:secret:x',
    'arn:aws:ssm:us-east-1:123456789012:parameter/x',
    'arn:aws:secretsmanager:us-east-1@evil:123456789012:secret:x',
  ])('%j does not, is not repeated, and nobody is asked for it', async (name) => {
    const server = await start(() => secret('x'));
    const found = (await read(server, name)).get(name);
    expect(found).toEqual({ problem: 'is neither the name nor the ARN of a secret', permanent: true });
    expect(server.requests).toHaveLength(0);
  });
});
