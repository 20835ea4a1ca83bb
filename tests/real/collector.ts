import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { collectorConfig, type CollectorSettings, REFUSES } from './collector-config.ts';
import { writtenItems } from './collector-output.ts';
import { type Program, startProgram } from './process.ts';
import type { Items } from './sent.ts';
import { waitFor, within } from './wait.ts';

const START_TIMEOUT_MS = 20_000;
const START_TRIES = 3;

/** A running OpenTelemetry Collector: OTLP/HTTP in, one file per signal out. */
export interface Collector {
  readonly endpoint: string;
  /** Ends it, so that all it received is on disk, and resolves to that. */
  readonly stop: () => Promise<Items>;
}

/** The address of a Collector that is started and stopped, and what all its runs have received. */
export interface CollectorSite {
  readonly endpoint: string;
  /** Starts it, or starts it anew, with this configuration; the address stays the same. */
  readonly start: (settings?: CollectorSettings) => Promise<void>;
  /** Asks it to end: it answers what it has begun. */
  readonly stop: () => Promise<void>;
  /** Ends it in the middle of whatever it does. */
  readonly kill: () => Promise<void>;
  /** It keeps its connections and takes new ones, and does nothing until it is thawed. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** What it has written so far; complete while it is stopped. */
  readonly items: () => Items;
  /** Stops it and removes what it has written. */
  readonly remove: () => Promise<void>;
}

/** A port of the loopback interface that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await within('a free port', START_TIMEOUT_MS, once(server, 'listening'));
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
};

const accepts = async (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(undefined));
    socket.on('connect', () => socket.destroy());
  });

const launch = async (
  binary: string,
  port: number,
  folder: string,
  run: number,
  settings: CollectorSettings,
): Promise<Program> => {
  const config = join(folder, 'config.yaml');
  await writeFile(config, collectorConfig(port, folder, run, settings));
  const program = startProgram(binary, ['--config', `file:${config}`], { env: { COLLECTOR_STOPS_WITH_STDIN: '1' } });
  let died = false;
  void program.ended.then(() => (died = true));
  try {
    await waitFor('the Collector to listen', START_TIMEOUT_MS, async () => {
      if (died) throw new Error(`The Collector ended:\n${program.stderr()}`);
      if (settings.outOfMemory === true && !REFUSES.test(program.stderr())) return undefined;
      return accepts(port);
    });
    return program;
  } catch (error) {
    await program.stop();
    throw error;
  }
};

/** A Collector that is not running yet, on the given port or on a free one. */
export const collectorSite = async (binary: string, wantedPort?: number): Promise<CollectorSite> => {
  const folder = await mkdtemp(join(tmpdir(), 'otlp-collector-'));
  const port = wantedPort ?? (await freePort());
  let runs = 0;
  let program: Program | undefined;
  const leave = (): Program | undefined => {
    const running = program;
    program = undefined;
    return running;
  };
  const stop = async (): Promise<void> => {
    const running = leave();
    running?.child.kill('SIGCONT');
    await running?.stop();
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    start: async (settings = {}) => {
      await stop();
      program = await launch(binary, port, folder, runs++, settings);
    },
    stop,
    kill: async () => {
      const running = leave();
      if (running === undefined) return;
      running.child.kill('SIGKILL');
      await within('a killed Collector to end', START_TIMEOUT_MS, running.ended);
    },
    freeze: () => void program?.child.kill('SIGSTOP'),
    thaw: () => void program?.child.kill('SIGCONT'),
    items: () => writtenItems(folder, runs),
    remove: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Starts the Collector on the given port, or on a free one. */
export const startCollector = async (binary: string, wantedPort?: number): Promise<Collector> => {
  for (let tries = 1; ; tries++) {
    const site = await collectorSite(binary, wantedPort);
    const stop = async (): Promise<Items> => {
      await site.stop();
      const items = site.items();
      await site.remove();
      return items;
    };
    try {
      await site.start();
      return { endpoint: site.endpoint, stop };
    } catch (error) {
      await site.remove();
      // Somebody else may have taken the port in the meantime.
      if (tries >= START_TRIES) throw error;
    }
  }
};
