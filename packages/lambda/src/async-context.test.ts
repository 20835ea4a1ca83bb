import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns';
import { EventEmitter, on, once } from 'node:events';
import { readFile } from 'node:fs';
import { readFile as readFilePromise } from 'node:fs/promises';
import { PassThrough, Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { gzip } from 'node:zlib';
import { context as active, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { capture, lambdaContext } from './testing.ts';
import { traceFields } from './trace-fields.ts';
import { traced } from './traced.ts';

type Go = () => void;

/** One worker for all: it answers with what it is told. */
const worker = (): Worker =>
  new Worker(
    "require('node:worker_threads').parentPort.on('message', (m) => require('node:worker_threads').parentPort.postMessage(m))",
    { eval: true },
  );

/** Every way to go on later; each calls `go` when it is there. */
const BOUNDARIES: Readonly<Record<string, (go: Go) => unknown>> = {
  'a promise': (go) => Promise.resolve().then(go),
  'a promise that fails': (go) => Promise.reject(new Error('x')).catch(go),
  'Promise.all, race and allSettled': (go) =>
    Promise.all([pause(1), Promise.race([pause(1)]), Promise.allSettled([pause(1)])]).then(go),
  'Promise.withResolvers, resolved by somebody else': (go) => {
    let resolve: Go = () => undefined;
    const promise = new Promise<void>((done) => (resolve = done));
    active.with(ROOT_CONTEXT, () => setTimeout(resolve, 1));
    return promise.then(go);
  },
  await: async (go) => {
    await pause(1);
    go();
  },
  'for await': async (go) => {
    for await (const _part of Readable.from(['a', 'b'])) await pause(1);
    go();
  },
  'an async generator': async (go) => {
    const parts = async function* (): AsyncGenerator<number> {
      await pause(1);
      yield 1;
    };
    for await (const _part of parts()) go();
  },
  'a thenable': async (go) => {
    await { then: (done: Go) => void setTimeout(done, 1) };
    go();
  },
  setTimeout: (go) => setTimeout(go, 1),
  setInterval: (go) => {
    const timer = setInterval(() => {
      clearInterval(timer);
      go();
    }, 1);
  },
  setImmediate: (go) => setImmediate(go),
  queueMicrotask: (go) => queueMicrotask(go),
  'process.nextTick': (go) => process.nextTick(go),
  'an emitter that emits at once': (go) => new EventEmitter().once('x', go).emit('x'),
  'an emitter that emits later': (go) => {
    const emitter = new EventEmitter().once('x', go);
    setTimeout(() => emitter.emit('x'), 1);
  },
  'events.once': async (go) => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('x'), 1);
    await once(emitter, 'x');
    go();
  },
  'events.on': async (go) => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('x'), 1);
    for await (const _event of on(emitter, 'x')) break;
    go();
  },
  'an emitter of others that is bound': (go) => {
    const emitter = active.bind(active.active(), new EventEmitter());
    emitter.once('x', go);
    active.with(ROOT_CONTEXT, () => setTimeout(() => emitter.emit('x'), 1));
  },
  'a callback of others that is bound': (go) => {
    const bound = active.bind(active.active(), go);
    active.with(ROOT_CONTEXT, () => setTimeout(bound, 1));
  },
  'AsyncResource.bind': (go) => {
    const bound = AsyncResource.bind(go);
    active.with(ROOT_CONTEXT, () => setTimeout(bound, 1));
  },
  'AsyncLocalStorage.snapshot': (go) => {
    const inside = AsyncLocalStorage.snapshot();
    active.with(ROOT_CONTEXT, () => setTimeout(() => inside(go), 1));
  },
  'an AsyncResource, as pools have it': (go) => {
    const resource = new AsyncResource('pool');
    active.with(ROOT_CONTEXT, () => setTimeout(() => resource.runInAsyncScope(go), 1));
  },
  'stream.pipeline': (go) =>
    pipeline(
      Readable.from(['a', 'b']),
      new Transform({
        transform: (part, _encoding, done) => setTimeout(() => done(null, part), 1),
        flush: (done) => {
          go();
          done();
        },
      }),
      new Writable({ write: (_part, _encoding, done) => void setImmediate(done) }),
    ),
  'a stream that is piped': (go) => {
    const through = new PassThrough();
    Readable.from(['a'])
      .pipe(through)
      .on('data', () => undefined)
      .on('end', go);
  },
  'fs with a callback': (go) => readFile(import.meta.filename, () => go()),
  'fs with a promise': (go) => readFilePromise(import.meta.filename).then(go),
  'dns with a callback': (go) => lookup('127.0.0.1', () => go()),
  'crypto with a callback': (go) => randomBytes(8, () => go()),
  'zlib with a callback': (go) => gzip('x', () => go()),
  'a child process': (go) => execFile(process.execPath, ['--version'], () => go()),
  'a message port': (go) => {
    const { port1, port2 } = new MessageChannel();
    port1.once('message', () => {
      port1.close();
      go();
    });
    port2.postMessage('x');
  },
  'a worker': (go) => {
    const one = worker();
    one.once('message', () => {
      void one.terminate();
      go();
    });
    one.postMessage('x');
  },
};

/** Goes on beyond a boundary and says where it is then. */
const beyond = (boundary: (go: Go) => unknown): Promise<ReturnType<typeof traceFields>> =>
  new Promise((resolve, reject) => {
    const returned = boundary(() => resolve(traceFields()));
    if (returned instanceof Promise) returned.catch(reject);
  });

describe('the context of an invocation', () => {
  it.each(Object.keys(BOUNDARIES))('goes on beyond %s, two invocations at once', async (name) => {
    const boundary = BOUNDARIES[name] ?? fails;
    const handler = traced(async (_event: unknown, _context: object) => {
      const there = await beyond(boundary);
      trace.getTracer('t').startSpan('after').end();
      return there;
    });
    const ids = ['one', 'two'].map((id) => `${id} ${name}`);
    const { result = [], spans } = await capture(() =>
      Promise.all(ids.map((awsRequestId) => handler({}, lambdaContext({ awsRequestId })))),
    );
    for (const [at, id] of ids.entries()) {
      const root = spans.find(({ attributes }) => attributes['faas.invocation.id'] === id);
      expect(result[at]).toMatchObject({ 'faas.invocation.id': id, trace_id: root?.traceId, span_id: root?.spanId });
      expect(spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId)).toHaveLength(1);
    }
  });
  const fails = (): never => {
    throw new Error('no such boundary');
  };

  it('ends with the handler: what comes later in the process has none', async () => {
    await capture(() => traced((_event: unknown, _context: object) => pause(1))({}, lambdaContext()));
    expect(traceFields()).toEqual({});
  });

  it('stays that of the first binding, for every way to listen, and gives back what listens', () => {
    const key = createContextKey('who');
    const emitter = new EventEmitter();
    const heard: unknown[] = [];
    const listener = (): void => void heard.push(active.active().getValue(key));
    emitter.on('x', listener);
    active.bind(ROOT_CONTEXT.setValue(key, 'first'), emitter);
    active.bind(ROOT_CONTEXT.setValue(key, 'second'), emitter);
    emitter.addListener('x', listener).prependListener('x', listener).once('x', listener);
    expect(emitter.emit('x')).toBe(true);
    expect(heard).toEqual(['first', 'first', 'first', 'first']);
    emitter.off('x', listener).off('x', listener).off('x', listener);
    expect([emitter.listenerCount('x'), emitter.emit('x')]).toEqual([0, false]);
  });

  it('is that of the invocation for what begins after its end, which is written with the next', async () => {
    let late: Go = () => undefined;
    const handler = traced((event: { readonly wait: boolean }, _context: object) => {
      if (event.wait) late = AsyncResource.bind(() => trace.getTracer('t').startSpan('late').end());
      return Promise.resolve();
    });
    const first = await capture(() => handler({ wait: true }, lambdaContext()));
    expect(first.spans.map(({ name }) => name)).toEqual(['test-function']);
    const { spans } = await capture(async () => {
      late();
      await handler({ wait: false }, lambdaContext());
    });
    expect(spans.map(({ name }) => name).toSorted()).toEqual(['late', 'test-function']);
    expect(spans.find(({ name }) => name === 'late')?.parentSpanId).toBe(first.spans[0]?.spanId);
  });
});
