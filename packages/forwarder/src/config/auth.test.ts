import { startFakeCollector, testTls } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Authenticator } from '../http/authenticator.ts';
import { withAuth } from './auth.ts';
import { configOfEnvironment } from './environment.ts';
import type { Config, OtlpHttpSettings } from './settings.ts';

const ENV = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret-key', AWS_REGION: 'eu-north-1' };
const XRAY = 'https://xray.eu-west-1.amazonaws.com';

const configOf = (exporters: Config['exporters']): Config => ({ exporters, service: { pipelines: {} } });
const settingsOf = ({ exporters }: Config, id = 'otlp_http'): OtlpHttpSettings => exporters[id] ?? {};

const made = async (
  settings: OtlpHttpSettings,
  env: Readonly<Record<string, string>> = ENV,
): Promise<OtlpHttpSettings> => settingsOf(await withAuth(configOf({ otlp_http: settings }), env));

/** The scope it signs for, or nothing where it does not sign. */
const scopeOf = async (authenticator: Authenticator | undefined, url: string): Promise<string | undefined> => {
  const request = { method: 'POST', url: new URL(url), headers: {}, body: undefined } as const;
  const headers = await authenticator?.headersFor(request, 5_000);
  return /Credential=(\w+)\/\d+\/(\S+)\/aws4_request/
    .exec(headers?.['authorization'] ?? '')
    ?.slice(1)
    .join(' ');
};

describe('auth of an exporter', () => {
  it('is a header where it never changes', async () => {
    const endpoint = 'https://collector.example';
    expect(await made({ endpoint, headers: { a: 'b' }, auth: { bearer: { token: 't' } } })).toMatchObject({
      headers: { a: 'b', authorization: 'Bearer t' },
    });
    expect(await made({ endpoint, auth: { basic: { username: 'ü', password: 'p:w' } } })).toMatchObject({
      headers: { authorization: `Basic ${Buffer.from('ü:p:w').toString('base64')}` },
    });
  });

  it('signs for AWS, by the host or by what is written', async () => {
    const byHost = await made({ endpoint: XRAY, auth: { sigv4: {} } });
    expect(await scopeOf(byHost.authenticator, `${XRAY}/v1/traces`)).toBe('AKID eu-west-1/xray');
    const endpoint = 'https://proxy.example';
    const written = await made({ endpoint, auth: { sigv4: { service: 'aps', region: 'us-east-2' } } });
    expect(await scopeOf(written.authenticator, endpoint)).toBe('AKID us-east-2/aps');
  });

  it.each([
    [{ region: 'us-east-2' }, 'us-east-2'],
    [{}, 'eu-west-1'],
  ])('assumes a role at the STS of its Region: %j', async (settings, region) => {
    const sts = await startFakeCollector({
      script: () => ({
        body: '<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>',
      }),
    });
    onTestFinished(() => sts.close());
    const role = { role_arn: 'arn:aws:iam::123456789012:role/telemetry', external_id: 'mine', ...settings };
    const { authenticator } = await made(
      { traces_endpoint: `${XRAY}/v1/traces`, auth: { sigv4: role } },
      { ...ENV, AWS_ENDPOINT_URL_STS: sts.url },
    );
    expect(await scopeOf(authenticator, `${XRAY}/v1/traces`)).toBe(`ASIA ${region}/xray`);
    expect(sts.requests[0]?.headers.authorization).toContain(`/${region}/sts/aws4_request`);
    expect(sts.requests[0]?.body.toString()).toContain('ExternalId=mine');
  });

  it('fetches tokens', async () => {
    const server = await startFakeCollector({ script: () => ({ body: '{"access_token":"t"}' }) });
    onTestFinished(() => server.close());
    const oauth2 = {
      token_url: `${server.url}/token`,
      client_id: 'id',
      client_secret: 'secret',
      scopes: ['a', 'b'],
      audience: 'c',
      endpoint_params: { d: 'e' },
      client_auth: 'body',
    } as const;
    const { authenticator, headers } = await made({ endpoint: 'https://collector.example', auth: { oauth2 } });
    const request = { method: 'POST', url: new URL('https://x.example'), headers: {}, body: undefined } as const;
    expect(await authenticator?.headersFor(request, 5_000)).toEqual({ authorization: 'Bearer t' });
    expect(headers).toBeUndefined();
    expect(server.requests[0]?.body.toString()).toBe(
      'd=e&grant_type=client_credentials&scope=a+b&audience=c&client_id=id&client_secret=secret',
    );
  });
});

describe('the token server', () => {
  const { ca, otherCa, server: tls } = testTls();
  const settingsFor = (url: string, trusted: object): OtlpHttpSettings => ({
    endpoint: 'https://collector.example',
    auth: { oauth2: { token_url: `${url}/token`, client_id: 'id', client_secret: 'secret', tls: trusted } },
  });

  it('is trusted by authorities of its own', async () => {
    const server = await startFakeCollector({ tls, script: () => ({ body: '{"access_token":"t"}' }) });
    onTestFinished(() => server.close());
    const request = { method: 'POST', url: new URL('https://x.example'), headers: {}, body: undefined } as const;
    const headersWith = async (pem: string): Promise<unknown> =>
      (await made(settingsFor(server.url, { ca_pem: pem }))).authenticator?.headersFor(request, 5_000);
    expect(await headersWith(ca)).toEqual({ authorization: 'Bearer t' });
    await expect(headersWith(otherCa)).rejects.toThrow(/^oauth2\.token_url: /);
  });

  it('D4, D27: whose certificates are no good breaks its exporter alone, and is told by the setting', async () => {
    const endpoints = (trusted: object): Config =>
      configOf({ 'otlp_http/a': settingsFor('https://login.example', trusted), 'otlp_http/b': { endpoint: XRAY } });
    const brokenBy = async (trusted: object): Promise<unknown> => (await withAuth(endpoints(trusted), ENV)).broken;
    expect(await brokenBy({ ca_pem: 'canary' })).toEqual({
      'otlp_http/a': 'auth.oauth2.tls.ca_pem: holds no PEM certificate',
    });
    expect(await brokenBy({ ca_file: '/nowhere/canary' })).toEqual({
      'otlp_http/a': 'auth.oauth2.tls.ca_file: the file cannot be read: ENOENT',
    });
  });
});

describe('endpoints of AWS', () => {
  const LOGS = 'https://logs.eu-west-1.amazonaws.com/v1/logs';

  it('are signed for without being told, from variables alone too', async () => {
    const { config } = configOfEnvironment({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${XRAY}/v1/traces`,
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: LOGS,
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-aws-log-group=/a,x-aws-log-stream=b',
    });
    const signed = await withAuth(config, ENV);
    const { authenticator: traces } = settingsOf(signed, 'otlp_http/traces');
    const { authenticator: logs } = settingsOf(signed, 'otlp_http/logs');
    expect(await scopeOf(traces, `${XRAY}/v1/traces`)).toBe('AKID eu-west-1/xray');
    expect(await scopeOf(logs, LOGS)).toBe('AKID eu-west-1/logs');
  });

  it('get no signature beside a header `authorization`, however it is written', async () => {
    for (const name of ['authorization', 'Authorization'])
      expect(await made({ logs_endpoint: LOGS, headers: { [name]: 'Bearer t' } })).not.toHaveProperty('authenticator');
    expect(await made({ logs_endpoint: LOGS, auth: { bearer: { token: 't' } } })).not.toHaveProperty('authenticator');
  });

  it('are signed for alone: another endpoint of the same exporter gets no signature', async () => {
    const { authenticator } = await made({
      endpoint: 'https://collector.example',
      traces_endpoint: `${XRAY}/v1/traces`,
    });
    expect(await scopeOf(authenticator, `${XRAY}/v1/traces`)).toBe('AKID eu-west-1/xray');
    const request = {
      method: 'POST',
      url: new URL('https://collector.example/v1/logs'),
      headers: {},
      body: undefined,
    } as const;
    expect(await authenticator?.headersFor(request, 5_000)).toEqual({});
    expect(await authenticator?.refresh({})).toBe(false);
  });

  it('no other endpoint is signed for', async () => {
    expect(await made({ endpoint: 'https://amazonaws.com.example' })).toEqual({
      endpoint: 'https://amazonaws.com.example',
    });
    const others = { debug: null, 'otlp_http/none': null };
    expect((await withAuth(configOf(others), ENV)).exporters).toEqual({ debug: null, 'otlp_http/none': {} });
  });
});

describe('D4: an exporter that cannot be told', () => {
  it('D4: is broken alone, and what was broken stays so', async () => {
    const role_arn = 'arn:aws:iam::123456789012:role/telemetry';
    const config = {
      ...configOf({
        'otlp_http/role': { endpoint: XRAY, auth: { sigv4: { role_arn } } },
        'otlp_http/own': { endpoint: XRAY },
        'otlp_http/broken': { endpoint: XRAY, auth: 'x' },
      }),
      broken: { 'otlp_http/broken': 'auth is no good' },
    };
    const signed = await withAuth(config, { ...ENV, AWS_ENDPOINT_URL: 'pass word' });
    expect(signed.broken).toEqual({
      'otlp_http/broken': 'auth is no good',
      'otlp_http/role': 'AWS_ENDPOINT_URL is not a URL',
    });
    expect(settingsOf(signed, 'otlp_http/own')).toHaveProperty('authenticator');
  });
});
