import { type Context, createContextKey } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What is known of one invocation while it runs, and nothing beyond it: many may run in one process. */
export interface Invocation {
  readonly id: string;
  readonly coldStart: boolean;
  /** Begun and not ended, in that order. */
  readonly open: Set<ReadableSpan>;
  /** Ended and not written. */
  ended: ReadableSpan[];
  /** Whether what the sampler refused is recorded until the end, because it may be worth keeping. */
  readonly undecided: boolean;
  /** Spans that were not held because too many were. */
  dropped: number;
  /** Whether it has ended: spans that begin in its context from then on belong to none. */
  isOver: boolean;
}

const KEY = createContextKey('@serverless-otlp/lambda invocation');

/** A new one, with nothing in it. */
export const invocationOf = (id: string, coldStart: boolean, undecided: boolean): Invocation => ({
  id,
  coldStart,
  open: new Set(),
  ended: [],
  undecided,
  dropped: 0,
  isOver: false,
});

/** The context in which everything belongs to this invocation. */
export const withInvocation = (context: Context, invocation: Invocation): Context => context.setValue(KEY, invocation);

/** The invocation that a context belongs to. */
export const invocationIn = (context: Context): Invocation | undefined =>
  context.getValue(KEY) as Invocation | undefined;
