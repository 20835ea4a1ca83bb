/** Values, destinations and whole configurations that are kept elsewhere, from the loader of the handler to a collector. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Report } from '@serverless-otlp/forwarder';
import { loadForwarder, loadRedrive } from '@serverless-otlp/forwarder/config';
import { type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import {
  type FakeSecretsManager,
  type SecretsFailure,
  startFakeSecretsManager,
} from '@serverless-otlp/testing/fake-secrets-manager';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

const CONTEXT = { getRemainingTimeInMillis: () => 10_000 };
const LINE = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"checkout"}]}]}]}';

const eventOf = (logGroup = '/aws/lambda/shop'): unknown => {
  const logEvents = [{ id: '1', timestamp: Date.now(), message: LINE }];
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: '1',
    logGroup,
    logStream: 's',
    subscriptionFilters: [],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
};

let failure: SecretsFailure | undefined;
let store: FakeSecretsManager;
let collector: FakeCollector;
/** What the collector takes; absent: everything. */
let key: string | undefined;
let folder: string;

beforeEach(async () => {
  failure = undefined;
  key = undefined;
  folder = mkdtempSync(join(tmpdir(), 'otlp-values-'));
  store = await startFakeSecretsManager(() => failure);
  collector = await startFakeCollector({
    script: ({ headers }) => (key === undefined || headers['x-api-key'] === key ? {} : { status: 401 }),
  });
  return async () => {
    rmSync(folder, { recursive: true, force: true });
    await Promise.all([store.close(), collector.close()]);
  };
});

const environment = (own: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL_SECRETS_MANAGER: store.url,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'canary-access-key',
  ...own,
});

/** A forwarder of these variables, and everything it says. */
const start = async (own: Readonly<Record<string, string>>) => {
  const reports: Report[] = [];
  const warnings: string[] = [];
  const forwarder = await loadForwarder({
    env: environment(own),
    onReport: (report) => reports.push(report),
    onWarning: (warning) => warnings.push(warning),
  });
  onTestFinished(() => {
    expect(JSON.stringify([reports, warnings])).not.toContain('canary');
  });
  return {
    warnings,
    reports,
    invoke: async (logGroup?: string): Promise<Report['destinations']> => {
      await forwarder(eventOf(logGroup), CONTEXT).catch(() => undefined);
      return reports.at(-1)?.destinations ?? {};
    },
  };
};

const file = (content: object, name = 'forwarder.json'): Readonly<Record<string, string>> => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return { OTLP_FORWARDER_CONFIG: path };
};

const pipelinesTo = (...exporters: readonly string[]): object => ({ pipelines: { traces: { exporters } } });
const REFERENCE = '${secretsmanager:otlp/backend#api-key}';
const keep = (value: string): void => void store.secrets.set('otlp/backend', JSON.stringify({ 'api-key': value }));

describe('a value by reference', () => {
  it('D11: in a variable, is read at the start and again after a 401; commas and percent signs are its own', async () => {
    key = 'canary,1=%41';
    keep(key);
    const { invoke } = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${REFERENCE},x-team=shop`,
    });
    expect(await invoke()).toMatchObject({ otlp_http: { traces: { delivered: 1 } } });
    key = 'canary-2';
    keep(key);
    expect(await invoke()).toMatchObject({ otlp_http: { traces: { delivered: 1 } } });
    expect(collector.requests.map(({ headers }) => headers['x-api-key'])).toEqual([
      'canary,1=%41',
      'canary,1=%41',
      key,
    ]);
    expect(collector.requests[0]?.headers['x-team']).toBe('shop');
    expect(store.seen).toMatchObject({ requests: 2, atOnce: 1 });
  });

  it('D4: that cannot be read at a cold start is a matter of its destination alone, which heals', async () => {
    key = 'canary-1';
    keep(key);
    failure = 'error';
    const exporters = {
      'otlp_http/secret': { endpoint: collector.url, headers: { 'x-api-key': REFERENCE } },
      'otlp_http/open': { endpoint: collector.url, headers: { 'x-api-key': key } },
    };
    const { invoke, warnings } = await start(
      file({
        exporters,
        dead_letter: { folder: { path: join(folder, 'letters') } },
        service: pipelinesTo('otlp_http/secret', 'otlp_http/open'),
      }),
    );
    expect(warnings).toEqual([expect.stringMatching(/^exporters\.otlp_http\/secret: .*secretsmanager:otlp\/backend/)]);
    expect(await invoke()).toMatchObject({
      'otlp_http/secret': { traces: { pending: 1 } },
      'otlp_http/open': { traces: { delivered: 1 } },
    });
    expect(readdirSync(join(folder, 'letters/pending'))).toHaveLength(1);
    failure = undefined;
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // it was asked a moment ago
    expect(await invoke()).toMatchObject({ 'otlp_http/secret': { traces: { delivered: 1 } } });
  });

  it('D3, D4: without a store the event goes back until it can be read', async () => {
    keep('canary-1');
    failure = 'throttled';
    const { invoke } = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${REFERENCE}`,
    });
    expect(await invoke()).toMatchObject({ otlp_http: { traces: { returned: 1 } } });
    expect(collector.requests).toEqual([]);
    failure = undefined;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await invoke()).toMatchObject({ otlp_http: { traces: { delivered: 1 } } });
  });

  it('D4: that is not there is a mistake without a store to wait in, and says what to do', async () => {
    const exporters = { otlp_http: { endpoint: collector.url, headers: { 'x-api-key': REFERENCE } } };
    await expect(start(file({ exporters, service: pipelinesTo('otlp_http') }))).rejects.toThrow(
      /exporters\.otlp_http\.headers\.x-api-key: secretsmanager:otlp\/backend does not exist/,
    );
  });

  it('may be anything: an endpoint, a number, one of several in a text', async () => {
    store.secrets.set('otlp/all', JSON.stringify({ host: new URL(collector.url).host, level: 9 }));
    const { invoke } = await start(
      file({
        exporters: {
          otlp_http: {
            endpoint: 'http://${secretsmanager:otlp/all#host}',
            compression_level: '${secretsmanager:otlp/all#level}',
          },
        },
        service: pipelinesTo('otlp_http'),
      }),
    );
    expect(await invoke()).toMatchObject({ otlp_http: { traces: { delivered: 1 } } });
    expect(store.seen.requests).toBe(1);
  });
});

describe('a value that cannot be used', () => {
  const withBad = (own: object, over: object): Readonly<Record<string, string>> =>
    file({
      exporters: {
        'otlp_http/bad': { endpoint: collector.url, ...own },
        'otlp_http/good': { endpoint: collector.url, headers: { 'x-api-key': REFERENCE } },
      },
      service: pipelinesTo('otlp_http/bad', 'otlp_http/good'),
      ...over,
    });

  it.each<[string, object]>([
    ['a line break in a token', { auth: { bearer: { token: '${secretsmanager:otlp/bad}' } } }],
    ['a line break in a header', { headers: { 'x-api-key': 'key ${secretsmanager:otlp/bad}' } }],
    ['no URL', { endpoint: '${secretsmanager:otlp/bad}' }],
    ['no number', { timeout_ms: '${secretsmanager:otlp/bad}' }],
  ])('D4: a secret that holds %s is a matter of its destination alone', async (_what, own) => {
    keep('canary-1');
    store.secrets.set('otlp/bad', 'canary-bad\r\nx-other: 1');
    const { invoke, warnings } = await start(
      withBad(own, { dead_letter: { folder: { path: join(folder, 'letters') } } }),
    );
    expect(warnings).toEqual([expect.stringMatching(/^exporters\.otlp_http\/bad: /)]);
    expect(await invoke()).toMatchObject({
      'otlp_http/bad': { traces: { pending: 1 } },
      'otlp_http/good': { traces: { delivered: 1 } },
    });
  });

  it('D4: without a store it is a mistake, and refuses to start', async () => {
    keep('canary-1');
    store.secrets.set('otlp/bad', 'canary-bad\n');
    const bad = start(withBad({ auth: { bearer: { token: '${secretsmanager:otlp/bad}' } } }, {}));
    await expect(bad).rejects.toThrow(/exporters\.otlp_http\/bad\.auth\.bearer\.token: holds what cannot be sent/);
  });

  it.each<[string, string | undefined]>([
    ['lost its key', '{}'],
    ['can no longer be sent', '{"token":"canary\\n"}'],
  ])('D4, D11: one that %s keeps no other destination from its new key, store or not', async (_what, bad = '') => {
    key = 'canary-1';
    keep(key);
    store.secrets.set('otlp/bad', '{"token":"canary-bad"}');
    const { invoke } = await start(withBad({ auth: { bearer: { token: '${secretsmanager:otlp/bad#token}' } } }, {}));
    store.secrets.set('otlp/bad', bad);
    await invoke(); // its destination takes nothing of it, and it is read again
    key = 'canary-2';
    keep(key);
    expect(await invoke()).toMatchObject({ 'otlp_http/good': { traces: { delivered: 1 } } });
  });

  it('V5: one that is no text at all is told as what it is', async () => {
    store.secrets.set('otlp/backend', '{"api-key":"canary-\\ud800"}');
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${REFERENCE}`,
    };
    await expect(start(variables)).rejects.toThrow(/OTEL_EXPORTER_OTLP_HEADERS: secretsmanager:otlp\/backend /);
  });

  it.each(['12345678901234567890', '1e400', '-9007199254740993'])(
    'V5: the number %s, which would be sent as another, is refused',
    async (number) => {
      store.secrets.set('otlp/backend', `{"api-key":${number}}`);
      const variables = {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${REFERENCE}`,
      };
      await expect(start(variables)).rejects.toThrow(/"api-key".*quotation marks/);
    },
  );
});

describe('a configuration that is kept elsewhere', () => {
  const yaml = (name: string): string =>
    `exporters:\n  otlp_http/${name}:\n    endpoint: ${collector.url}\nservice:\n  reload_ms: 1000\n  pipelines:\n    traces:\n      exporters: [otlp_http/${name}]\n`;

  it('is read at the start, and again when it is old; a version that is wrong changes nothing and says so', async () => {
    store.secrets.set('forwarder/config', yaml('one'));
    const { invoke, warnings } = await start({ OTLP_FORWARDER_CONFIG: 'secretsmanager:forwarder/config' });
    const settle = async (): Promise<readonly string[]> => {
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      await invoke();
      return Object.keys(await invoke());
    };
    expect(Object.keys(await invoke())).toEqual(['otlp_http/one']);
    store.secrets.set('forwarder/config', yaml('two').replace('endpoint', 'endpiont'));
    expect(await settle()).toEqual(['otlp_http/one']);
    expect(warnings).toEqual([expect.stringMatching(/^the last good configuration stays in use: [^]*endpiont/)]);
    store.secrets.set('forwarder/config', yaml('three'));
    expect(await settle()).toEqual(['otlp_http/three']);
  });

  it.each([
    ['secretsmanager:forwarder/none', /secretsmanager:forwarder\/none: does not exist/],
    ['ssm:', /is no place of a configuration: it is ssm:NAME/],
    ['s3://no', /s3:\/\/no: is no address of an object/],
  ])('%s says what is wrong', async (place, message) => {
    await expect(start({ OTLP_FORWARDER_CONFIG: place })).rejects.toThrow(message);
  });
});

describe('secrets under a prefix', () => {
  const secretOf = (name: string, over: object = {}): void =>
    void store.secrets.set(
      `keys/${name}`,
      JSON.stringify({ name, endpoint: collector.url, auth: 'x-api-key=canary', ...over }),
    );

  it('are destinations, with the variable of the reference alone', async () => {
    ['a', 'b', 'c'].forEach((name) => secretOf(name));
    secretOf('off', { disabled: 'true' });
    const { invoke } = await start({ COLLECTORS_SECRETS_KEY_PREFIX: 'keys/' });
    expect(Object.keys(await invoke()).sort()).toEqual(['otlp_http/a', 'otlp_http/b', 'otlp_http/c']);
    expect(collector.requests.map(({ headers }) => headers['x-api-key'])).toEqual(['canary', 'canary', 'canary']);
  });

  it('D1: join those of a file, exclude by log group, and come and go with their secrets', async () => {
    secretOf('a', { exclude: '^/aws/lambda/private' });
    const { invoke } = await start(
      file({
        secrets_prefix: 'keys',
        exporters: { otlp_http: { endpoint: collector.url } },
        service: { ...pipelinesTo('otlp_http'), reload_ms: 1_000 },
      }),
    );
    expect(Object.keys(await invoke()).sort()).toEqual(['otlp_http', 'otlp_http/a']);
    expect(await invoke('/aws/lambda/private')).toMatchObject({ 'otlp_http/a': { traces: { filtered: 1 } } });
    secretOf('a', { exclude: '^/aws/lambda/shop' });
    secretOf('b');
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await invoke();
    expect(await invoke()).toMatchObject({
      'otlp_http/a': { traces: { filtered: 1 } },
      'otlp_http/b': { traces: { delivered: 1 } },
    });
  });

  it('D11: are read again after a 401', async () => {
    secretOf('a');
    const { invoke } = await start({ COLLECTORS_SECRETS_KEY_PREFIX: 'keys' });
    key = 'canary-2';
    secretOf('a', { auth: 'x-api-key=canary-2' });
    expect(await invoke()).toMatchObject({ 'otlp_http/a': { traces: { delivered: 1 } } });
  });

  it('D4, D11: are read again whatever is wrong with a value of the variables', async () => {
    secretOf('a');
    store.secrets.set('otlp/backend', '{"api-key":"canary"}');
    const { invoke } = await start({
      COLLECTORS_SECRETS_KEY_PREFIX: 'keys',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${REFERENCE}`,
    });
    key = 'canary-2';
    store.secrets.set('otlp/backend', '{}');
    await invoke();
    secretOf('a', { auth: 'x-api-key=canary-2' });
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // it was asked a moment ago
    expect(await invoke()).toMatchObject({ 'otlp_http/a': { traces: { delivered: 1 } } });
  });

  it('D4: one that is broken and then gone is told as that', async () => {
    store.secrets.set('keys/a', 'canary');
    secretOf('b');
    const variables = { COLLECTORS_SECRETS_KEY_PREFIX: 'keys', OTLP_FORWARDER_DEAD_LETTER: join(folder, 'letters') };
    const { invoke, reports } = await start(variables);
    store.secrets.delete('keys/a');
    expect(await invoke()).toMatchObject({ 'otlp_http/a': { traces: { pending: 1 } } });
    expect(JSON.stringify(reports)).toContain('its configuration is broken: nothing describes it any more');
  });

  it('D1: what waits for one whose exclude nobody can read goes on waiting', async () => {
    secretOf('a');
    key = 'canary-2';
    const variables = { COLLECTORS_SECRETS_KEY_PREFIX: 'keys', OTLP_FORWARDER_DEAD_LETTER: join(folder, 'letters') };
    const { invoke } = await start(variables);
    expect(await invoke()).toMatchObject({ 'otlp_http/a': { traces: { pending: 1 } } });
    key = undefined;
    const again = async (): Promise<void> => {
      const redrive = await loadRedrive({
        env: environment(variables),
        onReport: () => undefined,
        onWarning: () => undefined,
        intervalMs: 0,
      });
      await redrive({}, CONTEXT);
    };
    secretOf('a', { exclude: '[' });
    await again();
    expect(readdirSync(join(folder, 'letters'))).toContain('pending');
    const before = collector.requests.length;
    secretOf('a', { exclude: '^/aws/lambda/other' });
    await again();
    expect(collector.requests).toHaveLength(before + 1);
    expect(readdirSync(join(folder, 'letters'))).not.toContain('pending');
  });

  it('D4: one that is wrong waits alone', async () => {
    secretOf('good');
    store.secrets.set('keys/bad', 'canary');
    const { invoke } = await start({
      COLLECTORS_SECRETS_KEY_PREFIX: 'keys',
      OTLP_FORWARDER_DEAD_LETTER: join(folder, 'letters'),
    });
    expect(await invoke()).toMatchObject({
      'otlp_http/good': { traces: { delivered: 1 } },
      'otlp_http/bad': { traces: { pending: 1 } },
    });
  });
});
