import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RedriveReport, RedriveSelection, Report, Store } from '@serverless-otlp/forwarder';
import { loadForwarder, loadRedrive, storeOf } from '@serverless-otlp/forwarder/config';
import { expect, inject, onTestFinished } from 'vitest';

import { collectorSite, type CollectorSite } from './collector.ts';
import { generatedEnvelope } from './envelope.ts';
import { SIGNALS } from './schema.ts';
import { subscriptionEvent } from './subscription-event.ts';
import { waitFor } from './wait.ts';

/** The destination that works all the time. */
export const HEALTHY = 'otlp_http/healthy';
/** The one that does not. */
export const SICK = 'otlp_http/sick';

const TIMEOUT_MS = 20_000;
const EMPTY_WITHIN_MS = 10_000;
const PROBE_EVERY_MS = 100;

/** Short, so that an event does not wait for long, nor what is kept for its next try. */
const RETRY = { initial_interval_ms: 20, max_interval_ms: 100, max_elapsed_ms: 400 };
const BREAKER = { interval_ms: 300 };

/** One execution environment: its connections and its breakers are its own. */
export type Forward = (lines: readonly string[]) => Promise<Report>;

/** Two Collectors, of which one works all the time, a forwarder that sends everything to both, and its dead letters. */
export interface World {
  readonly healthy: CollectorSite;
  readonly sick: CollectorSite;
  readonly store: Store;
  /** The configuration file. */
  readonly file: string;
  /** Writes the configuration anew, with these settings of the sick destination. */
  readonly configure: (sick: object) => Promise<void>;
  /** Starts an execution environment from the configuration. */
  readonly environment: () => Promise<Forward>;
  /** Runs the redrive once. */
  readonly redrive: (selection?: RedriveSelection) => Promise<RedriveReport>;
  /** Runs it until nothing waits any more, as a schedule would. */
  readonly redriveAll: (selection?: RedriveSelection) => Promise<void>;
  readonly storedKeys: () => Promise<readonly string[]>;
  /** Every line that was given to the forwarder. */
  readonly sent: string[];
  /** The lines of each event that is under way at any time while this is done. */
  readonly during: (act: () => Promise<void>) => Promise<ReadonlySet<readonly string[]>>;
}

type DeadLetter = Parameters<typeof storeOf>[0];

/** Two items and more of each signal, which no other seed has. */
export const linesOf = (seed: string, items = 2): readonly string[] =>
  SIGNALS.map((signal) => generatedEnvelope(signal, seed, items));

/** The event that brings these lines now: older ones are not redriven. */
export const eventOf = (lines: readonly string[]): unknown => subscriptionEvent(lines, 'DATA_MESSAGE', Date.now());

const invocation = (): { readonly getRemainingTimeInMillis: () => number } => {
  const end = Date.now() + TIMEOUT_MS;
  return { getRemainingTimeInMillis: () => end - Date.now() };
};

const onWarning = (warning: string): void => {
  throw new Error(`Nothing to warn of: ${warning}`);
};

const site = async (): Promise<CollectorSite> => {
  const collector = await collectorSite(inject('parts').collector);
  onTestFinished(collector.remove);
  return collector;
};

/** What of a world may differ. */
export interface WorldOptions {
  /** Of the configuration; default a folder. */
  readonly deadLetter?: DeadLetter;
}

/** Makes everything anew; the healthy Collector runs, the sick one is not started yet. */
export const openWorld = async ({ deadLetter }: WorldOptions = {}): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'otlp-outage-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'forwarder.json');
  const kept = deadLetter ?? { folder: { path: join(folder, 'dead-letters') } };
  const store = await storeOf(kept);
  const [healthy, sick] = [await site(), await site()];
  await healthy.start();

  const configure = async (settings: object): Promise<void> => {
    const exporters = {
      [HEALTHY]: { endpoint: healthy.endpoint },
      [SICK]: { endpoint: sick.endpoint, retry: RETRY, breaker: BREAKER, ...settings },
    };
    const pipelines = Object.fromEntries(SIGNALS.map((signal) => [signal, { exporters: [HEALTHY, SICK] }]));
    await writeFile(file, JSON.stringify({ exporters, dead_letter: kept, service: { pipelines } }));
  };
  await configure({});

  const sent: string[] = [];
  const underWay = new Set<readonly string[]>();
  let seen = new Set<readonly string[]>();
  const during: World['during'] = async (act) => {
    const found = (seen = new Set(underWay));
    await act();
    seen = new Set();
    return found;
  };
  const environment = async (): Promise<Forward> => {
    let last: Report | undefined;
    const onReport = (report: Report): void => {
      last = report;
    };
    const forwarder = await loadForwarder({ env: {}, configFile: file, onWarning, onReport });
    return async (lines) => {
      sent.push(...lines);
      underWay.add(lines);
      seen.add(lines);
      await forwarder(eventOf(lines), invocation());
      underWay.delete(lines);
      const report = last;
      expect(report).toMatchObject({ balanced: true, lines: { in: lines.length, decoded: lines.length } });
      if (report === undefined) throw new Error('There is no report');
      for (const { decoded, delivered } of Object.values(report.destinations[HEALTHY] ?? {}))
        expect(delivered).toBe(decoded);
      return report;
    };
  };

  const redrive: World['redrive'] = async (selection) => {
    const run = await loadRedrive({
      env: {},
      configFile: file,
      onWarning,
      onReport: () => undefined,
      intervalMs: PROBE_EVERY_MS,
      ...(selection === undefined ? {} : { selection }),
    });
    const report = await run({}, invocation());
    expect(report).toMatchObject({ balanced: true });
    expect(report).not.toHaveProperty('errors');
    return report;
  };
  const redriveAll: World['redriveAll'] = async (selection) => {
    let last: RedriveReport['destinations'] = {};
    const isDone = async (): Promise<true | undefined> => {
      last = (await redrive(selection)).destinations;
      return Object.values(last).every(({ remaining, more }) => remaining === 0 && more !== true) ? true : undefined;
    };
    await waitFor('the end of the redrive', EMPTY_WITHIN_MS, isDone).catch((cause: unknown) => {
      throw new Error(`It still says ${JSON.stringify(last)}`, { cause });
    });
  };

  const storedKeys: World['storedKeys'] = async () => {
    const keys: string[] = [];
    for (const state of ['pending', 'quarantine', 'expired'])
      for await (const { key } of store.list(`${state}/`)) keys.push(key);
    return keys;
  };

  return { healthy, sick, store, file, configure, environment, redrive, redriveAll, storedKeys, sent, during };
};
