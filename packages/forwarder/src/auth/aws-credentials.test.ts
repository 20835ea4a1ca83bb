import { join } from 'node:path';
import { type FakeCollectorOptions, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { awsCredentials } from './aws-credentials.ts';

const none = join(import.meta.dirname, 'none');
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', none);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', none);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

const start = async (options: FakeCollectorOptions) => {
  const server = await startFakeCollector(options);
  onTestFinished(() => server.close());
  return server;
};

const KEYS = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret-one' };
const HOUR_MS = 3_600_000;

describe('awsCredentials of variables', () => {
  it('reads them anew each time', async () => {
    const env: Record<string, string> = { ...KEYS, AWS_SESSION_TOKEN: 'token' };
    const credentials = awsCredentials(env);
    expect(await credentials()).toEqual({ accessKeyId: 'AKID', secretAccessKey: 'secret-one', sessionToken: 'token' });
    env['AWS_SECRET_ACCESS_KEY'] = 'secret-two';
    delete env['AWS_SESSION_TOKEN'];
    expect(await credentials({ fresh: true })).toEqual({ accessKeyId: 'AKID', secretAccessKey: 'secret-two' });
  });
});

describe('awsCredentials of the chain of the SDK', () => {
  const container = (expiresAtMs: () => number) =>
    start({
      script: (_, index) => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          AccessKeyId: `AKID${index}`,
          SecretAccessKey: 's',
          Token: 't',
          Expiration: new Date(expiresAtMs()).toISOString(),
        }),
      }),
    });

  it('asks where a container says, once, and again five minutes before they expire', async () => {
    let nowMs = Date.now();
    const expiresAtMs = nowMs + HOUR_MS;
    const server = await container(() => expiresAtMs);
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${server.url}/credentials`);
    const credentials = awsCredentials({}, { now: () => nowMs });
    const all = await Promise.all([credentials(), credentials(), credentials()]);
    const first = { accessKeyId: 'AKID0', secretAccessKey: 's', sessionToken: 't', expiresAtMs };
    expect(all).toEqual([first, first, first]);
    nowMs = expiresAtMs - 5 * 60_000 - 1;
    expect((await credentials()).accessKeyId).toBe('AKID0');
    nowMs += 1;
    expect((await credentials()).accessKeyId).toBe('AKID1');
    expect((await credentials({ fresh: true })).accessKeyId).toBe('AKID2');
    expect(server.requests).toHaveLength(3);
  });

  it('says what to do where there are none, and prints nothing', async () => {
    const printed = [vi.spyOn(console, 'warn'), vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    await expect(awsCredentials({})()).rejects.toMatchObject({
      name: 'AuthenticationError',
      retryable: false,
      message: expect.stringMatching(
        /^no AWS credentials: set AWS_ACCESS_KEY_ID .*CredentialsProviderError\)$/,
      ) as string,
    });
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });
});

const stsAnswer = (index: number, expiresAtMs: number): string => `<AssumeRoleResponse><AssumeRoleResult><Credentials>
  <AccessKeyId>ASIA${index}</AccessKeyId><SecretAccessKey>role/secret+${index}==</SecretAccessKey>
  <SessionToken>token${index}</SessionToken><Expiration>${new Date(expiresAtMs).toISOString()}</Expiration>
  </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const stsError = (code: string): string =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`;
const ROLE = { roleArn: 'arn:aws:iam::123456789012:role/telemetry', externalId: 'ex ternal&id', region: 'eu-west-1' };

describe('awsCredentials of a role', () => {
  it('assumes it with one signed request, again five minutes before they expire', async () => {
    let nowMs = Date.UTC(2026, 10, 21);
    const server = await start({ script: (_, index) => ({ body: stsAnswer(index, nowMs + HOUR_MS) }) });
    const env = { ...KEYS, AWS_ENDPOINT_URL_STS: server.url };
    const credentials = awsCredentials(env, { role: ROLE, now: () => nowMs });
    const [one, two] = await Promise.all([credentials(), credentials()]);
    expect(one).toEqual({
      accessKeyId: 'ASIA0',
      secretAccessKey: 'role/secret+0==',
      sessionToken: 'token0',
      expiresAtMs: nowMs + HOUR_MS,
    });
    expect(two).toBe(one);
    const [request] = server.requests;
    expect(Object.fromEntries(new URLSearchParams(request?.body.toString()))).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: ROLE.roleArn,
      ExternalId: ROLE.externalId,
      RoleSessionName: 'serverless-otlp-forwarder',
    });
    expect(request?.headers.authorization).toContain('Credential=AKID/20261121/eu-west-1/sts/aws4_request');
    nowMs += HOUR_MS - 5 * 60_000;
    expect((await credentials()).accessKeyId).toBe('ASIA1');
    expect(server.requests).toHaveLength(2);
  });

  it('goes on with the old ones while STS is down, until they expire', async () => {
    let nowMs = Date.UTC(2026, 10, 21);
    const server = await start({
      script: (_, index) => (index === 0 ? { body: stsAnswer(0, nowMs + HOUR_MS) } : { status: 503 }),
    });
    const credentials = awsCredentials({ ...KEYS, AWS_ENDPOINT_URL: server.url }, { role: ROLE, now: () => nowMs });
    await credentials();
    nowMs += HOUR_MS - 1000;
    expect((await credentials()).accessKeyId).toBe('ASIA0');
    nowMs += 1000;
    await expect(credentials()).rejects.toMatchObject({
      retryable: true,
      message: 'sigv4.role_arn: the role cannot be assumed: STS answered 503 (no code)',
    });
  });

  it.each([
    [{ status: 403, body: stsError('AccessDenied') }, 1, false, /STS answered 403 \(AccessDenied\); its trust policy/],
    [{ status: 400, body: stsError('Throttling') }, 2, true, /STS answered 400 \(Throttling\)$/],
    [{ status: 429 }, 2, true, /429/],
    [{ fault: 'close' } as const, 2, true, /STS: closed|STS: ECONNRESET/],
    [{ body: '<html>' }, 1, false, /cannot be read; check AWS_ENDPOINT_URL_STS$/],
    [{ body: 'x'.repeat(70_000) }, 1, false, /cannot be read/],
    [{ status: 302, headers: { location: 'https://elsewhere.example/' } }, 1, false, /302/],
  ])('says what STS answers: %j', async (answer, requests, retryable, message) => {
    const server = await start({ script: () => answer });
    const failed = await awsCredentials({ ...KEYS, AWS_ENDPOINT_URL: server.url }, { role: ROLE })().catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({
      name: 'AuthenticationError',
      retryable,
      message: expect.stringMatching(message) as string,
    });
    expect(String(failed)).not.toContain('secret-one');
    expect(server.requests).toHaveLength(requests);
  });
});
