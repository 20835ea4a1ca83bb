import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@serverless-otlp/forwarder';
import { loadForwarder } from '@serverless-otlp/forwarder/config';
import { type FakeSecretsManager, startFakeSecretsManager } from '@serverless-otlp/testing/fake-secrets-manager';
import { onTestFinished, vi } from 'vitest';
import { type Backend, type RunningBackend, startBackend } from './fakes/backend.ts';
import { namesLeadHere } from './names.ts';
import { eventOf, type SampleLine } from './telemetry.ts';

/** What a guide's configuration did with some telemetry. */
export interface Forwarded {
  readonly backend: RunningBackend;
  readonly report: Report;
  /** Everything a person could read afterwards: report, warnings, and what was printed. */
  readonly said: string;
}

/** What {@link forward} is given. */
export interface ForwardOptions {
  /** As the guide prints it, or with a mistake in it. */
  readonly yaml: string;
  readonly backend: Backend;
  /** What Secrets Manager holds, by the reference as the guide writes it. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly lines: readonly SampleLine[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The configuration of a guide as a test can run it: hosts, paths and everything else stay as they are, and names lead here (see
 * names.ts); only the scheme and the port change.
 */
const runnable = (yaml: string, port: number): string =>
  yaml.replace(/https:\/\/([a-z0-9.-]+)(?::\d+)?/g, `http://$1:${port}`);

/** A Secrets Manager that holds what these references stand for: each secret is a JSON object. */
const secretsManagerOf = async (secrets: Readonly<Record<string, string>>): Promise<FakeSecretsManager> => {
  const manager = await startFakeSecretsManager();
  const held = new Map<string, Record<string, string>>();
  for (const [reference, value] of Object.entries(secrets)) {
    const [, name = '', key = ''] = /^\$\{secretsmanager:([^#]+)#(.+)\}$/.exec(reference) ?? [];
    held.set(name, { ...held.get(name), [key]: value });
  }
  for (const [name, value] of held) manager.secrets.set(name, JSON.stringify(value));
  return manager;
};

/** What Lambda gives every function. */
const LAMBDA_ENV = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret-access-key',
  AWS_SESSION_TOKEN: 'session-token',
};

/** Runs one event through the deployed composition, as this configuration makes it, into the fake backend. */
export const forward = async ({ yaml, backend, secrets, lines, env }: ForwardOptions): Promise<Forwarded> => {
  const [running, manager] = await Promise.all([startBackend(backend), secretsManagerOf(secrets)]);
  const home = mkdtempSync(join(tmpdir(), 'otlp-backends-'));
  onTestFinished(async () => {
    await Promise.all([running.close(), manager.close()]);
    rmSync(home, { recursive: true, force: true });
  });
  namesLeadHere(backend.hosts);
  const printed = vi.spyOn(process.stdout, 'write');
  onTestFinished(() => printed.mockRestore());
  const configFile = join(home, 'forwarder.yaml');
  writeFileSync(configFile, runnable(yaml, running.port));
  const reports: Report[] = [];
  const warnings: string[] = [];
  const forwarder = await loadForwarder({
    env: { ...LAMBDA_ENV, ...env, AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url },
    configFile,
    onWarning: (warning) => void warnings.push(warning),
    onReport: (report) => void reports.push(report),
  });
  const end = Date.now() + 20_000;
  const failure = await forwarder(eventOf(lines), { getRemainingTimeInMillis: () => end - Date.now() }).then(
    () => '',
    (error: unknown) => String(error),
  );
  const [report] = reports;
  if (report === undefined || reports.length > 1) throw new Error(`${reports.length} reports; ${failure}`);
  const writes = printed.mock.calls.map(([chunk]) => String(chunk));
  return { backend: running, report, said: [JSON.stringify(reports), ...warnings, failure, ...writes].join('\n') };
};

/** Every error of a report, with its host in front. */
export const errorsOf = ({ errors = [], quarantined = [] }: Report): readonly string[] =>
  [...errors, ...quarantined].map(({ error }) => error);
