import { describe, expect, it } from 'vitest';
import { named } from './aws/named.ts';
import type { Aws } from './aws/calls.ts';
import { pass } from './check.ts';
import { runChecks } from './run-checks.ts';

const failing =
  (error: Error): Aws =>
  () =>
    Promise.reject(error);

const sdkError = (name: string, message: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

const run = (error: Error) =>
  runChecks(
    [
      {
        ids: ['bucket-encryption'],
        run: async () => {
          await named(failing(error))('s3:GetBucketEncryption', { Bucket: 'b' });
          return [];
        },
      },
    ],
    { signal: new AbortController().signal },
  );

describe('runChecks', () => {
  it.each([
    [sdkError('AccessDenied', 'Access Denied', 403), 'it needs permission s3:GetEncryptionConfiguration'],
    [sdkError('AccessDeniedException', 'User is not authorized'), 'it needs permission s3:GetEncryptionConfiguration'],
    [sdkError('ExpiredToken', 'AKIAABCDEFGHIJKLMNOP'), 'AWS does not accept the credentials (ExpiredToken)'],
    [
      sdkError('CredentialsProviderError', 'canary'),
      'no credentials that can be used are found (CredentialsProviderError)',
    ],
    [sdkError('ThrottlingException', 'Rate exceeded'), 's3:GetBucketEncryption: throttled'],
    [sdkError('InternalError', 'no', 500), 's3:GetBucketEncryption: answer 500'],
    [
      Object.assign(new Error('getaddrinfo ENOTFOUND sts.eu-nowhere-1.amazonaws.com'), { code: 'ENOTFOUND' }),
      's3:GetBucketEncryption: ENOTFOUND, there is no such host: check the Region, AWS_ENDPOINT_URL and the network',
    ],
    [sdkError('Odd', 'key AKIAABCDEFGHIJKLMNOP'), 's3:GetBucketEncryption: Odd: key [redacted]'],
  ])('a check that cannot be made is skipped with its reason: %s', async (error, why) => {
    expect(await run(error)).toEqual([
      { id: 'bucket-encryption', status: 'skipped', evidence: `could not check: ${why}` },
    ]);
  });

  it('a bug in one check hides none of the others, and all are in order', async () => {
    const findings = await runChecks(
      [
        { ids: ['alarm-state'], run: () => Promise.resolve([pass('alarm-state', 'OK')]) },
        { ids: ['clock'], run: () => Promise.reject(new TypeError('a bug')) },
        { ids: ['node-version'], run: () => Promise.resolve([pass('node-version', '24')]) },
      ],
      { signal: new AbortController().signal },
    );
    expect(findings.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'node-version pass',
      'clock skipped',
      'alarm-state pass',
    ]);
  });

  it('what is not told in time is skipped', async () => {
    const controller = new AbortController();
    const findings = runChecks(
      [
        { ids: ['clock'], run: () => new Promise(() => undefined) },
        { ids: ['account'], run: () => Promise.resolve([]) },
      ],
      { signal: controller.signal, atOnce: 1 },
    );
    controller.abort();
    expect(await findings).toEqual([
      expect.objectContaining({
        id: 'clock',
        status: 'skipped',
        evidence: expect.stringContaining('--timeout') as string,
      }),
      expect.objectContaining({ id: 'account', status: 'skipped' }),
    ]);
  });
});
