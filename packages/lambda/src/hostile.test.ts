import { PassThrough, Writable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { type Attributes, context as active, metrics, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { capture, lambdaContext } from './testing.ts';
import { traced } from './traced.ts';

type Run = (event: unknown, context: unknown) => unknown;
type Ended = { readonly result: unknown } | { readonly error: unknown };

const hostile = new Error('hostile');
const fails = (): never => {
  throw hostile;
};
const ended = async (run: () => unknown): Promise<Ended> => {
  try {
    return { result: await run() };
  } catch (error) {
    return { error };
  }
};

/** Calls a handler as it is and traced; both must end alike, to the identity of what comes out. */
const same = async (handler: Run, event: unknown, context: unknown = lambdaContext()): Promise<void> => {
  const without = await ended(() => handler(event, context));
  const { result: with_ } = await capture(() => ended(() => traced(handler)(event, context)));
  const value = (one: Ended | undefined): unknown => one && ('error' in one ? one.error : one.result);
  expect(with_ && 'error' in with_).toBe('error' in without);
  expect(Object.is(value(with_), value(without))).toBe(true);
};

/** Everything that is asked of it throws. */
const throwingProxy = (): object =>
  new Proxy({}, { get: fails, has: fails, ownKeys: fails, getPrototypeOf: fails, getOwnPropertyDescriptor: fails });
const throwingGetters = (...names: readonly string[]): object =>
  Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { get: fails, enumerable: true }])));

const cyclicError = (): Error => {
  const error = new Error('cyclic');
  error.cause = error;
  return Object.assign(error, { self: error });
};
/** Says of itself whatever is worst. */
class LyingError extends Error {
  override get message(): string {
    return fails();
  }
  override get name(): string {
    return fails();
  }
  override get stack(): string {
    return fails();
  }
}

const EVENTS: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a symbol', Symbol('event')],
  ['a function', fails],
  ['a proxy that throws', throwingProxy()],
  ['getters that throw', throwingGetters('Records', 'requestContext', 'headers', 'source', 'detail-type', 'info')],
  ['a frozen event', Object.freeze({ Records: Object.freeze([]), headers: Object.freeze({ traceparent: 'x' }) })],
  ['a cyclic event', (() => ((event) => Object.assign(event, { Records: [event], headers: event }))({}))()],
  ['an event of 6 MB', { Records: [{ eventSource: 'aws:sqs', body: 'x'.repeat(6_000_000), attributes: {} }] }],
  ['an event without a prototype', Object.assign(Object.create(null) as object, { headers: { host: 'x' } })],
];

describe('the handler ends as it would without us', () => {
  it.each(EVENTS)('whatever the event is: %s', async (_title, event) => {
    await same((given) => Promise.resolve(given), event);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'context'],
    ['a proxy that throws', throwingProxy()],
    ['getters that throw', throwingGetters('awsRequestId', 'invokedFunctionArn', 'functionName', 'xRayTraceId')],
    ['a clock that throws', lambdaContext({ getRemainingTimeInMillis: fails })],
    ['a clock that says nothing', lambdaContext({ getRemainingTimeInMillis: () => Number.NaN })],
    ['a clock that has run out', lambdaContext({ getRemainingTimeInMillis: () => -1 })],
    ['ids that are none', lambdaContext({ awsRequestId: 7, invokedFunctionArn: {}, functionName: [] })],
  ])('whatever the context is: %s', async (_title, context) => {
    await same(() => Promise.resolve('result'), {}, context);
  });

  it('with a context whose way of answering throws, or is frozen', async () => {
    const answering = { done: () => 1, fail: () => 2, succeed: () => 3 };
    const throwing = Object.defineProperty({ ...lambdaContext(), ...answering }, 'done', { get: fails });
    await same(() => Promise.resolve('result'), {}, throwing);
    const frozen = Object.freeze({ ...lambdaContext(), ...answering });
    const calls = (_event: unknown, context: unknown): unknown => (context as typeof answering).succeed();
    await same(calls, {}, frozen);
  });

  const RESULTS: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['a symbol', Symbol('result')],
    ['a function', fails],
    ['a stream', new PassThrough()],
    [
      'a proxy that throws for all but then',
      new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : fails()) }),
    ],
    ['getters that throw', throwingGetters('statusCode', 'batchItemFailures', 'isAuthorized', 'policyDocument')],
    ['a status code that is none', { statusCode: { toString: fails, valueOf: fails } }],
    ['a cyclic response', ((result: object) => Object.assign(result, { body: result, statusCode: 200 }))({})],
  ];
  it.each(RESULTS)('whatever it returns: %s', async (_title, result) => {
    const event = { version: '2.0', routeKey: 'GET /', rawPath: '/', requestContext: { http: { method: 'GET' } } };
    await same(() => result, event);
    await same(() => Promise.resolve(result), event);
  });

  it('when what it returns only looks like a promise', async () => {
    const result = Object.defineProperty({}, 'then', { get: fails });
    expect(
      await capture(() => [traced((_event: unknown, _context: unknown) => result)({}, lambdaContext())]),
    ).toMatchObject({
      result: [expect.toSatisfy((one: unknown) => one === result)],
      spans: [{ name: 'test-function' }],
    });
    let asked = 0;
    const lazy = {
      then: (resolve: (value: string) => void) => {
        asked++;
        resolve('late');
      },
    };
    const { result: late } = await capture<unknown>(() =>
      traced((_event: unknown, _context: unknown) => lazy)({}, lambdaContext()),
    );
    expect([late, asked]).toEqual(['late', 1]);
  });

  const ERRORS: readonly (readonly [string, unknown])[] = [
    ['null', null],
    ['undefined', undefined],
    ['a text', 'text'],
    ['a symbol', Symbol('error')],
    ['a number', 42],
    ['an object without a prototype', Object.create(null)],
    ['a frozen error', Object.freeze(new Error('frozen'))],
    ['a cyclic error', cyclicError()],
    ['an error that throws when it is asked', new LyingError()],
    ['an error of errors', new AggregateError([cyclicError(), null], 'many')],
    ['a proxy that throws', throwingProxy()],
    ['an error with a message of 6 MB', new Error('x'.repeat(6_000_000))],
  ];
  it.each(ERRORS)('whatever it throws: %s', async (_title, error) => {
    await same(() => {
      throw error;
    }, {});
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    await same(() => Promise.reject(error), {});
  });

  it('bounds what a span says of an error', async () => {
    const error = Object.assign(new Error('m'.repeat(6_000_000)), { name: 'N'.repeat(1_000_000) });
    const handler = traced((_event: unknown, _context: unknown) => Promise.reject(error));
    const { spans } = await capture(() => handler({}, lambdaContext()));
    expect(JSON.stringify(spans).length).toBeLessThan(100_000);
    expect(spans[0]?.status.message).toMatch(/^m+$/);
  });

  it('by the first of its answers, although telemetry is still to be handed over', async () => {
    const answers: unknown[] = [];
    const handler = traced(
      async (_event: object, _context: object, callback: (error: unknown, result: string) => void) => {
        metrics.getMeter('t').createCounter('c').add(1);
        callback(null, 'by callback');
        await Promise.resolve();
        return 'by promise';
      },
    );
    await capture(async () => {
      const answer = (_error: unknown, result: unknown): void => void answers.push(result);
      answers.push(await handler({}, lambdaContext(), answer));
    });
    expect(answers).toEqual(['by callback', 'by promise']);
  });

  it('with an error of another realm, which is named as what it is', async () => {
    const error: unknown = runInNewContext('new TypeError("foreign")');
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const handler = traced((_event: unknown, _context: unknown) => Promise.reject(error));
    const { error: thrown, spans } = await capture(() => handler({}, lambdaContext()));
    expect(thrown).toBe(error);
    expect(spans[0]).toMatchObject({ status: { message: 'foreign' }, attributes: { 'error.type': 'TypeError' } });
  });

  it('when it changes its event, and the span says what came in', async () => {
    const event = { Records: [{ eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-west-1:1:orders' }] };
    const handler = traced((given: { Records?: unknown }, _context: unknown) => {
      delete given.Records;
      return Promise.resolve(given);
    });
    const { result, spans } = await capture(() => handler(event, lambdaContext()));
    expect(result).toBe(event);
    expect(spans[0]?.attributes['messaging.destination.name']).toBe('orders');
  });
});

describe('what is ours to call and somebody else wrote', () => {
  const broken = { name: 'broken', matches: (_event: unknown): _event is unknown => true };

  it.each([
    ['an error', new Error('x')],
    ['an object nobody can print', Object.create(null) as unknown],
    ['a symbol', Symbol('x')],
    ['undefined', undefined],
    ['an error that throws when it is asked', new LyingError()],
    ['a proxy that throws', throwingProxy()],
  ])('may throw in a trigger: %s', async (_title, error) => {
    const triggers = [{ ...broken, describe: () => throws(error), respond: () => throws(error) }];
    const attributes = (): Attributes => throws(error);
    const handler = traced((_event: unknown, _context: unknown) => Promise.resolve('result'), { triggers, attributes });
    const { result, spans } = await capture(() => handler({}, lambdaContext()));
    expect([result, spans.length]).toEqual(['result', 1]);
  });
  const throws = (error: unknown): never => {
    throw error;
  };

  it('may describe an event by what is no description', async () => {
    for (const description of [
      undefined,
      null,
      1,
      {},
      { name: {}, kind: 'x', attributes: null, links: 1, carrier: 2 },
    ]) {
      const triggers = [{ ...broken, describe: () => description as never, respond: () => 7 as never }];
      const handler = traced((_event: unknown, _context: unknown) => Promise.resolve('result'), { triggers });
      expect((await capture(() => handler({}, lambdaContext()))).result).toBe('result');
    }
  });

  it('is left alone when it is no handler: Lambda says so better', () => {
    for (const none of [undefined, null, 1, 'handler', {}]) expect(traced(none as never)).toBe(none);
    for (const none of [undefined, null, 1]) expect(traced.stream(none as never)).toBe(none);
  });

  it('keeps what it carries, but for its name and length', () => {
    const use = (): string => 'used';
    const handler = Object.assign(() => 1, { use, [Symbol.for('mine')]: 2 });
    const wrapped = traced(handler);
    expect([wrapped.use(), (wrapped as never as Record<symbol, unknown>)[Symbol.for('mine')]]).toEqual(['used', 2]);
  });
});

describe('a handler that streams', () => {
  const invoke = (handler: Run | ((event: unknown, stream: never) => unknown), stream: unknown) =>
    capture(() =>
      (traced.stream(handler as never) as unknown as (...args: unknown[]) => unknown)({}, stream, lambdaContext()),
    );

  it.each([
    ['nothing', undefined],
    ['no stream', {}],
    ['a proxy that throws', throwingProxy()],
  ])('is given %s for a stream', async (_title, stream) => {
    const { result, spans } = await invoke(() => Promise.resolve('result'), stream);
    expect([result, spans.length]).toEqual(['result', 1]);
  });

  it('has the error of its own, and not the one of its stream', async () => {
    const mine = new Error('mine');
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    stream.on('error', () => undefined).write('x');
    expect((await invoke(() => Promise.reject(mine), stream)).error).toBe(mine);
  });

  it('leaves no listener on a stream', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => void setImmediate(done), autoDestroy: false });
    await invoke((_event: unknown, given: never) => Promise.resolve(void (given as Writable).end('x')), stream);
    expect([stream.writableFinished, ['finish', 'close', 'error'].map((name) => stream.listenerCount(name))]).toEqual([
      true,
      [0, 0, 0],
    ]);
  });
});

describe('what others did to the process', () => {
  const { log } = console;
  const write = process.stdout.write.bind(process.stdout);
  const { now } = Date;
  const timers = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  afterEach(() => {
    vi.useRealTimers();
    console.log = log;
    process.stdout.write = write;
    Date.now = now;
    Object.assign(globalThis, timers);
  });
  const handler = traced((_event: unknown, _context: unknown) => {
    const span = trace.getTracer('t').startSpan('inside');
    span.end();
    return Promise.resolve('result');
  });

  it('console and stdout that throw', async () => {
    console.log = fails;
    process.stdout.write = fails;
    expect((await capture(() => handler({}, lambdaContext()))).result).toBe('result');
  });

  it('a clock that runs backwards', async () => {
    let ms = now();
    Date.now = () => (ms -= 5000);
    const { result, spans } = await capture(() => handler({}, lambdaContext()));
    expect([result, spans.length]).toEqual(['result', 2]);
    expect(spans.every(({ durationMs }) => durationMs >= 0)).toBe(true);
  });

  it('timers that are somebody else’s', async () => {
    const { result } = await capture(async () => {
      Object.assign(globalThis, { setTimeout: () => 1, clearTimeout: fails });
      const work = handler({}, lambdaContext());
      Object.assign(globalThis, timers);
      return work;
    });
    expect(result).toBe('result');
  });

  it('fake timers and clocks, for a part of the invocation or all of it', async () => {
    const pausing = traced(async (_event: unknown, _context: unknown) => {
      vi.useFakeTimers();
      const pause = new Promise((resolve) => setTimeout(resolve, 60_000));
      await vi.advanceTimersByTimeAsync(60_000);
      await pause;
      return 'result';
    });
    const { result, spans } = await capture(() => pausing({}, lambdaContext()));
    expect([result, spans.length]).toEqual(['result', 1]);
    expect((await capture(() => handler({}, lambdaContext()))).result).toBe('result');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no context behind', async () => {
    const before = active.active();
    await capture(() => void handler({}, lambdaContext()));
    expect(active.active()).toBe(before);
  });
});
