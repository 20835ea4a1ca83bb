import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { StdoutExporterOptions } from '@serverless-otlp/stdout-exporter/traces';
import { messageOf, warnOnce } from '../config/warn-once.ts';
import { output } from './output.ts';

/** Writes finished spans. Throws nothing. */
export interface SpanWriter {
  readonly write: (spans: readonly ReadableSpan[]) => void;
  /** Settles when everything is written; `undefined` when it is. */
  readonly pending: () => Promise<void> | undefined;
  /** Writes what waits, and from now on everything at once: nobody waits any more. */
  readonly end: () => void;
}

/** So many exports wait for what writes them, which is loaded in milliseconds. */
const MAX_WAITING = 100;

/**
 * Gives spans to whoever takes them, else to {@link lineWriter}. That is loaded beside the start, not before its end: a function is
 * called when the event loop has turned, and nothing is written before.
 */
export const spanWriter = (options: StdoutExporterOptions = {}): SpanWriter => {
  const waiting: (readonly ReadableSpan[])[] = [];
  let lines: SpanWriter | undefined;
  const load = async (): Promise<void> => {
    try {
      lines = (await import('./line-writer.ts')).lineWriter(options);
    } catch (error) {
      warnOnce(`what writes spans cannot be loaded: ${messageOf(error)}`);
    }
    for (const spans of waiting.splice(0)) lines?.write(spans);
    await lines?.pending();
  };
  const loading = load();
  return {
    write: (spans) => {
      const taker = output();
      if (taker !== undefined) taker.spans(spans);
      else if (lines !== undefined) lines.write(spans);
      else if (waiting.length < MAX_WAITING) waiting.push(spans);
    },
    pending: () => (waiting.length > 0 ? loading : undefined) ?? lines?.pending(),
    end: () => {
      lines?.end();
      if (waiting.length > 0) warnOnce('the process ended before its first spans could be written');
    },
  };
};
