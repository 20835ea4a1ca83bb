import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Metadata, Report } from '@serverless-otlp/forwarder';
import { loadForwarder } from '@serverless-otlp/forwarder/config';
import { type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { onTestFinished } from 'vitest';

type FakeOptions = NonNullable<Parameters<typeof startFakeCollector>[0]>;

/** What the reference's secrets become. It is no part of the package's surface, so it is loaded by its path. */
export interface SecretDestinations {
  readonly exporters: Readonly<Record<string, { readonly endpoint?: string; readonly auth?: unknown }>>;
  readonly pipelines: Readonly<Record<'traces' | 'metrics' | 'logs', { readonly exporters: readonly string[] }>>;
  readonly broken: Readonly<Record<string, string>>;
  readonly matchers: ReadonlyMap<string, (metadata: Metadata) => boolean>;
  readonly warnings: readonly string[];
}

const CONFIG = join(import.meta.dirname, '../../packages/forwarder/src/config');

/** Loads a module of the forwarder that is none of its surface. */
export const internal = async <Module>(file: string): Promise<Module> =>
  (await import(pathToFileURL(join(CONFIG, file)).href)) as Module;

/** The destinations of secrets under `keys`, by the last part of their names. */
export const destinationsOf = async (secrets: Readonly<Record<string, unknown>>): Promise<SecretDestinations> => {
  const { destinationsOfSecrets } = await internal<{
    readonly destinationsOfSecrets: (secrets: readonly object[], prefix: string, env: object) => SecretDestinations;
  }>('secrets-prefix.ts');
  const listed = Object.entries(secrets).map(([name, secret]) => ({
    name: `keys/${name}`,
    found: { value: typeof secret === 'string' ? secret : JSON.stringify(secret) },
  }));
  return destinationsOfSecrets(listed, 'keys', { AWS_REGION: 'eu-west-1' });
};

/** A folder that is gone after the test. */
const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-migration-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A collector that is gone after the test. */
export const collectorOf = async (options: FakeOptions = {}): Promise<FakeCollector> => {
  const collector = await startFakeCollector(options);
  onTestFinished(() => collector.close());
  return collector;
};

/** One line of OTLP/JSON per signal. */
export const LINES: Readonly<Record<'traces' | 'metrics' | 'logs', string>> = {
  traces: '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}',
  metrics: '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{"asInt":"1"}]}}]}]}]}',
  logs: '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"b"}}]}]}]}',
};

/** An event of CloudWatch Logs with these lines. */
const eventOf = (lines: readonly string[], logGroup = '/aws/lambda/shop'): unknown => {
  const logEvents = lines.map((message, index) => ({ id: `e${index}`, timestamp: 1_755_800_000_000, message }));
  const subscription = { messageType: 'DATA_MESSAGE', owner: '123456789012', logGroup, logStream: 's', logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};

/** Forwards lines as a forwarder with these variables, and this file if there is one, does. */
export const forwardWith = async (
  env: Readonly<Record<string, string>>,
  lines: readonly string[] = [LINES.traces],
  { config, logGroup }: { readonly config?: object; readonly logGroup?: string } = {},
): Promise<Report> => {
  const reports: Report[] = [];
  const file = join(temporaryFolder(), 'forwarder.json');
  if (config !== undefined) writeFileSync(file, JSON.stringify(config));
  const variables = config === undefined ? env : { ...env, OTLP_FORWARDER_CONFIG: file };
  const options = { env: variables, onReport: (report: Report) => reports.push(report), onWarning: () => undefined };
  const forwarder = await loadForwarder(options);
  const end = Date.now() + 20_000;
  await forwarder(eventOf(lines, logGroup), { getRemainingTimeInMillis: () => end - Date.now() });
  const [report] = reports;
  if (report === undefined) throw new Error('no report');
  return report;
};

/** The variables of a forwarder whose destinations are these secrets, by the last part of their names; its Secrets Manager is a fake. */
export const variablesFor = async (
  secrets: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, string>>> => {
  const SecretValues = Object.entries(secrets).map(([name, secret]) => ({
    Name: `keys/${name}`,
    SecretString: typeof secret === 'string' ? secret : JSON.stringify(secret),
  }));
  const aws = await collectorOf({ script: () => ({ body: JSON.stringify({ SecretValues }) }) });
  return {
    COLLECTORS_SECRETS_KEY_PREFIX: 'keys/',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
};

/** What became of lines that went to destinations of secrets. */
export interface SecretRun {
  readonly report: Report;
  /** How many letters wait, by destination. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** Forwards lines to the destinations of secrets, with a store. */
export const forwardToSecrets = async (
  secrets: Readonly<Record<string, unknown>>,
  lines: readonly string[] = [LINES.traces],
  logGroup?: string,
): Promise<SecretRun> => {
  const path = temporaryFolder();
  const env = { ...(await variablesFor(secrets)), OTLP_FORWARDER_DEAD_LETTER: path };
  const report = await forwardWith(env, lines, logGroup === undefined ? {} : { logGroup });
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const waiting: Record<string, number> = {};
  for (const { parentPath } of files) {
    const id = decodeURIComponent(/pending\/([^/]+)\//.exec(`${parentPath}/`)?.[1] ?? '');
    if (id !== '') waiting[id] = (waiting[id] ?? 0) + 1;
  }
  return { report, waiting };
};
