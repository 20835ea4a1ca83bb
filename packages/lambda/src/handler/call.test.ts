import { PassThrough, type Writable } from 'node:stream';
import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { capture, lambdaContext } from '../testing.ts';
import { traced } from '../traced.ts';

type Callback = (error?: unknown, result?: unknown) => void;
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** Calls a handler as the runtime of Node 22 does. */
const invoke = (handler: (event: object, context: object, callback: Callback) => unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const settle: Callback = (error, result) => {
      if (error === undefined || error === null) resolve(result);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      else reject(error);
    };
    const context = lambdaContext({
      done: settle,
      fail: (error: unknown) => settle(error),
      succeed: (result: unknown) => settle(null, result),
      callbackWaitsForEmptyEventLoop: true,
    });
    const returned = handler({}, context, settle);
    if (returned instanceof Promise) void returned.then(resolve, reject);
  });

describe('a handler that answers by a callback', () => {
  const handlers: readonly (readonly [string, (event: object, context: Contextual, callback: Callback) => unknown])[] =
    [
      ['callback', (_event, _context, callback) => void setTimeout(() => callback(null, 'result'))],
      ['callback at once', (_event, _context, callback) => callback(null, 'result')],
      ['context.done', (_event, context) => void setTimeout(() => context.done(null, 'result'))],
      ['context.succeed', (_event, context) => void setTimeout(() => context.succeed('result'))],
      ['a promise', (_event, _context, _callback) => Promise.resolve('result')],
    ];
  interface Contextual {
    readonly done: Callback;
    readonly succeed: (result: unknown) => void;
    readonly fail: (error: unknown) => void;
  }

  it.each(handlers)('%s', async (_title, handler) => {
    const before = process.listenerCount('beforeExit');
    const { result, spans } = await capture(() => invoke(traced(handler) as never));
    expect(result).toBe('result');
    expect(spans).toMatchObject([{ name: 'test-function', status: { code: 'UNSET' } }]);
    expect(process.listenerCount('beforeExit')).toBe(before);
  });

  it.each([
    ['callback', (_event: object, _context: Contextual, callback: Callback) => callback(new Error('no'))],
    ['context.fail', (_event: object, context: Contextual) => context.fail(new Error('no'))],
    ['throw', () => Promise.reject(new Error('no'))],
  ] as const)('%s with an error', async (_title, handler) => {
    const { error, spans } = await capture(() => invoke(traced(handler as () => unknown) as never));
    expect(error).toEqual(new Error('no'));
    expect(spans).toMatchObject([{ status: { code: 'ERROR', message: 'no' } }]);
  });

  it('keeps what the handler sets in its context', async () => {
    const context = lambdaContext({
      done: () => 0,
      fail: () => 0,
      succeed: () => 0,
      callbackWaitsForEmptyEventLoop: true,
    });
    const handler = traced((_event: object, given: { callbackWaitsForEmptyEventLoop: boolean }) => {
      given.callbackWaitsForEmptyEventLoop = false;
      return Promise.resolve(Object.keys(given).length);
    });
    const { result } = await capture(() => handler({}, context));
    expect([context.callbackWaitsForEmptyEventLoop, result]).toEqual([false, 9]);
  });
});

describe('a handler that streams', () => {
  const streamed = (handler: (event: object, stream: Writable, context: object) => unknown) => {
    const stream = new PassThrough();
    stream.on('error', () => undefined).resume();
    return capture(() => handler({}, stream, lambdaContext()));
  };

  it('has a span that ends with the stream', async () => {
    const handler = traced.stream((_event: object, stream: Writable, _context: object) => {
      stream.write('hello');
      stream.once('finish', () => trace.getActiveSpan()?.addEvent('finished'));
      setTimeout(() => stream.end('world'), 5);
      return new Promise((resolve) => stream.once('prefinish', resolve));
    });
    const { spans } = await streamed(handler);
    expect(spans).toMatchObject([{ name: 'test-function', status: { code: 'UNSET' } }]);
    expect((handler as unknown as Record<symbol, unknown>)[STREAMING]).toBe('response');
  });

  it('has a span in error when it throws, or its stream breaks', async () => {
    const throwing = await streamed(traced.stream(() => Promise.reject(new Error('mine'))));
    expect([throwing.error, throwing.spans[0]?.status.code]).toEqual([new Error('mine'), 'ERROR']);
    const breaking = traced.stream((_event: object, stream: Writable) => {
      stream.destroy(new Error('broken pipe'));
      return new Promise((resolve) => setImmediate(resolve));
    });
    expect((await streamed(breaking)).spans[0]?.status).toEqual({ code: 'ERROR', message: 'broken pipe' });
  });

  it('does not wait for a stream that nobody ends', async () => {
    expect((await streamed(traced.stream(() => Promise.resolve(1)))).result).toBe(1);
  });

  it('is known by what awslambda.streamifyResponse put on it', async () => {
    const own = (_event: object, stream: Writable, _context: object) => Promise.resolve(void stream.end('x'));
    const highWater = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
    const handler = traced(Object.assign(own, { [STREAMING]: 'response', [highWater]: 4096 }));
    expect((handler as unknown as Record<symbol, unknown>)[highWater]).toBe(4096);
    expect((await streamed(handler)).spans).toHaveLength(1);
  });
});
