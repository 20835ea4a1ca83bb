import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { buildForwarder } from './build.ts';
import { ConfigError } from './config-error.ts';
import { EXPORTERS, PROCESSORS } from './registry.ts';
import { COMPONENT_SCHEMAS } from './schema.ts';
import type { Config, TlsSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'otlp-build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const base: Config = {
  exporters: { otlp_http: { endpoint: 'http://c' } },
  service: { pipelines: { traces: { exporters: ['otlp_http'] }, logs: { exporters: ['otlp_http'] } } },
};
const problemsOf = (config: Config): readonly string[] => {
  try {
    buildForwarder(config, []);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
};
const problemOf = (config: Config): string => problemsOf(config).join('\n');
const withTls = (tls: TlsSettings): Config => ({
  ...base,
  exporters: { otlp_http: { endpoint: 'https://c', tls } },
});

it('knows the same component types as the schema', () => {
  expect(Object.keys(EXPORTERS)).toEqual(Object.keys(COMPONENT_SCHEMAS.exporters));
  expect(Object.keys(PROCESSORS)).toEqual(Object.keys(COMPONENT_SCHEMAS.processors));
});

it('makes each exporter once: pipelines share its connections', () => {
  const { pipelines } = buildForwarder(base, []);
  expect(pipelines.traces?.exporter).toBe(pipelines.logs?.exporter);
  expect(pipelines.metrics).toBeUndefined();
});

it('batches unless processors are named', () => {
  const traces = { exporters: ['otlp_http'] };
  const config = (processors: readonly string[]): Config => ({
    ...base,
    processors: { 'filter/x': {} },
    service: { pipelines: { traces: { ...traces, processors } } },
  });
  const names = (made: ReturnType<typeof buildForwarder>): unknown =>
    made.pipelines.traces?.processors.map(({ name }) => name);
  expect(names(buildForwarder(base, []))).toEqual(['batch']);
  expect(names(buildForwarder(config([]), []))).toEqual([]);
  expect(names(buildForwarder(config(['filter/x']), []))).toEqual(['filter']);
});

it('passes the reserve on, only when there is one', () => {
  expect(buildForwarder(base, [])).not.toHaveProperty('reserveMs');
  const config = { ...base, service: { ...base.service, reserve_ms: 7 } };
  expect(buildForwarder(config, []).reserveMs).toBe(7);
});

it('refuses a pipeline whose exporter has no endpoint for its signal', () => {
  const exporters = { otlp_http: { traces_endpoint: 'http://c/v1/traces' } };
  expect(problemsOf({ ...base, exporters })).toEqual([
    'exporters.otlp_http: needs endpoint or logs_endpoint: the pipeline of logs uses it',
  ]);
  expect(problemsOf({ exporters, service: { pipelines: { traces: { exporters: ['otlp_http'] } } } })).toEqual([]);
});

it('refuses types and ids that nobody knows, all at once', () => {
  const config: Config = {
    exporters: { 'constructor/x': {}, debug: {} },
    processors: { toString: {} },
    service: { pipelines: { traces: { exporters: ['nobody'], processors: ['no_one'] } } },
  };
  expect(problemsOf(config)).toEqual([
    'service.pipelines.traces.processors: "no_one" is not defined; defined: toString',
    'service.pipelines.traces.exporters: "nobody" is not defined; defined: constructor/x, debug',
    'exporters.constructor/x: unknown type; known: otlp_http, debug',
    'processors.toString: unknown type; known: batch, filter, attributes',
  ]);
});

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../tests/fixtures/hand-made/tls/${name}`, import.meta.url));
const cert = fixture('cert.pem');
const key = fixture('key.pem');
const missing = join(folder, 'missing.pem');
const garbage = file('garbage.pem', 'canary-8');
const stranger = file(
  'stranger.pem',
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
);

describe('PEM files', () => {
  it('V6: are read and tried at start', () => {
    expect(problemOf(withTls({ ca_file: cert, cert_file: cert, key_file: key }))).toBe('');
    expect(problemOf(withTls({ ca_file: cert }))).toBe('');
    expect(problemOf(withTls({}))).toBe('');
  });

  it.each<[string, TlsSettings, RegExp]>([
    ['a missing CA', { ca_file: missing }, /tls\.ca_file \(OTEL_EXPORTER_OTLP_CERTIFICATE\): .* ENOENT$/],
    ['a CA that is a folder', { ca_file: folder }, /tls\.ca_file .* EISDIR$/],
    ['a CA that is none', { ca_file: garbage }, /tls\.ca_file .*no PEM certificate$/],
    ['an empty CA', { ca_file: file('empty.pem', '') }, /tls\.ca_file .*no PEM certificate$/],
    ['a missing certificate', { cert_file: missing, key_file: key }, /tls\.cert_file .* ENOENT$/],
    ['a missing key', { cert_file: cert, key_file: missing }, /tls\.key_file .*CLIENT_KEY.* ENOENT$/],
    ['a key that is none', { cert_file: cert, key_file: garbage }, /no PEM certificate and the key/],
    ['a certificate that is none', { cert_file: garbage, key_file: key }, /no PEM certificate and the key/],
    ["another certificate's key", { cert_file: cert, key_file: stranger }, /no PEM certificate and the key/],
  ])('V6: %s refuses to start and names the setting', (_what, tls, message) => {
    expect(problemOf(withTls(tls))).toMatch(message);
    expect(problemOf(withTls(tls))).toMatch(/^exporters\.otlp_http: tls\./);
  });

  it('D27: the key itself, given where a path belongs, does not come out again', () => {
    const pem = readFileSync(key, 'utf8');
    const problem = problemOf(withTls({ cert_file: cert, key_file: pem }));
    expect(problem).toMatch(/tls\.key_file .* (ENOENT|ENAMETOOLONG)$/);
    expect(problem).not.toContain('PRIVATE');
    expect(problemOf(withTls({ ca_file: garbage }))).not.toContain('canary');
  });
});
