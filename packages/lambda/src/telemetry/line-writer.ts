import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { plainSpanWriter } from '@serverless-otlp/stdout-exporter/plain-spans';
import type { StdoutExporterOptions } from '@serverless-otlp/stdout-exporter/traces';
import { messageOf, warnOnce } from '../config/warn-once.ts';
import type { SpanWriter } from './span-writer.ts';

type Write = (spans: readonly ReadableSpan[]) => void;

/** So many exports wait for a part that is loaded, which takes milliseconds. */
const MAX_WAITING = 100;

/** Libraries that trace file systems shall not trace this. */
const untraced = (run: () => void): void => context.with(suppressTracing(context.active()), run);

/**
 * Writes to standard output, as the options and variables of the exporter say: at once, unless a part of the exporter that few need
 * has to be loaded first.
 */
export const lineWriter = (options: StdoutExporterOptions): SpanWriter => {
  const plain = plainSpanWriter(options, warnOnce);
  const waiting: (readonly ReadableSpan[])[] = [];
  /** What is left to do when the exporter is not there and nobody waits: the format that every reader knows. */
  const last: Write = (spans) =>
    plainSpanWriter({ ...options, format: 'compatible', output: 'stdout' }, warnOnce)?.(spans, true);
  let full: Write | undefined;
  let loading: Promise<void> | undefined;
  let ended = false;
  const writeWaiting = (): void => {
    for (const spans of waiting.splice(0)) untraced(() => (full ?? last)(spans));
  };
  const load = async (): Promise<void> => {
    try {
      full = (await import('./full-exporter.ts')).fullExporter(options);
    } catch (error) {
      full = last;
      warnOnce(`the exporter cannot be loaded, lines are compatible: ${messageOf(error)}`);
    }
    writeWaiting();
    loading = undefined;
  };
  const writeFull: Write = (spans) => {
    if (full !== undefined) full(spans);
    else if (ended || waiting.length >= MAX_WAITING) last(spans);
    else {
      waiting.push(spans);
      loading ??= load();
    }
  };
  if (plain === undefined) loading = load();
  return {
    write: (spans) =>
      untraced(() => {
        if (plain?.(spans) !== true) writeFull(spans);
      }),
    pending: () => loading,
    end: () => {
      ended = true;
      writeWaiting();
    },
  };
};
