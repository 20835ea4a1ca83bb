import type { Writable } from 'node:stream';
import { context } from '@opentelemetry/api';
import { guarded } from '../invocation/describe.ts';
import { beginRun, type Handled } from '../invocation/run.ts';
import type { LambdaContext } from '../lambda-context.ts';
import type { Handler } from '../traced.ts';
import { apply } from './call.ts';

/** When a stream that was ended has been sent, or cannot be: the error then. A stream that nobody ended is not waited for. */
const sent = (stream: Writable): Promise<Error | undefined> => {
  if (stream.errored) return Promise.resolve(stream.errored);
  if (!stream.writableEnded || stream.writableFinished || stream.destroyed) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const settle = (error?: Error): void => {
      stream.off('finish', settle).off('close', settle).off('error', settle);
      resolve(error);
    };
    stream.once('finish', settle).once('close', settle).once('error', settle);
  });
};

/** Calls a handler that streams its response; its span ends with the stream. */
export const callStreaming = (handled: Handled, handler: Handler, self: unknown, args: readonly unknown[]): unknown => {
  const [event, stream, given] = args as readonly [unknown, Writable, LambdaContext];
  const run = guarded('tracing', () => beginRun(event, given, handled));
  if (run === undefined) return apply(handler, self, args);
  const streamed = async (): Promise<unknown> => {
    let result: unknown;
    try {
      result = await context.with(run.context, () => apply(handler, self, args));
    } catch (error) {
      await run.end({ error });
      throw error;
    }
    const failure = await guarded('a response stream', () => sent(stream));
    await run.end(failure === undefined ? { result } : { error: failure });
    return result;
  };
  return streamed();
};
