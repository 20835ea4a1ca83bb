import { type FakeAnswer, type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { objectUrl, s3Object } from './s3-object.ts';
import type { Found } from './source.ts';

const credentials = () => Promise.resolve({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-secret-key' });

const start = async (...script: readonly FakeAnswer[]): Promise<FakeCollector> => {
  const server = await startFakeCollector({
    script: (_request, index) => script[Math.min(index, script.length - 1)] ?? {},
  });
  onTestFinished(() => server.close());
  return server;
};

const read = async (server: { readonly url: string }, name: string): Promise<Found | undefined> => {
  const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_S3: server.url };
  return (await s3Object({ credentials, env, sleep: () => Promise.resolve() }).read([name], 3000)).get(name);
};

const refusal = (status: number, code: string, headers = {}): FakeAnswer => ({
  status,
  headers,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>canary</Message></Error>`,
});

describe('s3Object', () => {
  it('reads an object as text, the bucket in the path of an endpoint of one’s own', async () => {
    const server = await start({ body: 'exporters: ü' });
    expect(await read(server, 's3://my-bucket/a/b.yaml')).toEqual({ value: 'exporters: ü' });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'GET', path: '/my-bucket/a/b.yaml' });
    expect(request?.headers['x-amz-content-sha256']).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(request?.headers.authorization).toContain('/eu-west-1/s3/aws4_request');
  });

  it('keys are encoded as S3 signs them', async () => {
    const server = await start({ body: 'x' });
    await read(server, "s3://my-bucket/a b/ü+(*)'!/~.%2e?#.yaml");
    expect(server.requests[0]?.path).toBe('/my-bucket/a%20b/%C3%BC%2B%28%2A%29%27%21/~.%252e%3F%23.yaml');
  });

  it.each([
    ['my-bucket', 'https://my-bucket.s3.eu-west-1.amazonaws.com/a%20b'],
    ['my.bucket', 'https://s3.eu-west-1.amazonaws.com/my.bucket/a%20b'], // its dots would not fit the certificate
  ])('at AWS itself %s is reached as %s', (bucket, expected) => {
    const endpoint = { url: new URL('https://s3.eu-west-1.amazonaws.com/'), custom: false };
    expect(objectUrl({ bucket, key: 'a b' }, endpoint).href).toBe(expected);
  });

  it('goes to the Region that S3 names, once', async () => {
    const elsewhere = refusal(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'us-east-2' });
    const server = await start(elsewhere, { body: 'x' });
    expect(await read(server, 's3://my-bucket/k')).toEqual({ value: 'x' });
    expect(server.requests[1]?.headers.authorization).toContain('/us-east-2/s3/');
    const turning = await start(elsewhere, refusal(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'us-west-2' }));
    expect(await read(turning, 's3://my-bucket/k')).toMatchObject({ permanent: true });
    expect(turning.requests).toHaveLength(2);
  });

  it('goes nowhere else, whatever S3 names', async () => {
    const server = await start(refusal(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'evil.example' }));
    expect(await read(server, 's3://my-bucket/k')).toMatchObject({ permanent: true });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, FakeAnswer, RegExp, boolean]>([
    [
      'no permission',
      refusal(403, 'AccessDenied'),
      /does not exist, or may not be read: allow s3:GetObject on arn:aws:s3:::my-bucket\/k,/,
      true,
    ],
    ['no such object', refusal(404, 'NoSuchKey'), /does not exist in eu-west-1/, true],
    ['no such bucket', refusal(404, 'NoSuchBucket'), /lies in a bucket that does not exist/, true],
    ['throttling', refusal(503, 'SlowDown'), /answered with SlowDown/, false],
    ['an archived object', refusal(403, 'InvalidObjectState'), /is archived: restore it/, true],
    ['more than 1 MiB', { body: 'x'.repeat(1024 * 1024 + 1) }, /larger than anything/, true],
    ['no text', { body: Uint8Array.of(0xff, 0xfe) }, /is not text in UTF-8/, true],
  ])('says what is wrong and what to do: %s', async (_what, answer, problem, permanent) => {
    const found = await read(await start(answer), 's3://my-bucket/k');
    expect(found).toEqual({ problem: expect.stringMatching(problem) as string, permanent });
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it.each([
    '',
    's3://',
    's3://bucket',
    's3://bucket/',
    's3://B/k',
    's3://a..b/k',
    's3://bucket.evil.example:80/k',
    's3://user@bucket/k',
    'https://bucket/k',
    's3://bucket/../other/k',
    's3://bucket/a/./k',
    's3://bucket/a\r\nb',
    's3://bucket/\ud800',
    `s3://bucket/${'ü'.repeat(600)}`,
  ])('%j is no address, is not repeated, and nobody is asked for it', async (name) => {
    const server = await start({ body: 'x' });
    expect(await read(server, name)).toEqual({
      problem: 'is no address of an object such as s3://bucket/key',
      permanent: true,
    });
    expect(server.requests).toHaveLength(0);
  });

  it('a Region or endpoint that is missing or wrong is told without a request', async () => {
    const of = async (env: Readonly<Record<string, string>>): Promise<unknown> =>
      (await s3Object({ credentials, env }).read(['s3://bucket/k'], 100)).get('s3://bucket/k');
    expect(await of({})).toEqual({ problem: 'needs a Region: set AWS_REGION', permanent: true });
    expect(await of({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'canary' })).toMatchObject({
      problem: 'AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL does not hold an http:// or https:// URL',
    });
  });
});
