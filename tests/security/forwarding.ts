import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@serverless-otlp/forwarder';
import { type LoadRedriveOptions, loadForwarder, loadRedrive } from '@serverless-otlp/forwarder/config';
import { type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { onTestFinished } from 'vitest';
import { type StoredFile, storedFiles } from './stored-files.ts';

type FakeOptions = NonNullable<Parameters<typeof startFakeCollector>[0]>;
type RedriveReport = Parameters<LoadRedriveOptions['onReport']>[0];

/** The time an invocation has left. */
interface Context {
  readonly getRemainingTimeInMillis: () => number;
}

/** A folder that is gone after the test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-security-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A collector that is gone after the test. */
export const collectorOf = async (options: FakeOptions = {}): Promise<FakeCollector> => {
  const collector = await startFakeCollector(options);
  onTestFinished(() => collector.close());
  return collector;
};

/** Like Lambda's: counts down from now. */
const contextOf = (remainingMs = 10_000): Context => {
  const end = Date.now() + remainingMs;
  return { getRemainingTimeInMillis: () => end - Date.now() };
};

/** What a test changes of the configuration: whole settings by their top-level name. */
export interface ForwardingOptions {
  /** By id. Default one `otlp_http` that sends to a collector of its own. */
  readonly exporters?: Readonly<Record<string, object>>;
  readonly processors?: Readonly<Record<string, object | null>>;
  /** Of every pipeline. Default `[batch]`. */
  readonly steps?: readonly string[];
  readonly encodings?: object;
  readonly service?: object;
  readonly env?: Readonly<Record<string, string>>;
  /** Default a folder of its own. */
  readonly store?: object;
}

/** The deployed composition, out of a configuration file, with everything it sends, stores and says in reach. */
export interface Forwarding {
  /** What its default exporter sends to. */
  readonly collector: FakeCollector;
  readonly reports: Report[];
  readonly warnings: string[];
  readonly configFile: string;
  /** The folder of the dead-letter store. */
  readonly folder: string;
  readonly stored: () => readonly StoredFile[];
  readonly invoke: (event: unknown, remainingMs?: number) => Promise<unknown>;
  readonly redrive: (options?: Partial<LoadRedriveOptions>, remainingMs?: number) => Promise<RedriveReport>;
}

/** Loads the real composition. */
export const forwardingOf = async (options: ForwardingOptions = {}, answers: FakeOptions = {}): Promise<Forwarding> => {
  const collector = await collectorOf(answers);
  const home = temporaryFolder();
  const folder = join(home, 'letters');
  const configFile = join(home, 'forwarder.json');
  const exporters = options.exporters ?? { otlp_http: { endpoint: collector.url } };
  const pipeline = { processors: options.steps ?? ['batch'], exporters: Object.keys(exporters) };
  const config = {
    exporters,
    processors: { batch: null, ...options.processors },
    ...(options.encodings !== undefined && { encodings: options.encodings }),
    dead_letter: options.store ?? { folder: { path: folder } },
    service: { pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline }, ...options.service },
  };
  writeFileSync(configFile, JSON.stringify(config));
  const reports: Report[] = [];
  const warnings: string[] = [];
  const common = { env: options.env ?? {}, configFile, onWarning: (text: string) => void warnings.push(text) };
  const forwarder = await loadForwarder({ ...common, onReport: (report) => void reports.push(report) });
  return {
    collector,
    reports,
    warnings,
    configFile,
    folder,
    stored: () => storedFiles(folder),
    invoke: (event, remainingMs) => forwarder(event, contextOf(remainingMs)),
    redrive: async (more = {}, remainingMs = 10_000) => {
      const redrive = await loadRedrive({ intervalMs: 0, onReport: () => undefined, ...common, ...more });
      return redrive({}, contextOf(remainingMs));
    },
  };
};
