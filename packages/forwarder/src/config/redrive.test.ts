import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeSecretsManager, startFakeSecretsManager } from '@serverless-otlp/testing/fake-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadRedrive } from './index.ts';

const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };
const RELOAD_MS = 60_000;
/** Of what is read beside a run: the next one may still begin without it. */
const PATIENT = { timeout: 20_000 };

let folder: string;
let secrets: FakeSecretsManager;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  folder = mkdtempSync(join(tmpdir(), 'otlp-redrive-'));
  secrets = await startFakeSecretsManager();
  secrets.secrets.set('key', 'canary');
});

afterEach(async () => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
  await secrets.close();
});

/** Exporters by their names after the slash, one of them with a key that is kept elsewhere. */
const write = (names: readonly string[]): void => {
  const exporters = names.map((name) => [
    `otlp_http/${name}`,
    { endpoint: 'https://collector.example', headers: { 'x-api-key': '${secretsmanager:key}' } },
  ]);
  const config = {
    exporters: Object.fromEntries(exporters) as object,
    dead_letter: { folder: { path: join(folder, 'letters') } },
    service: { reload_ms: RELOAD_MS, pipelines: { traces: { exporters: exporters.map(([id]) => id) } } },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
};

/** A redrive whose runs tell which destinations they looked after. */
const open = async () => {
  const warnings: string[] = [];
  const redrive = await loadRedrive({
    env: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'canary-access-key',
      OTLP_FORWARDER_CONFIG: join(folder, 'config.json'),
    },
    onReport: () => undefined,
    onWarning: (warning) => warnings.push(warning),
  });
  const run = async (): Promise<string> => Object.keys((await redrive({}, CONTEXT)).destinations).join();
  return { run, warnings };
};

const pass = (ms: number): unknown => vi.setSystemTime(Date.now() + ms);

describe('a redrive whose configuration changes', () => {
  it('has it read again when it is as old as reload_ms, and uses it from a later run on', async () => {
    write(['a']);
    const { run } = await open();
    write(['a', 'b']);
    pass(RELOAD_MS - 1);
    await run();
    expect(await run()).toBe('otlp_http/a');
    pass(1);
    expect(await run()).toBe('otlp_http/a');
    await expect.poll(run, PATIENT).toBe('otlp_http/a,otlp_http/b');
  });

  it('keeps the last good one when another is wrong, says so, and uses the next that is right', async () => {
    write(['a']);
    const { run, warnings } = await open();
    write([]);
    pass(RELOAD_MS);
    await expect.poll(async () => [await run(), warnings.length], PATIENT).toEqual(['otlp_http/a', 1]);
    expect(warnings[0]).toMatch(/^the last good configuration stays in use: /);
    write(['b']);
    pass(RELOAD_MS);
    await expect.poll(run, PATIENT).toBe('otlp_http/b');
    expect(JSON.stringify(warnings)).not.toContain('canary');
  });
});
