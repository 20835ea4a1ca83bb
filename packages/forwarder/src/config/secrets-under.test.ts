import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FakeSecretsManager,
  type SecretsFailure,
  startFakeSecretsManager,
} from '@serverless-otlp/testing/fake-secrets-manager';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { configOfFile } from './file.ts';
import { secretsUnder } from './secrets-under.ts';
import type { Config } from './settings.ts';

let failure: SecretsFailure | undefined;
let store: FakeSecretsManager;
let env: Environment;

beforeEach(async () => {
  failure = undefined;
  store = await startFakeSecretsManager(() => failure);
  env = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: store.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'canary-access-key',
  };
  return () => store.close();
});

const secretOf = (name: string, key = 'canary'): void => {
  const secret = { name, endpoint: 'https://collector.example', auth: `x-api-key=${key}` };
  store.secrets.set(name, JSON.stringify(secret));
};

describe('secretsUnder', () => {
  it('knows nothing before it has read', () => {
    const secrets = secretsUnder('keys', env);
    expect(secrets.has('otlp_http/a')).toBe(false);
    expect(() => secrets.destinations()).toThrow(ConfigError);
  });

  it('is read once for all who wait, and again for who comes later', async () => {
    secretOf('keys/a');
    const secrets = secretsUnder('keys', env);
    await Promise.all([secrets.read(), secrets.read()]);
    expect(store.seen.requests).toBe(1);
    expect(secrets.has('otlp_http/a')).toBe(true);
    store.secrets.delete('keys/a');
    await secrets.read();
    expect(secrets.has('otlp_http/a')).toBe(false);
  });

  it('has another version when a secret says something else, and is the same when none does', async () => {
    secretOf('keys/a');
    const secrets = secretsUnder('keys', env);
    await secrets.read();
    const first = secrets.destinations();
    await secrets.read();
    expect(secrets.destinations()).toBe(first);
    secretOf('keys/a', 'canary-2');
    await secrets.read();
    expect(secrets.destinations().version).not.toBe(first.version);
  });

  it('keeps what it has read when it cannot be read again', async () => {
    secretOf('keys/a');
    const secrets = secretsUnder('keys', env);
    await secrets.read();
    failure = 'error';
    await expect(secrets.read()).resolves.toMatch(/^the secrets under keys: /);
    expect(secrets.has('otlp_http/a')).toBe(true);
  });
});

describe('secrets under the prefix of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-secrets-'));
  const path = join(folder, 'config.json');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (prefix: string, endpoint: string): void => {
    const service = { pipelines: { traces: { exporters: ['otlp_http'] } } };
    writeFileSync(path, JSON.stringify({ secrets_prefix: prefix, exporters: { otlp_http: { endpoint } }, service }));
  };

  const opened = async (): Promise<{ readonly reload: () => Promise<Config | undefined>; warnings: string[] }> => {
    const warnings: string[] = [];
    const { live } = await configOfFile(path, env, { onWarning: (warning) => warnings.push(warning) });
    const reload = async (): Promise<Config | undefined> => {
      let used: Config | undefined;
      await live?.reload((config) => (used = config));
      return used;
    };
    return { reload, warnings };
  };

  it('D4: stay as they were while they cannot be listed, and the rest of the file counts', async () => {
    secretOf('keys/a');
    write('keys', 'https://old.example');
    const { reload, warnings } = await opened();
    write('keys', 'https://new.example');
    failure = 'error';
    expect((await reload())?.exporters).toMatchObject({
      otlp_http: { endpoint: 'https://new.example' },
      'otlp_http/a': { headers: { 'x-api-key': 'canary' } },
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^the secrets under keys: .*; what was read before stays in use$/),
    ]);
  });

  it('change nothing when another prefix cannot be listed, and count with it once it can', async () => {
    secretOf('keys/a');
    secretOf('more/b');
    write('keys', 'https://collector.example');
    const { reload } = await opened();
    write('more', 'https://collector.example');
    failure = 'error';
    await expect(reload()).rejects.toThrow(/secrets_prefix/);
    failure = undefined;
    expect(Object.keys((await reload())?.exporters ?? {}).sort()).toEqual(['otlp_http', 'otlp_http/b']);
  });
});
