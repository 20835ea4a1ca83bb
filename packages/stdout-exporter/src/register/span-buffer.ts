import type { ExportResult } from '../export-result.ts';
import type { FinishedSpan } from '../traces.ts';

/** What is known of an ended span besides. */
export interface BufferedSpan extends FinishedSpan {
  readonly parentSpanContext?: { readonly isRemote?: boolean };
}

/** Takes what a buffer holds. */
export interface Sink<Item> {
  readonly export: (items: readonly Item[], done: (result: ExportResult) => void) => void;
}

/** A `SpanProcessor` of SDK 2.x and 3.x, and a way to write at once what it holds. */
export interface SpanBuffer {
  readonly onStart: () => void;
  readonly onEnd: (span: BufferedSpan) => void;
  readonly flush: () => void;
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/** So many spans are one line's worth; the split takes care of larger ones. */
const MAX_SPANS = 512;
/** Spans whose root takes longer than this are written before it. */
const MAX_AGE_MS = 5000;

const SAMPLED = 1;

/**
 * Holds spans until the one that everything in this process began with has ended, and writes them together: one line for an
 * invocation, out before the answer is, so that a sandbox that freezes then takes nothing with it.
 */
export const spanBuffer = (sink: Sink<BufferedSpan>, report: (result: ExportResult) => void): SpanBuffer => {
  let spans: BufferedSpan[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const batch = spans;
    spans = [];
    if (batch.length > 0) sink.export(batch, report);
  };
  const settled = (): Promise<void> => {
    flush();
    return Promise.resolve();
  };
  return {
    onStart: () => undefined,
    onEnd: (span) => {
      if ((span.spanContext().traceFlags & SAMPLED) === 0) return;
      spans.push(span);
      const isRoot = span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;
      if (isRoot || spans.length >= MAX_SPANS) flush();
      else timer ??= setTimeout(flush, MAX_AGE_MS).unref();
    },
    flush,
    forceFlush: settled,
    shutdown: settled,
  };
};
