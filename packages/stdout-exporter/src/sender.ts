import { settingsOf } from './config/settings.ts';
import { warnOnce } from './config/warn-once.ts';
import type { ExportResult } from './export-result.ts';
import type { StdoutExporterOptions } from './options.ts';
import { finishStdout } from './output/stdout.ts';
import { send } from './send.ts';

/** How a signal becomes a request: how many items are in a batch, and their request in protobuf. */
export interface Signalled<Batch> {
  readonly signal: 'traces' | 'metrics' | 'logs';
  readonly count: (batch: Batch) => number;
  readonly bytes: (batch: Batch) => Uint8Array | undefined;
}

/** What the exporters of the three signals have in common. Everything is written when `export` returns. */
export class StdoutSender<Batch> {
  readonly #write: (batch: Batch) => Error | undefined;
  readonly #flush: () => void;
  #stopped = false;

  constructor({ bytes, count, signal }: Signalled<Batch>, options: StdoutExporterOptions) {
    const settings = settingsOf(signal, options, warnOnce);
    this.#write = (batch) => {
      if (this.#stopped) return new Error(`the stdout exporter of ${signal} was shut down`);
      return send(signal, () => (count(batch) === 0 ? undefined : bytes(batch)), settings).error;
    };
    this.#flush = () => finishStdout(settings.maxWaitMs);
  }

  export(batch: Batch, resultCallback: (result: ExportResult) => void): void {
    const error = this.#write(batch);
    resultCallback(error === undefined ? { code: 0 } : { code: 1, error });
  }

  /** Resolves at once: nothing is held back, unless a reader stalled in the middle of a line. */
  forceFlush(): Promise<void> {
    this.#flush();
    return Promise.resolve();
  }

  /** Later exports fail. */
  shutdown(): Promise<void> {
    this.#stopped = true;
    return this.forceFlush();
  }
}
