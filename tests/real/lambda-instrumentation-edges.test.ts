import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';

import { installCallbackRuntime } from './lambda-instrumentation/callback-runtime.ts';
import { type Remote, remote, request, xRay } from './lambda-instrumentation/events.ts';
import type { Producer } from './lambda-instrumentation/functions.ts';
import type { Sandbox } from './lambda-instrumentation/sandbox.ts';
import type { Outcome } from './lambda-instrumentation/service.ts';
import type { Telemetry } from './lambda-instrumentation/telemetry.ts';
import { makeWorld, type Site, type World } from './lambda-instrumentation/world.ts';
import { within } from './wait.ts';

const TIMEOUT_MS = 60_000;
/** A function has this long, of which open spans are written so long before the end. Wide, for machines that are busy. */
const SHORT_MS = 3000;
const MARGIN_MS = 2000;

let world: World;
let callbackRuntime = '';
beforeAll(async () => {
  const parts = inject('parts');
  callbackRuntime = await installCallbackRuntime(parts.runtimeClient, process.env);
  world = await makeWorld(parts, inject('bundle'));
}, 4 * TIMEOUT_MS);
afterEach(async () => world.clear());
afterAll(async () => world.stop());

const node22 = inject('parts').node22;
const PRODUCERS: readonly Producer[] = ['layer', 'code'];
const siteOf = (producer: Producer): Site => ({ producer, format: 'esm', node: process.execPath });

let services = 0;
const started = async (site: Site): Promise<{ readonly sandbox: Sandbox; readonly service: string }> => {
  const service = `edge-${++services}`;
  const sandbox = await world.start(service, site);
  expect(await sandbox.started).toBeUndefined();
  return { sandbox, service };
};

const idle = async (sandbox: Sandbox): Promise<undefined> =>
  within('a sandbox to be idle', TIMEOUT_MS, sandbox.service.idle());

/** What it has said when it is stopped. */
const delivered = async (sandbox: Sandbox, service: string): Promise<Telemetry> => {
  await sandbox.shutDown();
  return world.pipeline.deliver(sandbox.lines(), service);
};

const bodyOf = (outcome: Outcome | undefined): string | undefined =>
  outcome === undefined || 'error' in outcome ? undefined : outcome.body;
const errorOf = (outcome: Outcome | undefined): string | undefined =>
  outcome !== undefined && 'error' in outcome ? outcome.error.errorType : undefined;

describe('a function that runs into its timeout', () => {
  it.each([
    { title: 'layer', site: siteOf('layer'), mode: 'sync', ends: 'SIGKILL' },
    { title: 'layer', site: siteOf('layer'), mode: 'async', ends: 'SIGTERM' },
    { title: 'layer', site: siteOf('layer'), mode: 'finalize', ends: 'SIGTERM' },
    { title: 'code', site: siteOf('code'), mode: 'sync', ends: 'SIGKILL' },
  ])('has its open spans written before it is stopped: $title, $mode', async ({ ends, mode, site }) => {
    const env = { OTLP_LAMBDA_FLUSH: mode, OTLP_LAMBDA_DEADLINE_MARGIN_MS: String(MARGIN_MS) };
    const { sandbox, service } = await started({ ...site, env });
    await sandbox.invoke({ do: 'order' }).outcome;
    await idle(sandbox);
    const sender = remote('a');
    const deadlineMs = Date.now() + SHORT_MS;
    const { id, outcome } = sandbox.invoke(request(sender, { do: 'hang' }), { timeoutMs: SHORT_MS });
    expect(await outcome).toBeUndefined();
    expect(await sandbox.ended).toBe(ends);

    const { spans } = await delivered(sandbox, service);
    const open = spans.filter(({ traceId }) => traceId === sender.traceId);
    const atDeadline = open.filter(({ attributes }) => attributes['serverless_otlp.incomplete'] === 'deadline');
    expect(atDeadline.map(({ name }) => name).sort()).toEqual(['POST /lambda', 'stuck']);
    const [handler, stuck] = atDeadline;
    expect(handler).toMatchObject({ parentSpanId: sender.spanId, attributes: { 'faas.invocation.id': id } });
    expect(stuck?.parentSpanId).toBe(handler?.spanId);
    for (const { endMs } of atDeadline) expect(endMs).toBeLessThan(deadlineMs);
    // Who is told that it ends says so once more; nothing else is there twice.
    const again = open.filter((span) => !atDeadline.includes(span));
    expect(again.every(({ attributes }) => attributes['serverless_otlp.incomplete'] === 'shutdown')).toBe(true);
    expect(new Set(open.map(({ spanId }) => spanId)).size).toBe(2);
    expect(
      spans
        .filter((span) => !open.includes(span))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['charge', 'shop']);
  });
});

describe.each([
  ...PRODUCERS.map((producer) => ({ title: `${producer}, Node.js 24`, site: siteOf(producer) })),
  { title: 'layer, CommonJS, Node.js 22', site: { producer: 'layer', format: 'cjs', node: node22 } as const },
])('a function that streams its response: $title', ({ site }) => {
  it('ends its span with the stream, whole or torn', async () => {
    const { sandbox, service } = await started({ ...site, handler: 'stream' });
    const [whole, torn] = [remote('a'), remote('b')];
    const body = bodyOf(await sandbox.invoke(request(whole, { ms: 20 })).outcome);
    expect(body).toBe(`{"statusCode":200,"headers":{"x-shop":"open"}}${'\0'.repeat(8)}one two three`);
    expect(errorOf(await sandbox.invoke(request(torn, { do: 'throw' })).outcome)).toBe('TypeError');
    await idle(sandbox);

    const { spans } = await delivered(sandbox, service);
    const of = ({ traceId }: Remote) => spans.filter((span) => span.traceId === traceId);
    const handlers = [whole, torn].map((sender) =>
      of(sender).find(({ parentSpanId }) => parentSpanId === sender.spanId),
    );
    expect(handlers[0]).toMatchObject({ failed: false, exceptions: [] });
    expect(handlers[1]).toMatchObject({ failed: true, exceptions: ['TypeError'] });
    for (const [at, sender] of [whole, torn].entries()) {
      const words = of(sender).filter(({ name }) => name === 'word');
      expect(words.map(({ parentSpanId }) => parentSpanId)).toEqual(Array(3).fill(handlers[at]?.spanId));
      const streamed = words.reduce((sum, { durationMs }) => sum + durationMs, 0);
      expect(handlers[at]?.durationMs).toBeGreaterThanOrEqual(streamed);
    }
    expect(spans).toHaveLength(8);
  });
});

describe.each(PRODUCERS)('a handler with a callback on Node.js 22, by %s', (producer) => {
  const site = (more: Partial<Site> = {}): Site => ({
    producer,
    format: 'cjs',
    node: node22,
    runtime: callbackRuntime,
    env: { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    ...more,
  });

  it('ends its span when it answers, by whatever way, or when nothing is left to do', async () => {
    const { sandbox, service } = await started(site({ handler: 'callback' }));
    expect(bodyOf(await sandbox.invoke(request(remote('1'))).outcome)).toBe('"called back"');
    expect(bodyOf(await sandbox.invoke(request(remote('2'), { do: 'succeed' })).outcome)).toBe('"succeeded"');
    expect(errorOf(await sandbox.invoke(request(remote('3'), { do: 'throw' })).outcome)).toBe('TypeError');
    expect(bodyOf(await sandbox.invoke(request(remote('4'), { do: 'silent' })).outcome)).toBe('null');
    await idle(sandbox);

    const { spans } = await delivered(sandbox, service);
    const handlers = ['1', '2', '3', '4'].map((digit) =>
      spans.filter(({ parentSpanId }) => parentSpanId === remote(digit).spanId),
    );
    expect(handlers.map((found) => found.length)).toEqual([1, 1, 1, 1]);
    expect(handlers.map(([handler]) => handler?.failed)).toEqual([false, false, true, false]);
    for (const [at, [handler]] of handlers.entries()) {
      const inside = spans.filter(({ parentSpanId }) => parentSpanId === handler?.spanId).map(({ name }) => name);
      expect(inside.sort()).toEqual(at === 3 ? ['before'] : ['before', 'within']);
    }
    expect(spans).toHaveLength(4 + 4 + 3);
  });

  it('a rejection that nobody handles ends the sandbox, and not what was written', async () => {
    const { sandbox, service } = await started(site());
    const outcome = await sandbox.invoke(request(remote('a'), { do: 'reject' })).outcome;
    expect(errorOf(outcome)).toBe('Runtime.UnhandledPromiseRejection');
    expect(await within('the sandbox to end', TIMEOUT_MS, sandbox.ended)).toBe(128);
    const { spans } = await delivered(sandbox, service);
    expect(spans.map(({ name }) => name)).toContain('before');
  });
});

describe.each(PRODUCERS)('a function that crashes, by %s', (producer) => {
  it('has written what had ended, and what was open, marked', async () => {
    const { sandbox, service } = await started(siteOf(producer));
    await expect(sandbox.invoke(request(remote('a'), { do: 'reject' })).outcome).rejects.toThrow('nobody waits');
    const { spans } = await world.pipeline.deliver(sandbox.lines(), service);
    const markOf = (name: 'before' | 'handler') =>
      spans.find((span) => (span.name === 'before') === (name === 'before'))?.attributes['serverless_otlp.incomplete'];
    expect([spans.length, markOf('before'), markOf('handler')]).toEqual([2, undefined, 'shutdown']);
  });
});

describe.each(PRODUCERS)('many invocations at once in one process, by %s', (producer) => {
  it.each(['sync', 'async'])('%s: each has its own parent, spans and logs', async (mode) => {
    const env = { OTLP_LAMBDA_FLUSH: mode };
    const { sandbox, service } = await started({ ...siteOf(producer), env, concurrency: 10 });
    const senders = ['1', '2', '3', '4', '5', '6', '7', '8'].map(remote);
    // The first to begin are the last to end; half of them know their parent by X-Ray's header of the invocation alone.
    const invoked = senders.map((sender, at) => {
      const order = { do: 'order', ms: 400 - 50 * at };
      return at % 2 === 0 ? sandbox.invoke(request(sender, order)) : sandbox.invoke(order, { xRay: xRay(sender) });
    });
    const bodies = await Promise.all(invoked.map(async ({ outcome }) => bodyOf(await outcome)));
    expect(bodies).toEqual(senders.map(({ traceId }) => JSON.stringify({ statusCode: 200, body: traceId })));
    await idle(sandbox);

    const { logs, spans } = await delivered(sandbox, service);
    for (const [at, sender] of senders.entries()) {
      const mine = spans.filter(({ traceId }) => traceId === sender.traceId);
      const handler = mine.find(({ parentSpanId }) => parentSpanId === sender.spanId);
      expect(handler?.attributes).toMatchObject({ 'faas.invocation.id': invoked[at]?.id, 'faas.coldstart': false });
      expect(mine.map(({ name, parentSpanId }) => [name, parentSpanId])).toContainEqual(['charge', handler?.spanId]);
      expect(logs.filter(({ traceId }) => traceId === sender.traceId)).toHaveLength(1);
    }
    expect([spans.length, logs.length]).toEqual([16, 8]);
  });
});

describe('what Lambda says when a function cannot be loaded', () => {
  it.each([
    { handler: 'wrong/broken.handler', errorType: 'RangeError' },
    { handler: 'wrong/syntax.handler', errorType: 'Runtime.UserCodeSyntaxError' },
    { handler: 'wrong/needy.handler', errorType: 'Runtime.ImportModuleError' },
    { handler: 'absent.handler', errorType: 'Runtime.ImportModuleError' },
    { handler: 'esm/shop.absent', errorType: 'Runtime.HandlerNotFound' },
    { handler: 'shop', errorType: 'Runtime.MalformedHandlerName' },
    { handler: '../shop.handler', errorType: 'Runtime.MalformedHandlerName' },
    { handler: 'esm/shop.callback', errorType: 'Runtime.CallbackHandlerDeprecated' },
  ])('it says with the layer, too: $errorType of $handler', async ({ errorType, handler }) => {
    const said = async (opt?: string): Promise<unknown> => {
      const runtime = inject('parts').runtimeClient;
      const sandbox = await world.startRaw({ node: process.execPath, runtime, task: world.task, handler, opt });
      const error = await sandbox.started;
      // What required a missing module is another file.
      const [message] = (error?.errorMessage ?? '').split('\n');
      const first = error?.trace?.[0];
      return { errorType: error?.errorType, message, first };
    };
    const [without, withLayer] = await Promise.all([said(), said(world.opt)]);
    expect(withLayer).toEqual(without);
    expect(withLayer).toMatchObject({ errorType });
  });
});
