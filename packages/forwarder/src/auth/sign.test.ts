import { describe, expect, it } from 'vitest';
import { type AwsRequest, signAws } from './sign.ts';

/** The example of the AWS documentation on Signature Version 4 (the suite "get-vanilla" and its relatives use the same keys). */
const REQUEST: AwsRequest = {
  method: 'GET',
  url: new URL('https://example.amazonaws.com/'),
  headers: {},
  body: undefined,
  service: 'service',
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  nowMs: Date.UTC(2015, 7, 30, 12, 36, 0),
};

const sign = (changes: Partial<AwsRequest> = {}): ReturnType<typeof signAws> => signAws({ ...REQUEST, ...changes });
const signedNames = (headers: Readonly<Record<string, string>>): string | undefined =>
  /SignedHeaders=([^,]*)/.exec(headers['authorization'] ?? '')?.[1];
const signatureOf = async (changes: Partial<AwsRequest>): Promise<string | undefined> =>
  /Signature=([0-9a-f]{64})$/.exec((await sign(changes))['authorization'] ?? '')?.[1];

describe('signAws', () => {
  it('adds date, digest and signature, and nothing else', async () => {
    expect(await sign()).toEqual({
      'x-amz-date': '20150830T123600Z',
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
      ) as string,
    });
  });

  it('adds and signs the token of temporary keys', async () => {
    const headers = await sign({ credentials: { ...REQUEST.credentials, sessionToken: 'token' } });
    expect(headers['x-amz-security-token']).toBe('token');
    expect(signedNames(headers)).toBe('host;x-amz-content-sha256;x-amz-date;x-amz-security-token');
  });

  it('signs what is stable on the way: no user agent, no length, no connection, no tracing', async () => {
    const headers = await sign({
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
        'content-length': '3',
        'user-agent': 'a',
        'x-amzn-trace-id': 'Root=1',
        'x-aws-log-group': '/a',
        'x-tenant': 'b',
        connection: 'close',
        authorization: 'Bearer no',
        'x-amz-date': '19990101T000000Z',
      },
    });
    expect(signedNames(headers)).toBe(
      'content-encoding;content-type;host;x-amz-content-sha256;x-amz-date;x-aws-log-group',
    );
    expect(headers['x-amz-date']).toBe('20150830T123600Z');
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amz-content-sha256', 'x-amz-date']);
  });

  it('signs the host as it is sent: with its port, or as a header says', async () => {
    const plain = await signatureOf({});
    const port = await signatureOf({ url: new URL('https://example.amazonaws.com:8443/') });
    const named = await signatureOf({ url: new URL('https://10.0.0.1/'), headers: { host: 'example.amazonaws.com' } });
    expect(port).not.toBe(plain);
    expect(named).toBe(plain);
  });

  it.each([
    ['the order of parameters', '?b=2&a=1', '?a=1&b=2'],
    ['the order of equal names', '?a=2&a=1', '?a=1&a=2'],
    ['needless encoding', '?a=%41', '?a=A'],
    ['a name without a value', '?a', '?a='],
    ['empty parameters', '?&a=1&&', '?a=1'],
    ['an unencoded plus, which is no space', '?a=1+2', '?a=1%2B2'],
  ])('does not depend on %s', async (_, one, other) => {
    const at = (query: string): Promise<string | undefined> =>
      signatureOf({ url: new URL(`https://example.amazonaws.com/${query}`) });
    expect(await at(one)).toBe(await at(other));
  });

  it.each(['?__proto__=1', '?constructor=1&constructor=2', '?%zz=%', '?='])('signs the odd query %s', async (query) => {
    expect(await signatureOf({ url: new URL(`https://example.amazonaws.com/${query}`) })).toHaveLength(64);
  });

  it('signs the body as it is, text or bytes', async () => {
    const text = await sign({ method: 'POST', body: 'ä' });
    const bytes = await sign({ method: 'POST', body: Buffer.from('ä') });
    expect(text).toEqual(bytes);
    expect(text['x-amz-content-sha256']).not.toBe((await sign())['x-amz-content-sha256']);
  });

  it('never shows the secret key', async () => {
    expect(JSON.stringify(await sign())).not.toContain(REQUEST.credentials.secretAccessKey);
  });
});
