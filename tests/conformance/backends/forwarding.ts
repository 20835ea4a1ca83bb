import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@serverless-otlp/forwarder';
import { loadForwarder } from '@serverless-otlp/forwarder/config';
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
  /** What references to secrets stand for, by the reference as the guide writes it. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly lines: readonly SampleLine[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The configuration of a guide as a test can run it. Hosts and paths stay as they are, and names lead here (see names.ts): only the
 * scheme and the port change. A reference to a secret becomes one to a variable.
 */
const runnable = (
  yaml: string,
  port: number,
  secrets: Readonly<Record<string, string>>,
): { readonly text: string; readonly env: Readonly<Record<string, string>> } => {
  const named = Object.entries(secrets).map(([reference, value], index) => ({
    reference,
    value,
    name: `SECRET_${index}`,
  }));
  const text = named.reduce(
    (before, { reference, name }) => before.replaceAll(reference, `\${env:${name}}`),
    yaml.replace(/https:\/\/([a-z0-9.-]+)(?::\d+)?/g, `http://$1:${port}`),
  );
  return { text, env: Object.fromEntries(named.map(({ name, value }) => [name, value])) };
};

/** Runs one event through the deployed composition, as this configuration makes it, into the fake backend. */
export const forward = async ({ yaml, backend, secrets, lines, env }: ForwardOptions): Promise<Forwarded> => {
  const running = await startBackend(backend);
  const home = mkdtempSync(join(tmpdir(), 'otlp-backends-'));
  onTestFinished(async () => {
    await running.close();
    rmSync(home, { recursive: true, force: true });
  });
  namesLeadHere(backend.hosts);
  const printed = vi.spyOn(process.stdout, 'write');
  onTestFinished(() => printed.mockRestore());
  const { text, env: variables } = runnable(yaml, running.port, secrets);
  const configFile = join(home, 'forwarder.yaml');
  writeFileSync(configFile, text);
  const reports: Report[] = [];
  const warnings: string[] = [];
  const forwarder = await loadForwarder({
    env: { ...variables, ...env },
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
