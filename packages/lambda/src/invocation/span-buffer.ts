import type { Context } from '@opentelemetry/api';
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Redact } from '../redact.ts';
import { redactedSpan } from '../telemetry/redacted-span.ts';
import type { SpanWriter } from '../telemetry/span-writer.ts';
import { type Invocation, invocationIn, invocationOf } from './invocation.ts';
import { incomplete, type Incomplete } from './incomplete-span.ts';

/** So many spans of one invocation are written before its end. */
const MAX_HELD = 512;
/** So many are held while it is open whether they are worth keeping. */
const MAX_UNDECIDED = 2048;
/** So many open spans of one invocation are watched; one beyond belongs to none. */
const MAX_OPEN = 8192;
/** So many open spans of no invocation are watched: some libraries never end theirs. */
const MAX_OPEN_STRAY = 1024;

/** A `SpanProcessor` that holds spans by invocation and writes them when it is told to. Writing is done when a call returns, or else `pending`. */
export interface SpanBuffer extends SpanProcessor {
  /** Writes what an invocation holds; without `all` only what was sampled, and the rest is gone. */
  readonly write: (invocation: Invocation, all: boolean) => void;
  /** Does the same at a later time: when much has gathered, or the process ends. */
  readonly retire: (invocation: Invocation, all: boolean) => void;
  /** Writes spans that belong to no invocation, or ended after theirs. */
  readonly writeStray: () => void;
  /** Writes what all running invocations hold, and what is open with the reason why it is not complete. */
  readonly writeOpen: (why: Incomplete, only?: Invocation) => void;
  /** Writes everything at once, and so from now on: the process ends. */
  readonly end: () => void;
  /** Settles when everything that was given away is written; `undefined` when it is. */
  readonly pending: () => Promise<void> | undefined;
  /** Whether a span of this invocation ended in an error. */
  readonly hasError: (invocation: Invocation) => boolean;
}

const isSampled = (span: ReadableSpan): boolean => (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;

/** @param redact takes out what is written nowhere. */
export const spanBuffer = (writer: SpanWriter, redact: Redact): SpanBuffer => {
  const write = (spans: readonly ReadableSpan[]): void => writer.write(spans.map((span) => redactedSpan(span, redact)));
  const stray = invocationOf('', false, false);
  const running = new Set<Invocation>();
  let retired: ReadableSpan[] = [];
  const take = (invocation: Invocation, all: boolean): void => {
    const { ended } = invocation;
    // What was not sampled is held only where that is undecided.
    const some = invocation.undecided && !all;
    const spans = some ? ended.filter(isSampled) : ended;
    invocation.ended = some && running.has(invocation) ? ended.filter((span) => !isSampled(span)) : [];
    if (spans.length > 0) write(spans);
  };
  const hold = (invocation: Invocation, span: ReadableSpan): void => {
    if (!invocation.undecided && !isSampled(span)) return;
    if (invocation.undecided && invocation.ended.length >= MAX_UNDECIDED) invocation.dropped++;
    else invocation.ended.push(span);
    if (!invocation.undecided && invocation.ended.length >= MAX_HELD) take(invocation, true);
  };
  /** What of it ends later belongs to no invocation. */
  const leave = (invocation: Invocation): void => {
    invocation.isOver = true;
    running.delete(invocation);
    invocation.open.clear();
  };
  /**
   * A span is open no more; the invocation it is part of. Open spans are kept with their invocation: in one long-lived map they would
   * outlive the collections of young objects.
   */
  const close = (span: ReadableSpan): Invocation => {
    for (const invocation of running) if (invocation.open.delete(span)) return invocation;
    stray.open.delete(span);
    return stray;
  };
  const writeRetired = (): void => {
    const spans = retired;
    retired = [];
    if (spans.length > 0) write(spans);
  };
  const flush = (): Promise<void> => {
    writeRetired();
    for (const invocation of [...running, stray]) take(invocation, false);
    return writer.pending() ?? Promise.resolve();
  };
  return {
    onStart: (span: ReadableSpan, context: Context) => {
      const named = invocationIn(context);
      const invocation = named === undefined || named.isOver ? stray : named;
      // It is there already while something of it is open.
      if (invocation !== stray && invocation.open.size === 0) running.add(invocation);
      if (invocation.open.size < (invocation === stray ? MAX_OPEN_STRAY : MAX_OPEN)) invocation.open.add(span);
    },
    onEnd: (span) => hold(close(span), span),
    write: (invocation, all) => {
      leave(invocation);
      take(invocation, all);
    },
    retire: (invocation, all) => {
      leave(invocation);
      retired.push(...(all ? invocation.ended : invocation.ended.filter(isSampled)));
      invocation.ended = [];
      if (retired.length >= MAX_HELD) writeRetired();
    },
    writeStray: () => take(stray, false),
    writeOpen: (why, only) => {
      if (only === undefined) writeRetired();
      for (const invocation of only === undefined ? [...running, stray] : [only]) {
        for (const span of invocation.open)
          if (invocation.undecided || isSampled(span)) invocation.ended.push(incomplete(span, why));
        take(invocation, invocation.undecided);
      }
    },
    hasError: ({ ended }) => ended.some(({ status }) => status.code === SpanStatusCode.ERROR),
    end: () => {
      writer.end();
      void flush();
    },
    pending: () => writer.pending(),
    forceFlush: flush,
    shutdown: flush,
  };
};
