import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { canonicalRequest } from './canonical.ts';
import { itemsOf } from './items.ts';
import { type Program, startProgram } from './process.ts';
import { SIGNALS, type Signal } from './schema.ts';
import { type Items, sortedItems } from './sent.ts';
import { waitFor, within } from './wait.ts';

const START_TIMEOUT_MS = 20_000;
const START_TRIES = 3;

/** A running OpenTelemetry Collector: OTLP/HTTP in, one file per signal out. */
export interface Collector {
  readonly endpoint: string;
  /** Ends it, so that all it received is on disk, and resolves to that. */
  readonly stop: () => Promise<Items>;
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

const configuration = (port: number, folder: string): string =>
  JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: Object.fromEntries(
      SIGNALS.map((signal) => [`file/${signal}`, { path: fileOf(folder, signal), format: 'json' }]),
    ),
    service: {
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
      pipelines: Object.fromEntries(
        SIGNALS.map((signal) => [signal, { receivers: ['otlp'], exporters: [`file/${signal}`] }]),
      ),
    },
  });

const fileOf = (folder: string, signal: Signal): string => join(folder, `${signal}.jsonl`);

const accepts = async (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(undefined));
    socket.on('connect', () => socket.destroy());
  });

const writtenItems = (folder: string, signal: Signal): readonly string[] => {
  const file = fileOf(folder, signal);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.flatMap((line) => itemsOf(signal, canonicalRequest(signal, JSON.parse(line), 'json')));
};

const launch = async (binary: string, port: number, folder: string): Promise<Program> => {
  const config = join(folder, 'config.yaml');
  await writeFile(config, configuration(port, folder));
  const program = startProgram(binary, ['--config', `file:${config}`], { env: { COLLECTOR_STOPS_WITH_STDIN: '1' } });
  let died = false;
  void program.ended.then(() => (died = true));
  try {
    await waitFor('the Collector to listen', START_TIMEOUT_MS, async () => {
      if (died) throw new Error(`The Collector ended:\n${program.stderr()}`);
      return accepts(port);
    });
    return program;
  } catch (error) {
    await program.stop();
    throw error;
  }
};

/** Starts the Collector on the given port, or on a free one. */
export const startCollector = async (binary: string, wantedPort?: number): Promise<Collector> => {
  const folder = await mkdtemp(join(tmpdir(), 'otlp-collector-'));
  for (let tries = 1; ; tries++) {
    const port = wantedPort ?? (await freePort());
    try {
      const program = await launch(binary, port, folder);
      const stop = async (): Promise<Items> => {
        await program.stop();
        const [traces, metrics, logs] = SIGNALS.map((signal) => writtenItems(folder, signal));
        await rm(folder, { recursive: true, force: true });
        return sortedItems({ traces: traces ?? [], metrics: metrics ?? [], logs: logs ?? [] });
      };
      return { endpoint: `http://127.0.0.1:${port}`, stop };
    } catch (error) {
      // Somebody else may have taken the port in the meantime.
      if (tries < START_TRIES) continue;
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
};
