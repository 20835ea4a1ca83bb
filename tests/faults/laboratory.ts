import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Forwarder, RedriveReport, Report } from '@serverless-otlp/forwarder';
import { loadForwarder, loadRedrive } from '@serverless-otlp/forwarder/config';
import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import {
  type FakeAnswer,
  type FakeCollector,
  type ReceivedRequest,
  startFakeCollector,
} from '@serverless-otlp/testing/fake-collector';
import { onTestFinished } from 'vitest';
import { idsIn, protobufOf } from './world/items.ts';
import { envelopeOf } from './world/lines.ts';
import { type StoreFolder, storeFolder } from './world/store-folder.ts';

/** How one destination answers, and its settings besides the endpoint. */
export interface Instrumented {
  readonly script?: readonly FakeAnswer[] | ((request: ReceivedRequest, index: number) => FakeAnswer);
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What came of an invocation. */
export interface Invocation {
  readonly report: Report;
  /** Of a handler that rejected. */
  readonly error?: string;
}

/** One forwarder and one redrive in this process, from a configuration file, and destinations that answer by a script. */
export interface Laboratory {
  readonly collectors: Readonly<Record<string, FakeCollector>>;
  readonly store: StoreFolder;
  /** Lines of telemetry with these ids, one event. */
  invoke(lines: readonly string[], remainingMs?: number): Promise<Invocation>;
  redrive(remainingMs?: number): Promise<RedriveReport>;
  /** The ids a destination received, in order; with those of requests it refused. */
  received(name: string): readonly number[];
  /** Everything it has said: reports and warnings. */
  output(): string;
  /** States of the letters of a destination: `pending traces 1,2,3`. */
  letters(name: string): readonly string[];
}

/** A line of telemetry. */
export const lineOf = (signal: Signal, ids: readonly number[], over: object = {}): string =>
  envelopeOf(signal, gzipSync(protobufOf(signal, ids)).toString('base64'), over);

/** So many ids from a first one. */
export const ids = (count: number, first = 0): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index);

const LOG_GROUP = '/aws/lambda/shop';

/** A subscription event with these lines. */
const eventOf = (lines: readonly string[], timestamp: number = Date.now()): unknown => {
  const logEvents = lines.map((message, index) => ({ id: String(index), timestamp, message }));
  const where = { owner: '123456789012', logGroup: LOG_GROUP, logStream: 's' };
  const subscription = { messageType: 'DATA_MESSAGE', ...where, subscriptionFilters: ['otlp'], logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};

/** Quick retries, so that tests are. */
const QUICK = { retry: { initial_interval_ms: 10, max_interval_ms: 20, max_elapsed_ms: 1_000 } } as const;

/** Builds a laboratory, which goes with its test. */
export const laboratory = async (
  destinations: Readonly<Record<string, Instrumented>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Laboratory> => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-laboratory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const collectors: Record<string, FakeCollector> = {};
  const exporters: Record<string, object> = {};
  for (const [name, { script = [], settings = {} }] of Object.entries(destinations)) {
    const collector = await startFakeCollector({ script });
    onTestFinished(() => collector.close());
    collectors[name] = collector;
    exporters[`otlp_http/${name}`] = { endpoint: collector.url, ...QUICK, ...settings };
  }
  const pipelines = Object.fromEntries(SIGNALS.map((signal) => [signal, { exporters: Object.keys(exporters) }]));
  const store = join(folder, 'store');
  const configFile = join(folder, 'forwarder.json');
  writeFileSync(
    configFile,
    JSON.stringify({ exporters, dead_letter: { folder: { path: store } }, service: { pipelines } }),
  );
  const reports: Report[] = [];
  const said: string[] = [];
  const onWarning = (warning: string): void => void said.push(warning);
  const onReport = (report: Report): void => {
    reports.push(report);
    said.push(JSON.stringify(report));
  };
  const options = { configFile, env, onWarning };
  const forwarder: Forwarder = await loadForwarder({ ...options, onReport });
  const redrive = await loadRedrive({
    ...options,
    onReport: (report) => said.push(JSON.stringify(report)),
    forward: forwarder,
  });
  const contents = storeFolder(store, (text) => {
    throw new Error(text);
  });
  const context = (remainingMs: number): { getRemainingTimeInMillis: () => number } => {
    const end = Date.now() + remainingMs;
    return { getRemainingTimeInMillis: () => end - Date.now() };
  };

  return {
    collectors,
    store: contents,
    invoke: async (lines, remainingMs = 10_000) => {
      let error: string | undefined;
      try {
        await forwarder(eventOf(lines), context(remainingMs));
      } catch (cause) {
        error = String(cause);
      }
      const report = reports.at(-1);
      if (report === undefined) throw new Error(`no report: ${error}`);
      return { report, ...(error !== undefined && { error }) };
    },
    redrive: (remainingMs = 10_000) => redrive({}, context(remainingMs)),
    received: (name) => (collectors[name]?.requests ?? []).flatMap(({ body }) => idsIn(body)),
    output: () => said.join('\n'),
    letters: (name) =>
      contents
        .contents()
        .letters.filter(({ destination }) => destination === `otlp_http/${name}`)
        .map(({ state, key, ids: own }) => `${state} ${key.split('/')[2]} ${own.join()}`)
        .sort(),
  };
};
