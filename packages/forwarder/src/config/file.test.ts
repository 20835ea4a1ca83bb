import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ConfigError } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { configOfFile } from './file.ts';
import { PRESETS } from './presets.ts';
import { COMPONENTS } from './registry.ts';
import type { Config } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'otlp-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string, name = 'config.json', env: Environment = {}): Promise<Config> => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return configOfFile(path, env);
};
const failure = async (text: string, name?: string, env?: Environment): Promise<ConfigError> => {
  const error = await load(text, name, env).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`expected a ConfigError, got ${String(error)}`);
  return error;
};
const problems = async (value: unknown, env?: Environment): Promise<readonly string[]> => {
  const error = await failure(JSON.stringify(value), 'config.json', env);
  return error.problems.map(({ path, message }) => `${path}: ${message}`);
};

const pipelines = { traces: { exporters: ['otlp_http'] } };
const withExporter = (settings: object): object => ({
  exporters: { otlp_http: { endpoint: 'http://c', ...settings } },
  service: { pipelines },
});
const withProcessor = (id: string, settings: unknown): object => ({
  ...withExporter({}),
  processors: { [id]: settings },
});

const YAML = `
# Two destinations
exporters:
  otlp_http:
    endpoint: \${env:ENDPOINT}
    headers:
      x-api-key: "\${env:KEY}"
    timeout_ms: \${env:TIMEOUT:-2000}
    retry: { enabled: "FALSE" }
  otlp_http/logs:
    logs_endpoint: https://logs.example/in
    encoding: json
processors:
  batch:
  filter/prod:
    include: { log_group: ['/aws/lambda/prod-*'] }
encodings:
  otlp_stdout:
    headers: [tenant-id]
service:
  reserve_ms: 1000
  pipelines:
    traces: { processors: [filter/prod, batch], exporters: [otlp_http] }
    logs:
      exporters: [otlp_http/logs]
`;
const ENV = { ENDPOINT: 'https://collector.example', KEY: 'canary-key' };
const EXPECTED: Config = {
  exporters: {
    otlp_http: {
      endpoint: 'https://collector.example',
      headers: { 'x-api-key': 'canary-key' },
      timeout_ms: 2000,
      retry: { enabled: false },
    },
    'otlp_http/logs': { logs_endpoint: 'https://logs.example/in', encoding: 'json' },
  },
  processors: { batch: {}, 'filter/prod': { include: { log_group: ['/aws/lambda/prod-*'] } } },
  encodings: { otlp_stdout: { headers: ['tenant-id'] } },
  service: {
    reserve_ms: 1000,
    pipelines: {
      traces: { processors: ['filter/prod', 'batch'], exporters: ['otlp_http'] },
      logs: { exporters: ['otlp_http/logs'] },
    },
  },
};

describe('a file', () => {
  it.each(['config.yaml', 'config.yml', 'CONFIG.YAML'])('is YAML when it is called %s', async (name) => {
    expect(await load(YAML, name, ENV)).toEqual({ ...EXPECTED, components: COMPONENTS });
  });

  it.each(['config.json', 'config', 'config.txt'])('is JSON when it is called %s', async (name) => {
    expect(await load(JSON.stringify(EXPECTED), name)).toEqual({ ...EXPECTED, components: COMPONENTS });
  });

  it('that is YAML under another name says how to name it', async () => {
    expect((await failure(YAML, 'config.txt')).message).toMatch(/is not valid JSON.*name the file \.yaml/);
  });

  it('that is not there is one clear problem', async () => {
    const missing = join(folder, 'missing.json');
    await expect(configOfFile(missing, {})).rejects.toThrow(`${missing}: cannot be read: ENOENT`);
    await expect(configOfFile(folder, {})).rejects.toThrow('cannot be read: EISDIR');
  });

  it.each(['null', '[]', '""', '1', 'true'])('that holds %s is no mapping', async (text) => {
    expect((await failure(text)).message).toContain('the file: must be a mapping');
    expect((await failure(text, 'config.yaml')).message).toContain('the file: must be a mapping');
  });

  it.each(['', ' ', '{', '{"a":}', '\u0000'])('that holds %j is not valid JSON', async (text) => {
    expect((await failure(text)).message).toContain('is not valid JSON');
  });

  it('of many megabytes and of endless nesting ends in a problem, not in a crash', async () => {
    const wide = `{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":"${'v'.repeat(20)}"`).join(',')}}`;
    const { problems: all, message } = await failure(wide);
    expect(all).toHaveLength(200_002);
    expect(message.split('\n')).toHaveLength(52);
    expect((await failure('['.repeat(200_000) + ']'.repeat(200_000))).message).toContain('is nested too deep');
  });

  it.each([
    ['aliases that multiply', 'aliases'],
    ['an alias that holds itself', 'a: &a [*a, *a]\n'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['a key twice', 'exporters: {}\nexporters: {}\n'],
    ['a tab as indentation', 'exporters:\n\tbatch: 1\n'],
    ['an unresolved tag', 'exporters: !canary-5 x\n'],
    ['an unresolved alias', 'exporters: *canary-5\n'],
    ['a list as key', '? [canary-5]\n: 1\n'],
  ])('that is YAML with %s is refused, without a quote', async (what, given) => {
    const laughs = ['a0: &a0 [x]'];
    for (let i = 1; i < 12; i++)
      laughs.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const warnings = vi.spyOn(process, 'emitWarning');
    const { message } = await failure(what === 'aliases that multiply' ? laughs.join('\n') : given, 'config.yaml');
    expect(message).toMatch(/is not valid YAML/);
    expect(message).not.toContain('canary');
    expect(warnings).not.toHaveBeenCalled();
    warnings.mockRestore();
  });

  it('D27: a configuration in place of its path is not repeated', async () => {
    const text = '{"exporters":{"otlp_http":{"headers":{"authorization":"Bearer s3cr3t"}}}}';
    const error: unknown = await configOfFile(text, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain('cannot be read');
    expect(String(error)).not.toContain('s3cr3t');
  });

  it('D27: a reference in an id is named as it is written, not as what it stands for', async () => {
    const found = await problems(
      { exporters: { debug: {} }, service: { pipelines: { traces: { exporters: ['${env:S}'] } } } },
      { S: 's3cr3t-value' },
    );
    expect(found.join()).not.toContain('s3cr3t-value');
    expect(found.join()).toContain('is not defined');
  });

  it('D27: a syntax error tells the line, never the text around it', async () => {
    const yaml = 'exporters:\n  otlp_http:\n    headers: {x-api-key: canary-6\n    endpoint: http://c\n';
    const { message } = await failure(yaml, 'config.yaml');
    expect(message).toMatch(/config\.yaml: is not valid YAML \(line [345]\)$/);
    const json = '{\n"headers": {"x-api-key": "canary-6" "y": 1}}';
    expect((await failure(json)).message).toMatch(/config\.json: is not valid JSON \(line 2\)$/);
    for (const text of ['{"headers": {"x-api-key": canary-6}}', 'canary-6', '"canary-6', '{"canary-6 at position 7']) {
      expect((await failure(text)).message).not.toContain('canary');
    }
  });
});

it('the example of the reference page is valid', async () => {
  const page = readFileSync(new URL('../../../../docs/reference/configuration.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml\n([^`]*)```/.exec(page) ?? [];
  const config = await load(example, 'example.yaml', { API_KEY: 'key' });
  expect(config.service.pipelines.traces).toEqual({
    processors: ['filter/production', 'batch'],
    exporters: ['otlp_http'],
  });
});

describe('the settings', () => {
  it('are all checked at once, and every mistake has its path', async () => {
    const found = await problems({
      receivers: {},
      exporters: {
        otlp_http: { endpont: 'x', headres: {}, timeout_ms: 'soon', retry: { enabled: 1 }, tls: { cert_file: 'a' } },
        'kafka/x': {},
        debug: { verbosity: 'detailed' },
      },
      processors: { attributes: { actions: [{ action: 'hash', key: '' }] }, batch: { max_bytes: 0 } },
      service: {
        telemetry: {},
        reserve_ms: '${env:NOT_SET}',
        pipelines: { traces: { exporters: ['otlp_htp'], processors: ['filter'] }, profiles: {} },
      },
    });
    expect(found).toEqual([
      'service.reserve_ms: the variable NOT_SET is not set',
      'service.pipelines.profiles: is not a setting; check its spelling',
      'service.telemetry: is not a setting; check its spelling',
      'receivers: is not a setting; check its spelling',
      'exporters.otlp_http.timeout_ms: must be a whole number',
      'exporters.otlp_http.retry.enabled: must be true or false',
      'exporters.otlp_http.tls: cert_file and key_file go together',
      'exporters.otlp_http.endpont: is not a setting; check its spelling',
      'exporters.otlp_http.headres: is not a setting; check its spelling',
      'exporters.kafka/x: unknown type; known: otlp_http, debug',
      'exporters.debug.verbosity: is not a setting; check its spelling',
      'processors.attributes.actions.0.action: must be insert, update, upsert or delete',
      'processors.attributes.actions.0.key: must not be empty',
      'processors.batch.max_bytes: must be at least 1',
      'service.pipelines.traces.processors: "filter" is not defined; defined: attributes, batch',
      'service.pipelines.traces.exporters: "otlp_htp" is not defined; defined: otlp_http, kafka/x, debug',
    ]);
  });

  it.each([
    ['service', { exporters: {} }, 'service: is missing'],
    ['pipelines', { exporters: {}, service: {} }, 'service.pipelines: is missing'],
    [
      'a pipeline',
      { exporters: {}, service: { pipelines: {} } },
      'service.pipelines: needs at least one of traces, metrics and logs',
    ],
    [
      'an exporter in a pipeline',
      { exporters: { debug: null }, service: { pipelines: { logs: { exporters: [] } } } },
      'service.pipelines.logs.exporters: must name at least one exporter',
    ],
    [
      'any endpoint',
      { exporters: { otlp_http: { compression: 'none' } }, service: { pipelines } },
      'exporters.otlp_http: needs an endpoint, e.g. endpoint: https://collector.example:4318',
    ],
    [
      'an endpoint, empty instead',
      { exporters: { otlp_http: { endpoint: '' } }, service: { pipelines } },
      'exporters.otlp_http.endpoint: must be an http:// or https:// URL',
    ],
  ])('without %s are refused', async (_what, config, problem) => {
    expect(await problems(config)).toEqual([problem]);
  });

  it.each<[string, unknown, string]>([
    ['retry', [], 'must be a mapping of names to values'],
    ['headers', ['x-api-key=canary'], 'must be a mapping of names to values'],
    ['headers', 'x-api-key: canary', 'must be a mapping of names to values'],
    ['headers', { 'bad name': 'canary' }, 'holds a name or value that cannot be sent'],
    ['headers', { name: 'canary\r\nother: 1' }, 'holds a name or value that cannot be sent'],
    ['endpoint', 'collector.example:4318', 'must be an http:// or https:// URL'],
    ['endpoint', ['canary'], 'must be text'],
    ['compression', 'zstd', 'must be gzip or none'],
    ['compression_level', 10, 'must be at most 9'],
    ['compression_level', 0, 'must be at least 1'],
    ['compression_level', 1.5, 'must be a whole number'],
    ['compression_level', '3 canary', 'must be a whole number'],
    ['timeout_ms', -1, 'must be at least 0'],
    ['timeout_ms', null, 'must be a whole number'],
    ['encoding', 'canary', 'must be proto or json'],
    ['concurrency', Number.MAX_VALUE, 'must be at most 1000'],
    ['concurrency', '9'.repeat(310), 'must be a whole number'],
  ])('of a wrong type or value are refused: %s: %j', async (setting, value, problem) => {
    const [found = '', ...more] = await problems(withExporter({ [setting]: value }));
    expect(more).toEqual([]);
    expect(found).toMatch(/^exporters\.otlp_http\./);
    expect(found).toContain(`${setting}: ${problem}`);
  });

  it.each<[string, unknown, string]>([
    ['filter', { include: { log_group: [] } }, 'include.log_group: must not be empty'],
    ['filter', { include: { log_group: 'x' } }, 'include.log_group: must be a list'],
    ['filter', { exclude: { owner: ['x'.repeat(513)] } }, 'exclude.owner.0: must be at most 512 characters'],
    ['attributes', {}, 'actions: is missing'],
    ['attributes', { actions: [] }, 'actions: must not be empty'],
    [
      'attributes',
      { actions: [{ action: 'delete', key: 'k', value: 1 }] },
      'actions.0: needs exactly one of value and from_metadata, and delete needs none',
    ],
    [
      'attributes',
      { actions: [{ action: 'upsert', key: 'k' }] },
      'actions.0: needs exactly one of value and from_metadata, and delete needs none',
    ],
    [
      'attributes',
      { actions: [{ action: 'upsert', key: 'k', value: {} }] },
      'actions.0.value: must be text, a number, a boolean or a list of these',
    ],
    [
      'attributes',
      { actions: [{ action: 'upsert', key: 'k', from_metadata: 'header.x' }] },
      'actions.0.from_metadata: must be owner, log_group or log_stream',
    ],
  ])('of a %s processor: %j', async (id, settings, problem) => {
    expect(await problems(withProcessor(id, settings))).toEqual([`processors.${id}.${problem}`]);
  });

  it('may come out of variables, as text', async () => {
    const settings = { timeout_ms: '${env:T}', retry: { enabled: '${env:R}' }, compression_level: '${env:L:-9}' };
    const config = await load(JSON.stringify(withExporter(settings)), 'config.json', { T: '70', R: 'TRUE' });
    expect(config.exporters['otlp_http']).toEqual({
      endpoint: 'http://c',
      timeout_ms: 70,
      retry: { enabled: true },
      compression_level: 9,
    });
  });

  it.each(['true', 'TRUE', 'True'])('V2: a boolean is true as %s', async (text) => {
    const config = await load(JSON.stringify(withExporter({ retry: { enabled: text } })));
    expect(config.exporters['otlp_http']).toMatchObject({ retry: { enabled: true } });
  });

  it.each(['1', 'yes', 'on', '', 'truee'])('V2: %j is no boolean and nothing is guessed', async (text) => {
    expect(await problems(withExporter({ retry: { enabled: text } }))).toEqual([
      'exporters.otlp_http.retry.enabled: must be true or false',
    ]);
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'named %s are refused everywhere and pollute nothing',
    async (key) => {
      const text = (value: object): string => JSON.stringify(value).replaceAll('"KEY"', JSON.stringify(key));
      const polluted = { KEY: { polluted: true } };
      for (const value of [
        { ...withExporter({}), ...polluted },
        withExporter(polluted),
        withExporter({ retry: polluted }),
        { exporters: { otlp_http: { endpoint: 'http://c' }, ...polluted }, service: { pipelines } },
        { ...withExporter({}), service: { pipelines: { ...pipelines, ...polluted } } },
      ]) {
        const { message } = await failure(text(value));
        expect(message).toMatch(new RegExp(`${key}: (is not a setting|unknown type)`));
      }
      expect({}).not.toHaveProperty('polluted');
    },
  );

  it.each(['__proto__', 'constructor'])('a pipeline cannot use the id %s without anybody defining it', async (id) => {
    const config = { ...withExporter({}), service: { pipelines: { logs: { exporters: [id] } } } };
    expect(await problems(config)).toEqual([
      `service.pipelines.logs.exporters: "${id}" is not defined; defined: otlp_http`,
    ]);
  });

  it('D27: no problem repeats a value', async () => {
    const canary = 'canary-7';
    const places = ['endpoint', 'traces_endpoint', 'encoding', 'compression', 'timeout_ms', 'retry', 'tls', 'headers'];
    for (const place of places) {
      for (const value of [canary, [canary], { a: [canary] }, [[canary]]]) {
        const { message, stack } = await failure(JSON.stringify(withExporter({ [place]: value })));
        expect(message + String(stack)).not.toContain(canary);
      }
    }
    for (const top of ['exporters', 'processors', 'encodings', 'service']) {
      expect((await failure(JSON.stringify({ ...withExporter({}), [top]: canary }))).message).not.toContain(canary);
    }
    const env = { SECRET: canary };
    const settings = { timeout_ms: '${env:SECRET}', headers: { a: '${env:SECRET}\n' }, tls: '${env:SECRET}' };
    const { message, cause } = await failure(JSON.stringify(withExporter(settings)), 'config.json', env);
    expect(message).not.toContain(canary);
    expect(cause).toBeUndefined();
  });
});

describe('several destinations', () => {
  const exporters = { 'otlp_http/a': { endpoint: 'http://a' }, 'otlp_http/b': { endpoint: 'http://b' } };
  const file = (over: object = {}): object => ({
    exporters,
    service: { pipelines: { traces: { exporters: ['otlp_http/a', 'otlp_http/b'] } } },
    ...over,
  });

  it('each get all of it', async () => {
    const { service } = await load(JSON.stringify(file()));
    expect(service.pipelines.traces?.exporters).toEqual(['otlp_http/a', 'otlp_http/b']);
  });

  it('are not named twice: one would get everything twice', async () => {
    const service = { pipelines: { traces: { exporters: ['otlp_http/a', 'otlp_http/b', 'otlp_http/a'] } } };
    expect(await problems(file({ service }))).toEqual(['service.pipelines.traces.exporters: names an exporter twice']);
  });

  it('have a rule, a store, a breaker, a preset and an age of their own', async () => {
    const own = {
      endpoint: 'http://a',
      match: { include: { log_group: ['/aws/lambda/prod-*'] }, exclude: { owner: ['1'] } },
      dead_letter: false,
      breaker: { enabled: true, failures: 3, interval_ms: 1_000 },
      preset: 'datadog',
      max_age_hours: 24,
    };
    const config = await load(JSON.stringify(file({ exporters: { ...exporters, 'otlp_http/a': own } })));
    expect(config.exporters['otlp_http/a']).toMatchObject(own);
    expect(config.exporters['otlp_http/a']).toMatchObject({ limits: { traces: { maxBytes: 3_200_000 } } });
  });

  it.each<[string, object, string]>([
    [
      'an unknown preset',
      { preset: 'canary' },
      `preset: must be ${Object.keys(PRESETS)
        .join(', ')
        .replace(/, (\w+)$/, ' or $1')}`,
    ],
    ['a rule of nothing', { match: { include: { owner: [] } } }, 'match.include.owner: must not be empty'],
    ['a rule that is text', { match: 'prod' }, 'match: must be a mapping of names to values'],
    ['a misspelt rule', { match: { includes: {} } }, 'match.includes: is not a setting; check its spelling'],
    [
      'a rule about the resource',
      { match: { include: { service: ['a'] } } },
      'match.include.service: is not a setting; check its spelling',
    ],
    ['no failures', { breaker: { failures: 0 } }, 'breaker.failures: must be at least 1'],
    ['a breaker that is on', { breaker: true }, 'breaker: must be a mapping of names to values'],
    ['no age at all', { max_age_hours: 0 }, 'max_age_hours: must be at least 1'],
    ['a store of its own', { dead_letter: { folder: {} } }, 'dead_letter: must be true or false'],
  ])('with %s are refused', async (_what, settings, problem) => {
    expect(await problems(withExporter(settings))).toEqual([`exporters.otlp_http.${problem}`]);
  });

  it('a debug exporter has the settings of every destination', async () => {
    const debug = { match: { include: { owner: ['1'] } }, dead_letter: false };
    const config = await load(
      JSON.stringify({ exporters: { debug }, service: { pipelines: { logs: { exporters: ['debug'] } } } }),
    );
    expect(config.exporters['debug']).toEqual(debug);
  });
});

describe('the dead-letter store', () => {
  const withStore = (dead_letter: unknown): object => ({ ...withExporter({}), dead_letter });

  it('is a folder or a bucket', async () => {
    const folderStore = { folder: { path: 'letters' } };
    expect((await load(JSON.stringify(withStore(folderStore)))).dead_letter).toEqual(folderStore);
    const s3 = {
      bucket: 'my-bucket',
      prefix: 'forwarder/',
      region: 'eu-central-1',
      endpoint: 'http://127.0.0.1:9000',
      force_path_style: 'true',
      kms_key_id: 'alias/x',
      expected_bucket_owner: '123456789012',
    };
    const read = await load(JSON.stringify(withStore({ s3 })));
    expect(read.dead_letter).toEqual({ s3: { ...s3, force_path_style: true } });
  });

  it.each<[string, unknown, string]>([
    ['nothing', {}, 'dead_letter: needs exactly one of s3 and folder'],
    ['both', { folder: { path: 'a' }, s3: { bucket: 'abc' } }, 'dead_letter: needs exactly one of s3 and folder'],
    ['text', 's3://b', 'dead_letter: must be a mapping of names to values'],
    ['no bucket', { s3: {} }, 'dead_letter.s3.bucket: is missing'],
    ['no name of a bucket', { s3: { bucket: 'My_Bucket' } }, 'dead_letter.s3.bucket: is not the name of a bucket'],
    ['an empty path', { folder: { path: '' } }, 'dead_letter.folder.path: must not be empty'],
    [
      'an owner in words',
      { s3: { bucket: 'abc', expected_bucket_owner: 'me' } },
      'dead_letter.s3.expected_bucket_owner: must be an account id',
    ],
    [
      'a misspelt setting',
      { s3: { bucket: 'abc', prefixes: 'x' } },
      'dead_letter.s3.prefixes: is not a setting; check its spelling',
    ],
  ])('of %s is refused', async (_what, given, problem) => {
    expect(await problems(withStore(given))).toEqual([problem]);
  });

  it('without a value refuses to start: a store nobody named keeps nothing', async () => {
    expect(await problems(withStore({ s3: { bucket: '${env:BUCKET}' } }))).toEqual([
      'dead_letter.s3.bucket: the variable BUCKET is not set',
    ]);
  });
});

describe('a destination with a value that has no value', () => {
  const STORE = { folder: { path: 'letters' } };
  const withKey = (settings: object, over: object = {}): object => ({
    exporters: {
      'otlp_http/a': { endpoint: 'http://a', headers: { 'x-key': '${env:KEY}' }, ...settings },
      'otlp_http/b': { endpoint: 'http://b' },
    },
    service: { pipelines: { traces: { exporters: ['otlp_http/a', 'otlp_http/b'] } } },
    ...over,
  });
  const MISSING = 'exporters.otlp_http/a.headers.x-key: the variable KEY is not set';

  it('D4: fails alone when there is a store', async () => {
    const config = await load(JSON.stringify(withKey({}, { dead_letter: STORE })));
    expect(config.broken).toEqual({ 'otlp_http/a': 'headers.x-key the variable KEY is not set' });
    expect(config.exporters['otlp_http/b']).toEqual({ endpoint: 'http://b' });
  });

  it('D4: fails alone when a variable names the store', async () => {
    const path = join(folder, 'by-variable.json');
    writeFileSync(path, JSON.stringify(withKey({})));
    const config = await configOfFile(path, {}, { store: STORE });
    expect(Object.keys(config.broken ?? {})).toEqual(['otlp_http/a']);
    expect(config.dead_letter).toEqual(STORE);
  });

  it('D4: refuses to start when there is none, or it wants none', async () => {
    expect(await problems(withKey({}))).toEqual([MISSING]);
    for (const dead_letter of [false, 'false', '${env:NO:-FALSE}'])
      expect(await problems(withKey({ dead_letter }, { dead_letter: STORE }))).toEqual([MISSING]);
  });

  it('D4: also without an endpoint, which nobody can call', async () => {
    const config = await load(JSON.stringify(withKey({ endpoint: '${env:ENDPOINT}' }, { dead_letter: STORE })));
    expect(config.broken?.['otlp_http/a']).toContain('endpoint the variable ENDPOINT is not set');
  });

  it.each<[string, object, string]>([
    ['match', { match: '${env:X}' }, 'match: the variable X is not set'],
    [
      'match.include',
      { match: { include: { owner: ['${env:X}'] } } },
      'match.include.owner.0: the variable X is not set',
    ],
    ['dead_letter', { dead_letter: '${env:X}' }, 'dead_letter: the variable X is not set'],
  ])('D1, D4: refuses to start when it is %s, store or not', async (_what, settings, problem) => {
    const { headers: _headers, ...plain } = { endpoint: 'http://c', headers: {}, ...settings };
    for (const over of [{}, { dead_letter: STORE }])
      expect(await problems({ ...withExporter(plain), ...over })).toEqual([`exporters.otlp_http.${problem}`]);
  });

  it.each<[string, object, string]>([
    ['a misspelt setting', { endpont: 'x' }, 'endpont: is not a setting; check its spelling'],
    ['a broken rule', { match: { include: { owner: '1' } } }, 'match.include.owner: must be a list'],
    ['a misspelt rule', { match: { exclud: {} } }, 'match.exclud: is not a setting; check its spelling'],
    ['a wrong value', { timeout_ms: 'soon' }, 'timeout_ms: must be a whole number'],
  ])('D1, D4: forgives nothing else: %s beside it refuses to start', async (_what, settings, problem) => {
    const found = await problems(withKey(settings, { dead_letter: STORE }));
    expect(found).toEqual([`exporters.otlp_http/a.${problem}`]);
  });

  it('D4: an unknown type is no value, and refuses to start', async () => {
    const exporters = { ...(withKey({}) as { exporters: object }).exporters, 'kafka/x': { brokers: '${env:NONE}' } };
    const found = await problems(withKey({}, { dead_letter: STORE, exporters }));
    expect(found).toEqual(['exporters.kafka/x: unknown type; known: otlp_http, debug']);
  });

  it('D27: is told by its place, never by the rest of the value', async () => {
    const headers = { 'x-key': 'canary-61 ${env:KEY}', other: 'canary-62' };
    const config = await load(JSON.stringify(withKey({ headers }, { dead_letter: STORE })));
    expect(config.broken?.['otlp_http/a']).not.toContain('canary');
  });

  it.each(['exporters', 'processors', 'service', 'dead_letter'])(
    'an empty %s is a problem, not a crash',
    async (name) => {
      expect(await problems({ ...withKey({}, { dead_letter: STORE }), [name]: null })).not.toEqual([]);
    },
  );
});

it('refuses a pipeline whose exporter has no endpoint for its signal', async () => {
  const config = {
    exporters: { otlp_http: { traces_endpoint: 'http://c/v1/traces' } },
    service: { pipelines: { traces: { exporters: ['otlp_http'] }, logs: { exporters: ['otlp_http'] } } },
  };
  expect(await problems(config)).toEqual([
    'exporters.otlp_http: needs endpoint or logs_endpoint: the pipeline of logs uses it',
  ]);
});
