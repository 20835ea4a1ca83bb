import type { Signal } from '@serverless-otlp/otlp';
import { settingsOf } from './config/settings.ts';
import { warnOnce } from './config/warn-once.ts';
import type { ExportResult } from './export-result.ts';
import type { StdoutExporterOptions } from './options.ts';
import { finishStdout } from './output/stdout.ts';
import { send } from './send.ts';

/** What the exporters of the three signals have in common. */
export interface Sender {
  /** @param bytes the request, made only when there are items. */
  readonly send: (items: number, bytes: () => Uint8Array | undefined, done: (result: ExportResult) => void) => void;
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/** An exporter that is told how to make its requests. Everything is written when `send` returns. */
export const sender = (signal: Signal, options: StdoutExporterOptions): Sender => {
  const settings = settingsOf(signal, options, warnOnce);
  let stopped = false;
  const flush = (): Promise<void> => {
    finishStdout(settings.maxWaitMs);
    return Promise.resolve();
  };
  return {
    send: (items, bytes, done) => {
      if (stopped) {
        done({ code: 1, error: new Error(`the stdout exporter of ${signal} was shut down`) });
        return;
      }
      const { error } = send(signal, () => (items === 0 ? undefined : bytes()), settings);
      done(error === undefined ? { code: 0 } : { code: 1, error });
    },
    forceFlush: flush,
    shutdown: () => {
      stopped = true;
      return flush();
    },
  };
};
