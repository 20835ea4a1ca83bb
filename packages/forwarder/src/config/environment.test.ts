import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { configOfEnvironment } from './environment.ts';
import type { OtlpHttpSettings } from './settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' };
const exportersOf = (env: Environment): readonly OtlpHttpSettings[] =>
  Object.values(configOfEnvironment(env).config.exporters) as OtlpHttpSettings[];
const only = (env: Environment): OtlpHttpSettings => {
  const exporters = exportersOf({ ...ENDPOINT, ...env });
  expect(exporters).toHaveLength(1);
  return exporters[0] ?? {};
};
const metricsUrl = (env: Environment): string | undefined =>
  exportersOf(env).find((settings) => settings.metrics_endpoint !== undefined)?.metrics_endpoint;
const warningsOf = (env: Environment): readonly string[] => configOfEnvironment({ ...ENDPOINT, ...env }).warnings;
const problemsOf = (env: Environment): readonly string[] => {
  try {
    configOfEnvironment(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
};

describe('the endpoint', () => {
  it.each([
    ['U1: http, host and port are kept', 'http://c:4318/p', 'http://c:4318/p'],
    ['U1: https, host and path are kept', 'https://c/p', 'https://c/p'],
    ['U1: user and query are kept', 'http://foo:bar@localhost/p?a=b', 'http://foo:bar@localhost/p?a=b'],
    ['U2: no path becomes /, not the path of the signal', 'http://c:4318', 'http://c:4318/'],
    ['U2: the root path stays', 'http://foo.bar/', 'http://foo.bar/'],
    ['U2: a path stays', 'http://foo.bar/v1/metrics', 'http://foo.bar/v1/metrics'],
    ['U2: a trailing slash stays', 'https://x/v1/metrics/', 'https://x/v1/metrics/'],
    ['U2: two slashes stay', 'https://x//metrics//', 'https://x//metrics//'],
    ['U4: a missing port stays missing: 80, not 4318', 'http://x/p', 'http://x/p'],
  ])('%s', (_title, given, sent) => {
    expect(metricsUrl({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: given })).toBe(sent);
  });

  it.each([
    ['U3: a base without a path', 'http://foo.bar', 'http://foo.bar/v1/metrics'],
    ['U3: a base that ends in a slash gets no second one', 'http://foo.bar/', 'http://foo.bar/v1/metrics'],
    ['U3: a base with a path', 'http://c:4318/mycollector', 'http://c:4318/mycollector/v1/metrics'],
    ['U3: a base path that ends in a slash', 'http://c:4318/mycollector/', 'http://c:4318/mycollector/v1/metrics'],
    ['U3: a base that holds the path already gets it again', 'http://f/v1/metrics', 'http://f/v1/metrics/v1/metrics'],
    ['U3: a query stays behind the path', 'http://f/base?key=1', 'http://f/base/v1/metrics?key=1'],
    ['U4: no port is made up', 'https://collector.example', 'https://collector.example/v1/metrics'],
    ['U4: an IPv6 host stays', 'http://[::1]:4318', 'http://[::1]:4318/v1/metrics'],
  ])('%s', (_title, given, sent) => {
    expect(metricsUrl({ OTEL_EXPORTER_OTLP_ENDPOINT: given })).toBe(sent);
  });

  it('U5: the one of a signal wins over the general one, for this signal', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://g/', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://m/' };
    expect(exportersOf(env)).toEqual([
      { traces_endpoint: 'http://g/v1/traces', metrics_endpoint: 'http://m/', logs_endpoint: 'http://g/v1/logs' },
    ]);
  });

  it('U6: the default paths are /v1/traces, /v1/metrics and /v1/logs', () => {
    expect(only({})).toEqual({
      traces_endpoint: 'http://c/v1/traces',
      metrics_endpoint: 'http://c/v1/metrics',
      logs_endpoint: 'http://c/v1/logs',
    });
  });

  it.each(['', 'false', 'true', 'maybe'])('U7: INSECURE=%j changes nothing: the scheme decides about TLS', (value) => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c', OTEL_EXPORTER_OTLP_INSECURE: value };
    expect(configOfEnvironment(env)).toEqual(configOfEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c' }));
  });

  it('U4: the default base endpoint is used where nothing is named, and only there', () => {
    const { config } = configOfEnvironment({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://l' }, 'http://localhost:4318');
    expect(Object.values(config.exporters)).toEqual([
      {
        traces_endpoint: 'http://localhost:4318/v1/traces',
        metrics_endpoint: 'http://localhost:4318/v1/metrics',
        logs_endpoint: 'http://l/',
      },
    ]);
  });

  it('refuses to start without any, and names the variable', () => {
    expect(() => configOfEnvironment({})).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT: is not set.*OTLP_FORWARDER_CONFIG/);
  });

  it.each([
    'gopher://x',
    'localhost',
    'localhost:4318',
    '😺://localhost',
    'not a url',
    'unix:/tmp/x',
    'http://',
    '/v1',
  ])('refuses %j and names the variable, not the value', (value) => {
    const attempt = (): unknown => configOfEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: value });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT: must be an http/);
    expect(problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: `${value} canary-1` })).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT']);
    expect(() => configOfEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: `${value} canary-1` })).not.toThrow(/canary/);
  });

  it('makes pipelines for the signals that have one', () => {
    const { config } = configOfEnvironment({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t' });
    expect(config.service.pipelines).toEqual({ traces: { exporters: ['otlp_http'] } });
  });

  it('reports a wrong endpoint, protocol and TLS pair at once', () => {
    const problems = problemsOf({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'ftp://x',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://l',
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: 'k.pem',
    });
    expect(problems).toEqual([
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL',
      'OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY',
    ]);
  });
});

describe('the variables', () => {
  it.each(['', ' ', '\t'])('V1: an empty one (%j) is unset', (empty) => {
    expect(problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: empty })).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT']);
    const env = {
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: empty,
      OTEL_EXPORTER_OTLP_PROTOCOL: empty,
      OTEL_EXPORTER_OTLP_COMPRESSION: empty,
      OTEL_EXPORTER_OTLP_TIMEOUT: empty,
      OTEL_EXPORTER_OTLP_HEADERS: empty,
      OTEL_EXPORTER_OTLP_CERTIFICATE: empty,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: empty,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: empty,
    };
    expect(only(env)).toEqual(only({}));
    expect(warningsOf(env)).toEqual([]);
  });

  it('V1: an empty one of a signal falls back to the general one', () => {
    expect(only({ OTEL_EXPORTER_OTLP_TIMEOUT: '5', OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '' }).timeout_ms).toBe(5);
  });

  it.each(['gzip', 'GZIP', 'GZip', ' gzip '])('V3: COMPRESSION=%j is gzip, in any case', (value) => {
    expect(only({ OTEL_EXPORTER_OTLP_COMPRESSION: value }).compression).toBe('gzip');
  });

  it.each(['zstd', 'deflate', 'true', '__proto__'])('V3: COMPRESSION=%s is unknown: warned about, ignored', (value) => {
    const env = { OTEL_EXPORTER_OTLP_COMPRESSION: value };
    expect(only(env)).toEqual(only({}));
    expect(warningsOf(env)).toEqual(['OTEL_EXPORTER_OTLP_COMPRESSION must be one of gzip, none; ignored']);
  });

  it.each([
    ['0', 0],
    ['1', 1],
    ['5000', 5000],
    [' 7 ', 7],
  ])('V4: TIMEOUT=%j is %d milliseconds', (value, expected) => {
    expect(only({ OTEL_EXPORTER_OTLP_TIMEOUT: value }).timeout_ms).toBe(expected);
    expect(warningsOf({ OTEL_EXPORTER_OTLP_TIMEOUT: value })).toEqual([]);
  });

  it.each(['abc', '10s', '-1', '1.5', '1e3', '0x10', 'NaN', 'Infinity', '٣'])(
    'V4: TIMEOUT=%s is warned about and unset',
    (value) => {
      const env = { OTEL_EXPORTER_OTLP_TIMEOUT: value };
      expect(only(env).timeout_ms).toBeUndefined();
      expect(warningsOf(env)).toEqual(['OTEL_EXPORTER_OTLP_TIMEOUT is not a number of milliseconds; ignored']);
    },
  );

  it('V5: headers of a signal are merged over the general ones, name by name in any case', () => {
    const env = {
      ...ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: 'key1=value1,key2=value2',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'KEY1=metrics',
    };
    const ofMetrics = exportersOf(env).find((settings) => settings.metrics_endpoint !== undefined);
    expect(ofMetrics?.headers).toEqual({ key1: 'metrics', key2: 'value2' });
    const ofTraces = exportersOf(env).find((settings) => settings.traces_endpoint !== undefined);
    expect(ofTraces?.headers).toEqual({ key1: 'value1', key2: 'value2' });
  });

  it('V6: certificate files exist per signal', () => {
    const env = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t',
      OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 'cert.pem',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: 'key.pem',
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: 'traces-ca.pem',
    };
    expect(exportersOf(env)[0]?.tls).toEqual({ ca_file: 'traces-ca.pem', cert_file: 'cert.pem', key_file: 'key.pem' });
  });

  it.each(['CLIENT_CERTIFICATE', 'CLIENT_KEY'])('V6: %s alone is refused', (option) => {
    const env = { ...ENDPOINT, [`OTEL_EXPORTER_OTLP_${option}`]: 'x.pem' };
    expect(problemsOf(env)).toEqual([`OTEL_EXPORTER_OTLP_${option}`]);
  });

  it('V7: the protocol defaults to http/protobuf', () => {
    expect(only({}).encoding).toBeUndefined();
  });

  it.each([
    ['http/protobuf', 'proto'],
    ['http/json', 'json'],
    ['HTTP/JSON', 'json'],
  ])('V7: PROTOCOL=%s', (value, encoding) => {
    expect(only({ OTEL_EXPORTER_OTLP_PROTOCOL: value }).encoding).toBe(encoding);
  });

  it.each(['grpc', 'GRPC'])('V7: PROTOCOL=%s is refused, with the remedy', (value) => {
    const env = { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: value };
    expect(() => configOfEnvironment(env)).toThrow(/OTEL_EXPORTER_OTLP_PROTOCOL: grpc .* use http\/protobuf.*4318/);
    expect(() => configOfEnvironment(env)).toThrow(expect.objectContaining({ problems: [expect.anything()] }));
  });

  it('V7: grpc for one signal does not refuse the others, nor do general grpc and own protocols', () => {
    const own = Object.fromEntries(
      ['TRACES', 'METRICS', 'LOGS'].map((signal) => [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'http/json']),
    );
    expect(only({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', ...own }).encoding).toBe('json');
  });

  it('V7: an unknown protocol is warned about once and ignored', () => {
    expect(warningsOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'canary-3' })).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL must be one of http/protobuf, http/json; ignored',
    ]);
  });

  it('V8, U5: every option exists per signal and wins there', () => {
    const general = { PROTOCOL: 'http/protobuf', COMPRESSION: 'gzip', TIMEOUT: '1', HEADERS: 'a=1' };
    const ofLogs = { PROTOCOL: 'http/json', COMPRESSION: 'none', TIMEOUT: '2', HEADERS: 'a=2' };
    const variables = (infix: string, values: object): Environment =>
      Object.fromEntries(
        Object.entries(values).map(([option, value]) => [`OTEL_EXPORTER_OTLP_${infix}${option}`, String(value)]),
      );
    const exporters = exportersOf({ ...ENDPOINT, ...variables('', general), ...variables('LOGS_', ofLogs) });
    expect(exporters).toEqual([
      {
        traces_endpoint: 'http://c/v1/traces',
        metrics_endpoint: 'http://c/v1/metrics',
        encoding: 'proto',
        compression: 'gzip',
        timeout_ms: 1,
        headers: { a: '1' },
      },
      {
        logs_endpoint: 'http://c/v1/logs',
        encoding: 'json',
        compression: 'none',
        timeout_ms: 2,
        headers: { a: '2' },
      },
    ]);
  });

  it('V8: signals that differ have exporters of their own, named after them', () => {
    const { config } = configOfEnvironment({ ...ENDPOINT, OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '2' });
    expect(config.service.pipelines).toEqual({
      traces: { exporters: ['otlp_http/traces_metrics'] },
      metrics: { exporters: ['otlp_http/traces_metrics'] },
      logs: { exporters: ['otlp_http/logs'] },
    });
  });
});
