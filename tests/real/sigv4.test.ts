import { awsCredentials } from '@serverless-otlp/forwarder/auth/aws-credentials';
import { type AwsCredentials, sigv4 } from '@serverless-otlp/forwarder/auth/sigv4';
import { otlpHttp } from '@serverless-otlp/forwarder/exporters/otlp-http';
import { parseRequest, SIGNALS } from '@serverless-otlp/otlp';
import { sampleBytes } from '@serverless-otlp/testing';
import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { type AwsEmulator, startAwsEmulator } from './aws-emulator.ts';
import { type SignedRequest, verifyAll } from './sigv4/verifier.ts';

/** Every service that is signed for: the OTLP endpoints, where values are kept, and where roles are assumed. */
const SERVICES = ['xray', 'logs', 'monitoring', 'secretsmanager', 'ssm', 'sts', 's3'] as const;
const CASES = 120;

interface Unsigned {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly nowMs: number;
}

const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.oneof(
      fc.constantFrom(...Array.from(' /\\+&=?#%:;,@!$\'"()*~.-_|[]{}^`<>')),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength,
  });
/** What can be sent in a header, runs of blanks included. */
const headerText = fc.string({
  unit: fc.constantFrom(...Array.from('aZ9 \t,;="/+-_.~%')),
  minLength: 1,
  maxLength: 40,
});
const alphanumeric = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('ABCXYZabcxyz0123456789/+=')), minLength, maxLength });

const path = fc
  .array(fc.oneof(fc.constantFrom('v1', 'traces', '', '.', '..', 'a%2Fb', '%41', "it's", 'ü'), text(8)), {
    maxLength: 5,
  })
  .map((segments) =>
    segments.map((segment) => (/^[\w.%']*$/.test(segment) ? segment : encodeURIComponent(segment))).join('/'),
  );
const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom('a', 'A', 'a-b', 'a.b', ''), text(5)), fc.option(text(8))), { maxLength: 5 })
  .map((pairs) =>
    pairs
      .map(([name, value]) => encodeURIComponent(name) + (value === null ? '' : `=${encodeURIComponent(value)}`))
      .join('&'),
  );
const headers = fc.record(
  {
    'content-type': fc.constantFrom('application/x-protobuf', 'application/json; charset=utf-8', 'a  b'),
    'content-encoding': fc.constant('gzip'),
    'user-agent': headerText,
    'x-tenant': headerText,
    'x-aws-log-group': headerText,
    'x-amz-target': headerText,
    'x-amzn-trace-id': fc.constant('Root=1-2-3'),
    connection: fc.constant('keep-alive'),
    host: fc.constantFrom('proxy.example', 'proxy.example:8443'),
  },
  { requiredKeys: [] },
);

const unsigned: fc.Arbitrary<Unsigned> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'),
  url: fc
    .tuple(fc.constantFrom('xray.eu-west-1.amazonaws.com', 'localhost:4566', '[::1]:8080'), path, query)
    .map(([host, way, parameters]) => `https://${host}/${way}?${parameters}`),
  headers,
  body: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
  region: fc.constantFrom('eu-west-1', 'us-gov-west-1', 'cn-north-1'),
  credentials: fc.record(
    {
      accessKeyId: fc.constantFrom('AKIDEXAMPLE', 'ASIAEXAMPLE'),
      secretAccessKey: alphanumeric(16, 44),
      sessionToken: alphanumeric(100, 400),
    },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ),
  // Decades around now, and the milliseconds around midnight.
  nowMs: fc.oneof(
    fc.integer({ min: Date.UTC(2001), max: Date.UTC(2060) }),
    fc.integer({ min: -2_000, max: 2_000 }).map((offset) => Date.UTC(2027) + offset),
  ),
});

const signed = async (service: string, given: Unsigned): Promise<SignedRequest> => {
  const { method, headers: sent, body, region, credentials, nowMs } = given;
  const url = new URL(given.url);
  const authenticator = sigv4({ service, region, credentials: () => Promise.resolve(credentials), now: () => nowMs });
  const added = await authenticator.headersFor({ method: method as 'POST', url, headers: sent, body }, 5_000);
  return {
    method,
    url,
    // As a server reads them: the host is always there, and blanks around a value are not part of it.
    headers: Object.fromEntries(
      Object.entries({ host: url.host, ...sent, ...added }).map(([name, value]) => [name, value.trim()]),
    ),
    body: body ?? new Uint8Array(),
    service,
    region,
    secret: credentials.secretAccessKey,
  };
};

const requests: SignedRequest[] = [];
beforeAll(async () => {
  for (const [seed, service] of SERVICES.entries())
    for (const given of fc.sample(unsigned, { numRuns: CASES, seed })) requests.push(await signed(service, given));
});

describe('signatures, as botocore verifies them', () => {
  it('are right for random requests, headers and times, for every service', async () => {
    const verdicts = await verifyAll(requests);
    const wrong = verdicts.flatMap((verdict, index) => (verdict === 'ok' ? [] : [[verdict, requests[index]]]));
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(verdicts).toHaveLength(SERVICES.length * CASES);
  });

  it('are wrong as soon as anything of the request is another one', async () => {
    const tampered = requests.flatMap((request, index): readonly SignedRequest[] => {
      const { url, headers: sent } = request;
      return [
        { ...request, method: `${request.method}X` },
        { ...request, url: new URL(`${url.origin}${url.pathname}x${url.search}`) },
        { ...request, url: new URL(`${url.href}&x=1`) },
        { ...request, body: Buffer.concat([request.body, Buffer.of(index)]) },
        { ...request, headers: { ...sent, host: `x${sent['host']}` } },
        { ...request, headers: { ...sent, 'x-amz-security-token': `${sent['x-amz-security-token']}x` } },
        { ...request, headers: { ...sent, 'x-amz-date': sent['x-amz-date']?.replace(/\d\dZ$/, '77Z') ?? '' } },
        { ...request, secret: `${request.secret}x` },
      ].slice(index % 8, (index % 8) + 1);
    });
    expect((await verifyAll(tampered)).filter((verdict) => verdict === 'ok')).toEqual([]);
  });

  it('are right as they arrive on the wire, from the exporter', async () => {
    const collector = await startFakeCollector();
    onTestFinished(() => collector.close());
    const credentials = {
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'canary/secret+of=mine',
      sessionToken: 'canary//token==',
    };
    const arrived: SignedRequest[] = [];
    for (const [compression, encoding] of [
      ['gzip', 'proto'],
      ['none', 'json'],
    ] as const) {
      const exporter = otlpHttp({
        endpoints: Object.fromEntries(
          SIGNALS.map((signal) => [signal, `${collector.url}/a b//v1/${signal}?x=1%202&a`]),
        ),
        compression,
        encoding,
        headers: { 'x-aws-log-group': '/shop  of ours', 'x-tenant': 'a' },
        authenticator: sigv4({ service: 'xray', region: 'eu-west-1', credentials: () => Promise.resolve(credentials) }),
      });
      for (const signal of SIGNALS) {
        const telemetry = {
          request: parseRequest(signal, sampleBytes(signal, { items: 3 })),
          records: new Set(['1']),
          metadata: {},
        };
        const [delivery] = await exporter.export(telemetry, Date.now() + 10_000);
        expect(delivery?.outcome).toEqual({ status: 'delivered' });
      }
    }
    for (const { method, path: target, headers: sent, rawBody } of collector.requests)
      arrived.push({
        method,
        url: new URL(`${collector.url}${target}`),
        headers: sent as Readonly<Record<string, string>>,
        body: rawBody,
        service: 'xray',
        region: 'eu-west-1',
        secret: credentials.secretAccessKey,
      });
    expect(await verifyAll(arrived)).toEqual(Array.from({ length: 6 }, () => 'ok'));
  });
});

describe('roles, as an emulator of STS gives them', () => {
  let emulator: AwsEmulator;
  beforeAll(async () => {
    emulator = await startAwsEmulator();
  });
  afterAll(() => emulator.close());

  /** Who the emulator takes the owner of these credentials for. */
  const whoIs = async (credentials: AwsCredentials): Promise<string | undefined> => {
    const url = new URL(emulator.endpoint);
    const body = Buffer.from('Action=GetCallerIdentity&Version=2011-06-15');
    const plain = { 'content-type': 'application/x-www-form-urlencoded' };
    const signer = sigv4({ service: 'sts', region: 'eu-west-1', credentials: () => Promise.resolve(credentials) });
    const added = await signer.headersFor({ method: 'POST', url, headers: plain, body }, 5_000);
    const answer = await fetch(url, { method: 'POST', headers: { ...plain, ...added }, body });
    return /<Arn>([^<]+)<\/Arn>/.exec(await answer.text())?.[1];
  };

  it('are assumed, used, and assumed again before they expire', async () => {
    let nowMs = Date.now();
    const env = {
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_ENDPOINT_URL_STS: emulator.endpoint,
    };
    const roleArn = 'arn:aws:iam::123456789012:role/telemetry';
    const role = { roleArn, externalId: 'tenant 1', region: 'eu-west-1' };
    const credentials = awsCredentials(env, { role, now: () => nowMs });
    const first = await credentials();
    expect(await credentials()).toBe(first);
    expect(await whoIs(first)).toBe('arn:aws:sts::123456789012:assumed-role/telemetry/serverless-otlp-forwarder');
    const expiresAtMs = first.expiresAtMs ?? 0;
    expect(Math.abs(expiresAtMs - nowMs - 3_600_000)).toBeLessThan(60_000);
    nowMs = expiresAtMs - 5 * 60_000;
    const second = await credentials();
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect(await whoIs(second)).toBe('arn:aws:sts::123456789012:assumed-role/telemetry/serverless-otlp-forwarder');
  });
});
