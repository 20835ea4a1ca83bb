import { type Config, configOfEnvironment, loadConfig } from '@serverless-otlp/forwarder/config';
import { expect } from 'vitest';
import { collectorOf, forwardWith, internal, LINES } from './forwarding.ts';
import { migrationTable } from './table.ts';

type Variables = Readonly<Record<string, string>>;

/** The settings of the one exporter that variables describe. */
const settingsOf = (env: Variables): Readonly<Record<string, unknown>> => {
  const { exporters } = configOfEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c', ...env }).config;
  return (exporters['otlp_http'] ?? exporters['otlp_http/traces']) as Readonly<Record<string, unknown>>;
};

const changesNothing = (env: Variables): void => expect(settingsOf(env)).toEqual(settingsOf({}));

/** Where a forwarder with these variables sends one line of traces. */
const sentTo = async (name: string, path: string): Promise<string | undefined> => {
  const collector = await collectorOf();
  await forwardWith({ [name]: `${collector.url}${path}` });
  return collector.requests[0]?.path;
};

const prefixOf = async (env: Variables): Promise<string | undefined> =>
  (await internal<{ readonly prefixOf: (env: Variables) => string | undefined }>('secrets-prefix.ts')).prefixOf(env);

migrationTable('Variables', {
  COLLECTORS_SECRETS_KEY_PREFIX: async () => {
    const prefix = await prefixOf({ COLLECTORS_SECRETS_KEY_PREFIX: 'serverless-otlp-forwarder/keys/' });
    expect(prefix).toBe('serverless-otlp-forwarder/keys/');
    const { folderOf } = await internal<{ readonly folderOf: (prefix: string) => string | undefined }>(
      'secrets-prefix-list.ts',
    );
    expect(['a/keys', 'a/keys/', '/', ''].map(folderOf)).toEqual(['a/keys/', 'a/keys/', undefined, undefined]);
  },
  COLLECTORS_CACHE_TTL_SECONDS: () => changesNothing({ COLLECTORS_CACHE_TTL_SECONDS: '1' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: async () => {
    expect(await sentTo('OTEL_EXPORTER_OTLP_ENDPOINT', '/custom/')).toBe('/custom/v1/traces');
    expect(await sentTo('OTEL_EXPORTER_OTLP_ENDPOINT', '/v1/traces')).toBe('/v1/traces/v1/traces');
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: async () => {
    expect(await sentTo('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', '/as/it/is')).toBe('/as/it/is');
    const logs = await collectorOf();
    await forwardWith({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${logs.url}/l` }, [LINES.logs]);
    expect(logs.requests.map(({ path }) => path)).toEqual(['/l']);
  },
  'no endpoint at all': () => {
    expect(() => configOfEnvironment({})).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT: is not set/);
  },
  OTEL_EXPORTER_OTLP_HEADERS: () => {
    const headers = 'k1=v1, k2 = a=b ,bad,=v,empty=,auth=Basic%20x';
    expect(settingsOf({ OTEL_EXPORTER_OTLP_HEADERS: headers })['headers']).toEqual({
      k1: 'v1',
      k2: 'a=b',
      auth: 'Basic x',
    });
  },
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=1', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=2' };
    expect(settingsOf(env)['headers']).toEqual({ a: '1', b: '2' });
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: () => {
    expect(settingsOf({ OTEL_EXPORTER_OTLP_TIMEOUT: '5000' })['timeout_ms']).toBe(5000);
    changesNothing({ OTEL_EXPORTER_OTLP_TIMEOUT: '10s' });
  },
  OTEL_EXPORTER_OTLP_COMPRESSION: async () => {
    const collector = await collectorOf();
    for (const env of [{}, { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, { OTEL_EXPORTER_OTLP_COMPRESSION: 'none' }])
      await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env });
    expect(collector.requests.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', 'gzip', undefined]);
  },
  OTEL_EXPORTER_OTLP_COMPRESSION_LEVEL: async () => {
    changesNothing({ OTEL_EXPORTER_OTLP_COMPRESSION_LEVEL: '9' });
    const collector = await collectorOf();
    const config = {
      exporters: { otlp_http: { endpoint: collector.url, compression_level: 9 } },
      service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
    };
    await forwardWith({}, [LINES.traces], { config });
    expect(collector.requests).toHaveLength(1);
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: async () => {
    const collector = await collectorOf();
    for (const OTEL_EXPORTER_OTLP_PROTOCOL of ['http/protobuf', 'http/json'])
      await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL });
    const types = collector.requests.map(({ headers }) => headers['content-type']);
    expect(types).toEqual(['application/x-protobuf', 'application/json']);
  },
  FORWARDER_OTLPHTTP_ENDPOINT: () => {
    expect(() => configOfEnvironment({ FORWARDER_OTLPHTTP_ENDPOINT: 'https://c' })).toThrow(/is not set/);
    expect(configOfEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c' }).warnings).toEqual([]);
  },
  FORWARDER_OTLPHTTP_HEADERS_SECRET: async () => {
    const collector = await collectorOf();
    const aws = await collectorOf({ script: () => ({ body: JSON.stringify({ SecretString: '{"auth":"k1"}' }) }) });
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    };
    const headers = { 'x-api-key': '${secretsmanager:collector/configmap#auth}' };
    const config = {
      exporters: { otlp_http: { endpoint: collector.url, headers } },
      service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
    };
    await forwardWith(env, [LINES.traces], { config });
    expect(collector.requests[0]?.headers).toMatchObject({ 'x-api-key': 'k1' });
  },
  OPENTELEMETRY_COLLECTOR_CONFIG_URI: () =>
    changesNothing({ OPENTELEMETRY_COLLECTOR_CONFIG_URI: '/opt/collector.yaml' }),
  'OTEL_SERVICE_NAME, RUST_LOG and LAMBDA_EXTENSION_SPAN_PROCESSOR_MODE': async () => {
    const load = (env: Variables): Promise<Config> =>
      loadConfig({
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c', ...env },
        onWarning: (warning) => expect.fail(warning),
      });
    const env = { OTEL_SERVICE_NAME: 'x', RUST_LOG: 'debug', LAMBDA_EXTENSION_SPAN_PROCESSOR_MODE: 'async' };
    expect(await load(env)).toEqual(await load({}));
  },
});
