import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requestFromJson } from '@serverless-otlp/otlp';
import { afterAll, describe, expect, it } from 'vitest';
import type { Destination, Metadata, Telemetry } from '../types.ts';
import { buildForwarder as build } from './build.ts';
import { ConfigError } from './config-error.ts';
import { withPem } from './pem.ts';
import { COMPONENTS, EXPORTERS, PROCESSORS } from './registry.ts';
import { COMPONENT_SCHEMAS } from './schema.ts';
import type { Config, TlsSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'otlp-build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** As the reader of files gives it. */
const buildForwarder = (config: Config): ReturnType<typeof build> =>
  build(withPem({ ...config, components: COMPONENTS }));

const base: Config = {
  exporters: { otlp_http: { endpoint: 'http://c' } },
  service: { pipelines: { traces: { exporters: ['otlp_http'] }, logs: { exporters: ['otlp_http'] } } },
};
const problemsOf = (config: Config): readonly string[] => {
  try {
    buildForwarder(config);
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
  const { pipelines } = buildForwarder(base);
  expect(pipelines.traces?.destinations).toHaveLength(1);
  expect(pipelines.traces?.destinations[0]).toBe(pipelines.logs?.destinations[0]);
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
  expect(names(buildForwarder(base))).toEqual(['batch']);
  expect(names(buildForwarder(config([])))).toEqual([]);
  expect(names(buildForwarder(config(['filter/x'])))).toEqual(['filter']);
});

it('passes the reserve on, only when there is one', () => {
  expect(buildForwarder(base)).not.toHaveProperty('reserveMs');
  const config = { ...base, service: { ...base.service, reserve_ms: 7 } };
  expect(buildForwarder(config).reserveMs).toBe(7);
});

it('refuses types and ids that nobody knows', () => {
  const pipelines = (processors: readonly string[], exporters: readonly string[]): Config => ({
    exporters: { 'constructor/x': {}, debug: {} },
    processors: { toString: {} },
    service: { pipelines: { traces: { exporters, processors } } },
  });
  const refused = 'service.pipelines.traces: "%" is not defined';
  expect(problemsOf(pipelines(['no_one'], ['debug']))).toEqual([refused.replace('%', 'no_one')]);
  expect(problemsOf(pipelines([], ['nobody']))).toEqual([refused.replace('%', 'nobody')]);
  expect(problemsOf(pipelines(['toString'], ['debug']))).toEqual([refused.replace('%', 'toString')]);
  expect(problemsOf(pipelines([], ['constructor/x']))).toEqual([refused.replace('%', 'constructor/x')]);
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

describe('destinations', () => {
  const STORE = { folder: { path: join(folder, 'letters') } };
  const two = (over: Partial<Config> = {}, settings: object = {}): Config => ({
    exporters: { 'otlp_http/a': { endpoint: 'https://a', ...settings }, 'otlp_http/b': { endpoint: 'http://b' } },
    service: { pipelines: { traces: { exporters: ['otlp_http/b', 'otlp_http/a'] } } },
    ...over,
  });
  const destinationsOf = (config: Config): readonly Destination[] =>
    buildForwarder(config).pipelines.traces?.destinations ?? [];
  const telemetry = (metadata: Metadata): Telemetry => ({
    request: requestFromJson({ resourceSpans: [] }),
    records: new Set(['r']),
    metadata,
  });

  it('are several per pipeline, in the order of the pipeline', () => {
    expect(destinationsOf(two()).map(({ exporter }) => exporter.name)).toEqual(['otlp_http/b', 'otlp_http/a']);
  });

  it('D1: have the rule, the time and the store of their own settings', () => {
    const settings = {
      match: { include: { log_group: ['prod-*'] } },
      retry: { max_elapsed_ms: 700 },
      dead_letter: false,
    };
    const [b, a] = destinationsOf(two({ dead_letter: STORE }, settings));
    expect(a?.matches?.({ log_group: 'prod-x' })).toBe(true);
    expect(a?.matches?.({ log_group: 'dev' })).toBe(false);
    expect(a?.matches?.({})).toBe(false);
    expect(a?.maxElapsedMs).toBe(700);
    expect(a?.deadLetters).toBeUndefined();
    expect(b?.matches).toBeUndefined();
    expect(b?.maxElapsedMs).toBeUndefined();
    expect(b?.deadLetters).toBeDefined();
  });

  it('D16: lines that cannot be read go to the same store', () => {
    const { deadLetters, pipelines } = buildForwarder(two({ dead_letter: STORE }));
    expect(deadLetters).toBe(pipelines.traces?.destinations[0]?.deadLetters);
    expect(buildForwarder(two())).not.toHaveProperty('deadLetters');
  });

  it('D7a: the grace is passed on, only when there is one', () => {
    expect(buildForwarder(two())).not.toHaveProperty('graceMs');
    const { service } = two();
    expect(buildForwarder(two({ service: { ...service, grace_ms: 7 } })).graceMs).toBe(7);
  });

  it('D4: one with a PEM file that is no good fails alone when there is a store, and somebody is told', async () => {
    const warnings: string[] = [];
    const config = { ...two({ dead_letter: STORE }, { tls: { ca_file: missing } }), components: COMPONENTS };
    const { pipelines } = build(withPem(config), { onWarning: (warning) => warnings.push(warning) });
    const [b, a] = pipelines.traces?.destinations ?? [];
    expect(b?.exporter.name).toBe('otlp_http/b');
    const [delivery] = (await a?.exporter.export(telemetry({}), Date.now() + 1_000)) ?? [];
    expect(delivery).toMatchObject({
      destination: 'otlp_http/a',
      outcome: { status: 'rejected', fault: 'destination' },
    });
    expect(a?.deadLetters).toBe(b?.deadLetters);
    expect(warnings).toEqual([
      'exporters.otlp_http/a: tls.ca_file (OTEL_EXPORTER_OTLP_CERTIFICATE): the file cannot be read: ENOENT; its telemetry waits in the store until then',
    ]);
  });

  it.each<[string, Partial<Config>, object]>([
    ['there is none', {}, {}],
    ['it wants none', { dead_letter: STORE }, { dead_letter: false }],
  ])('D4: refuses to start with such a file when %s', (_what, over, settings) => {
    const problem = problemOf(two(over, { tls: { ca_file: missing }, ...settings }));
    expect(problem).toMatch(/^exporters\.otlp_http\/a: tls\.ca_file .* ENOENT$/);
  });

  it('D1, D4: keeps its rule also when it is broken, so that nothing waits that is not for it', () => {
    const settings = { tls: { ca_file: missing }, match: { include: { owner: ['1'] } } };
    const [, a] = destinationsOf(two({ dead_letter: STORE }, settings));
    expect([a?.matches?.({ owner: '1' }), a?.matches?.({ owner: '2' })]).toEqual([true, false]);
  });

  it('D1: a rule that no file brought lets nothing pass', () => {
    const config = two({}, { match: { include: { owner: ['*'] } } });
    const [, a] = build(config).pipelines.traces?.destinations ?? [];
    expect(a?.matches?.({ owner: '1' })).toBe(false);
  });
});
