import { handlerSettings, processSettings } from './config/settings.ts';
import { guarded } from './invocation/describe.ts';
import type { Handled } from './invocation/run.ts';
import { callHandler } from './handler/call.ts';
import type { LambdaContext } from './lambda-context.ts';
import { callStreaming } from './handler/call-streaming.ts';
import { invocationMetrics } from './metrics.ts';
import type { TracedOptions } from './options.ts';
import { runtimeOf } from './runtime.ts';
import { TRIGGERS } from './triggers/index.ts';

/**
 * A function that Lambda calls: with an event and a context, and perhaps a callback; a streaming one with a stream between. Parameters
 * without a type are anything: with `never[]`, what such a handler reads of its event would be an error.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Handler = (...args: any[]) => unknown;

type EventOf<H extends Handler> = Parameters<H> extends [] ? unknown : Parameters<H>[0];

/** A handler that may be called with a context, whether it asks for one or not: an invocation has its name and its deadline from there. */
export type TracedHandler<H extends Handler> = H & ((event: EventOf<H>, context: LambdaContext) => ReturnType<H>);

/** The same of one that streams. */
export type TracedStreamHandler<H extends Handler> = H &
  ((event: EventOf<H>, stream: Parameters<H>[1], context: LambdaContext) => ReturnType<H>);

/** By these the runtime knows a handler that streams. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
/** A handler that is traced already is not traced twice. */
const TRACED = Symbol.for('@serverless-otlp/lambda traced');

/** Lambda itself says best what it misses. */
const isHandler = (handler: unknown): boolean => typeof handler === 'function';

type Call = (handled: Handled, handler: Handler, self: unknown, args: readonly unknown[]) => unknown;

/** What the runtime reads from a function, and what libraries keep there, copied from the one to the other; not its name and length. */
const copyProperties = (from: object, to: object): void => {
  for (const key of Reflect.ownKeys(from)) {
    const property = Object.getOwnPropertyDescriptor(from, key);
    if (property !== undefined && !Object.hasOwn(to, key)) Object.defineProperty(to, key, property);
  }
};

const handledOf = (options: TracedOptions): Handled | undefined =>
  guarded('set-up', () => {
    if (processSettings(options).disabled) return undefined;
    const settings = handlerSettings(options);
    return {
      runtime: runtimeOf(options),
      options,
      settings,
      triggers: [...(options.triggers ?? []), ...TRIGGERS],
      measure: settings.metrics ? invocationMetrics() : undefined,
    };
  });

const wrap = <H extends Handler>(handler: H, options: TracedOptions, call: Call): H => {
  if (!isHandler(handler) || TRACED in handler) return handler;
  const handled = handledOf(options);
  if (handled === undefined) return handler;
  // Node 24 refuses handlers that name a third parameter.
  const wrapped = function (this: unknown, ...args: readonly unknown[]): unknown {
    return call(handled, handler, this, args);
  };
  copyProperties(handler, wrapped);
  Object.defineProperty(wrapped, TRACED, { value: true });
  return wrapped as unknown as H;
};

const stream = <H extends Handler>(handler: H, options: TracedOptions = {}): H => {
  if (!isHandler(handler)) return handler;
  const { awslambda } = globalThis as { readonly awslambda?: { readonly streamifyResponse?: (handler: H) => H } };
  const streaming = STREAMING in handler ? handler : (awslambda?.streamifyResponse?.(handler) ?? handler);
  const wrapped = wrap(streaming, options, callStreaming);
  if (!(STREAMING in wrapped)) Object.defineProperty(wrapped, STREAMING, { value: 'response' });
  return wrapped;
};

/** `traced` itself, and the same for handlers that stream. */
export interface Traced {
  <H extends Handler>(handler: H, options?: TracedOptions): TracedHandler<H>;
  /**
   * For handlers that take a response stream; `awslambda.streamifyResponse` is called when it was not. The span ends with the stream.
   *
   * @example export const handler = traced.stream(async (event, stream) => { stream.end('hello') });
   */
  readonly stream: <H extends Handler>(handler: H, options?: TracedOptions) => TracedStreamHandler<H>;
}

const plain = <H extends Handler>(handler: H, options: TracedOptions = {}): H =>
  wrap(handler, options, isHandler(handler) && STREAMING in handler ? callStreaming : callHandler);

/**
 * Traces a handler: one span for each invocation, written to standard output with those that began inside it. What the handler
 * returns or throws is left as it is, and whatever goes wrong with telemetry is told on stderr and nowhere else.
 *
 * @example export const handler = traced(async (event) => ({ statusCode: 200 }));
 */
export const traced: Traced = Object.assign(plain, { stream }) as Traced;
