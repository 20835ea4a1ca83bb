import { join } from 'node:path';

import { SIGNALS, type Signal } from './schema.ts';

/** How a Collector differs from one that takes everything. */
export interface CollectorSettings {
  /** Refuses requests of more bytes, compressed or not. */
  readonly maxRequestBytes?: number;
  /** Refuses requests that do not bring it. */
  readonly bearerToken?: string;
  /** Refuses everything, for want of memory. */
  readonly outOfMemory?: boolean;
  /** Takes only these; it does not know the paths of the others. */
  readonly signals?: readonly Signal[];
}

/** The file that run number `run` of a Collector writes a signal to. */
export const outputFile = (folder: string, run: number, signal: Signal): string =>
  join(folder, `${signal}.${run}.jsonl`);

/** What a Collector that cannot have any memory prints once it has noticed. */
export const REFUSES: RegExp = /Refusing data/;

/** The configuration of one run of a Collector: OTLP/HTTP in, one file per signal out. */
export const collectorConfig = (port: number, folder: string, run: number, settings: CollectorSettings): string => {
  const { maxRequestBytes, bearerToken, outOfMemory = false, signals = SIGNALS } = settings;
  const http = {
    endpoint: `127.0.0.1:${port}`,
    ...(maxRequestBytes === undefined ? {} : { max_request_body_size: maxRequestBytes }),
    ...(bearerToken === undefined ? {} : { auth: { authenticator: 'bearertokenauth' } }),
  };
  // With rotation the exporter writes at once; without, what it has answered for may still be in its memory.
  const exporters = signals.map((signal) => [
    `file/${signal}`,
    { path: outputFile(folder, run, signal), format: 'json', rotation: { max_megabytes: 1000 } },
  ]);
  const processors = outOfMemory ? { memory_limiter: { check_interval: '10ms', limit_mib: 1 } } : {};
  return JSON.stringify({
    ...(bearerToken === undefined ? {} : { extensions: { bearertokenauth: { token: bearerToken } } }),
    receivers: { otlp: { protocols: { http } } },
    processors,
    exporters: Object.fromEntries(exporters) as unknown,
    service: {
      ...(bearerToken === undefined ? {} : { extensions: ['bearertokenauth'] }),
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
      pipelines: Object.fromEntries(
        signals.map((signal) => [
          signal,
          { receivers: ['otlp'], processors: Object.keys(processors), exporters: [`file/${signal}`] },
        ]),
      ),
    },
  });
};
