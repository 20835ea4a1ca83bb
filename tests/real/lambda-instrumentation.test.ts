import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';

import { messages, remote, request, xRay } from './lambda-instrumentation/events.ts';
import type { Sandbox } from './lambda-instrumentation/sandbox.ts';
import type { Outcome } from './lambda-instrumentation/service.ts';
import type { Span, Telemetry } from './lambda-instrumentation/telemetry.ts';
import { makeWorld, type Site, type World } from './lambda-instrumentation/world.ts';
import { deferred, waitFor, within } from './wait.ts';

const TIMEOUT_MS = 60_000;
/** So long it is looked whether there is a line that must not be. */
const QUIET_MS = 200;

let world: World;
beforeAll(async () => {
  world = await makeWorld(inject('parts'), inject('bundle'));
}, 2 * TIMEOUT_MS);
afterEach(async () => world.clear());
afterAll(async () => world.stop());

const node22 = inject('parts').node22;
/** The runtime then drops and rewrites what goes through `console`; lines of telemetry do not. */
const QUIET_JSON = { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'FATAL' };
const SITES: readonly (Site & { readonly title: string })[] = [
  { title: 'layer, ESM, Node.js 24', producer: 'layer', format: 'esm', node: process.execPath },
  { title: 'layer, CommonJS, Node.js 22', producer: 'layer', format: 'cjs', node: node22, env: QUIET_JSON },
  { title: 'code, ESM, Node.js 24', producer: 'code', format: 'esm', node: process.execPath },
  { title: 'code, CommonJS, Node.js 22', producer: 'code', format: 'cjs', node: node22 },
];
const MODES = ['sync', 'async', 'finalize'] as const;
type Mode = (typeof MODES)[number];

let services = 0;
const newService = (): string => `shop-${++services}`;

const telemetryLines = (sandbox: Sandbox): number =>
  sandbox.lines().filter((line) => line.startsWith('{"__otel_otlp_stdout"')).length;

const idle = async (sandbox: Sandbox): Promise<undefined> =>
  within('a sandbox to be idle', TIMEOUT_MS, sandbox.service.idle());

type When = 'before' | 'after' | 'later';

/**
 * Invokes it for the first time, and sees when something is written: before the response has been taken, after it, or not now. What is
 * expected is waited for, what is not for a moment only.
 */
const writtenWhen = async (sandbox: Sandbox, event: object, expected: When): Promise<When> => {
  const written = async (when: When): Promise<boolean> =>
    waitFor('a line', when === expected ? TIMEOUT_MS : QUIET_MS, () =>
      telemetryLines(sandbox) > 0 ? true : undefined,
    ).catch(() => false);
  const taken = deferred<undefined>();
  await sandbox.invoke(event, { hold: taken.promise }).outcome;
  const early = await written('before');
  taken.resolve(undefined);
  await idle(sandbox);
  if (early) return 'before';
  return (await written('after')) ? 'after' : 'later';
};

const answerOf = (outcome: Outcome | undefined): unknown => {
  if (outcome === undefined) return undefined;
  return 'error' in outcome ? outcome.error.errorType : JSON.parse(outcome.body);
};

const invocationSpans = ({ spans }: Telemetry): readonly Span[] =>
  spans.filter(({ attributes }) => 'faas.invocation.id' in attributes);

const WHEN: Readonly<Record<Mode, When>> = { sync: 'before', async: 'after', finalize: 'later' };
/** What an extension in the process is registered for. */
const EVENTS: Readonly<Record<Mode, readonly (readonly string[])[]>> = {
  sync: [],
  async: [['INVOKE']],
  finalize: [[]],
};
/** How often it asks for its next event in four invocations. */
const ASKED: Readonly<Record<Mode, number>> = { sync: 0, async: 5, finalize: 1 };

describe.each(SITES)('a function under the real runtime client: $title', (site) => {
  it.each(MODES)('%s: invocations, their parents, links and signals', async (mode) => {
    const service = newService();
    const env = { ...site.env, OTLP_LAMBDA_FLUSH: mode, OTLP_LAMBDA_METRICS: 'true' };
    const sandbox = await world.start(service, { ...site, env });
    const { registrations } = sandbox.service.extensions;
    expect(await sandbox.started).toBeUndefined();

    const [sender, tracer, first, second] = [remote('a'), remote('b'), remote('c'), remote('d')];
    // Whoever has not registered by now is refused.
    const isRegistered = registrations().some(({ refused }) => refused === undefined);
    const expected = isRegistered ? WHEN[mode] : 'before';
    const when = await writtenWhen(sandbox, request(sender, { do: 'order', note: 'cold' }), expected);
    const warm = sandbox.invoke({ do: 'order' }, { xRay: xRay(tracer) });
    expect(answerOf(await warm.outcome)).toEqual({ statusCode: 200, body: tracer.traceId });
    const batch = sandbox.invoke(messages(first, second));
    expect(answerOf(await batch.outcome)).toMatchObject({ statusCode: 200 });
    const thrown = sandbox.invoke(request(sender, { do: 'throw' }), { xRay: xRay(tracer) });
    expect(answerOf(await thrown.outcome)).toBe('TypeError');
    await idle(sandbox);

    expect(registrations().map(({ events }) => events)).toEqual(EVENTS[mode]);
    // The layer waits for it while the function is loaded; a function's own code may be too late, and writes before the response then.
    if (site.producer === 'layer') expect(isRegistered).toBe(mode !== 'sync');
    expect(when).toBe(expected);
    // It asked once more than it was told: no invocation was waited for in vain.
    expect(sandbox.service.extensions.asked()).toBe(isRegistered ? ASKED[mode] : 0);
    expect(await sandbox.shutDown()).toBe(isRegistered ? 'SIGTERM' : 'SIGKILL');
    expect(sandbox.stderr()).toBe('');

    const telemetry = await world.pipeline.deliver(sandbox.lines(), service);
    const spans = invocationSpans(telemetry);
    const [cold, ordered, batched, failed] = ['1', '2', '3', '4'].map((last) =>
      spans.find(({ attributes }) => String(attributes['faas.invocation.id']).endsWith(`00${last}`)),
    );
    expect(spans).toHaveLength(4);
    expect(spans.map(({ attributes }) => attributes['faas.coldstart']).filter((value) => value === true)).toHaveLength(
      1,
    );
    // W3C's trace is the parent; X-Ray's is when there is no other, and else a link.
    expect(cold).toMatchObject({ traceId: sender.traceId, parentSpanId: sender.spanId, links: [], failed: false });
    expect(cold?.attributes).toMatchObject({
      'faas.trigger': 'http',
      'http.request.method': 'POST',
      'faas.coldstart': true,
    });
    expect(ordered).toMatchObject({ traceId: tracer.traceId, parentSpanId: tracer.spanId, links: [] });
    const senders = [first, second].map(({ spanId, traceId }) => `${traceId}/${spanId}`);
    expect(batched).toMatchObject({ parentSpanId: '', links: senders, kind: 5 });
    expect(failed).toMatchObject({ parentSpanId: sender.spanId, failed: true, exceptions: ['TypeError'] });
    expect(failed?.links).toEqual([`${tracer.traceId}/${tracer.spanId}`]);

    const charges = telemetry.spans.filter(({ name }) => name === 'charge');
    const parents = [cold, ordered, batched].map((span) => `${span?.traceId ?? ''}/${span?.spanId ?? ''}`);
    expect(charges.map(({ parentSpanId, traceId }) => `${traceId}/${parentSpanId}`).sort()).toEqual(
      [...parents].sort(),
    );
    expect(telemetry.spans).toHaveLength(spans.length + charges.length);
    const inside = charges.map(({ spanId, traceId }) => ({ body: 'ordered', traceId, spanId }));
    expect(new Set(telemetry.logs)).toEqual(new Set(inside));
    expect(telemetry.logs).toHaveLength(3);
    const counted = {
      orders: 3,
      'faas.invocations': 3,
      'faas.errors': 1,
      'faas.coldstarts': 1,
      'faas.invoke_duration': 4,
    };
    expect(telemetry.counts).toMatchObject(counted);
  });
});
