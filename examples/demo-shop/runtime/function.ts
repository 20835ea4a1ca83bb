import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorder, Span } from './recorder.ts';

/** What a function of the shop is given besides its event. */
export interface Context {
  readonly telemetry: Recorder;
  /** The span of this invocation. */
  readonly span: Span;
  /** Calls another function and waits for its result; rejects when it failed. */
  call(target: string, event: unknown, traceparent: string): Promise<unknown>;
  /** Calls another function without waiting for it. */
  send(target: string, event: unknown, traceparent: string): void;
}

/** A function of the shop. */
export interface ShopFunction {
  /** The name of the span of an invocation. */
  readonly operation: string;
  readonly kind: 'server' | 'consumer';
  handle(order: Order, context: Context): Promise<unknown>;
}

/** What all functions of the shop are called with. */
export interface Order {
  readonly number: number;
  readonly items: number;
  readonly amount: number;
  /** What goes wrong with this order, if anything. */
  readonly trouble: 'none' | 'card declined' | 'slow stock';
}

/** Some work of about so many milliseconds. */
export const work = (ms: number): Promise<void> => sleep(ms * (0.7 + Math.random() * 0.6));

/** Does something inside a span of its own. */
export const inSpan = async <T>(
  { telemetry }: Context,
  parent: string,
  name: string,
  kind: 'internal' | 'client' | 'producer',
  act: (traceparent: string) => Promise<T>,
): Promise<T> => {
  const span = telemetry.span(name, kind, parent);
  try {
    const result = await act(span.traceparent);
    span.end();
    return result;
  } catch (error) {
    span.end(error instanceof Error ? error : new Error('failed'));
    throw error;
  }
};
