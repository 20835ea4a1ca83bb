/**
 * What instrumentation of this kind has got wrong elsewhere, in public code: one test per fault. Those of triggers, flush modes and
 * settings that have a file of their own are beside it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attributes, SpanKind, trace } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';
import { capture, type CapturedSpan, lambdaContext } from '@serverless-otlp/lambda/testing';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LoopbackServer, loopbackServer } from './loopback-server.ts';
import { runProgram } from './program.ts';

const packages = join(import.meta.dirname, '../../packages');
const programs = join(import.meta.dirname, 'programs');
const LONG = 60_000;
const fixture = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(packages, 'lambda/fixtures/lambda-events', `${path}.json`), 'utf8')) as Record<
    string,
    unknown
  >;

/** The span of an invocation with this event, whatever the handler gives. */
const spanOf = async (event: unknown, result?: unknown): Promise<CapturedSpan> => {
  const handler = traced((_event: unknown, _context: object) => Promise.resolve(result));
  const { spans } = await capture(() => handler(event, lambdaContext()));
  const [only] = spans;
  if (only === undefined) throw new Error('no span');
  return only;
};

afterEach(() => vi.unstubAllEnvs());

const W3C_TRACE = '0af7651916cd43dd8448eb211c80319c';
const X_RAY_TRACE = '63441c4aabcdef012345678912345678';
const w3c = (flags: '00' | '01') => `00-${W3C_TRACE}-b7ad6b7169203331-${flags}`;
const xRay = (sampled: '0' | '1') =>
  `Root=1-63441c4a-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=${sampled}`;

/** Whose trace an invocation is in; `unsampled` when it is written by nobody. */
const traceOf = async (headers: Readonly<Record<string, unknown>> | undefined, variable?: string): Promise<string> => {
  vi.stubEnv('_X_AMZN_TRACE_ID', variable);
  const handler = traced((_event: unknown, _context: object) => Promise.resolve(trace.getActiveSpan()?.spanContext()));
  const { result, spans } = await capture(() => handler(headers === undefined ? {} : { headers }, lambdaContext()));
  if (spans.length === 0) return 'unsampled';
  return { [W3C_TRACE]: 'W3C', [X_RAY_TRACE]: 'X-Ray' }[result?.traceId ?? ''] ?? 'a new one';
};

describe('the trace an invocation belongs to', () => {
  it.each([
    ['W3C', { traceparent: w3c('01') }, undefined],
    ['W3C', { TraceParent: w3c('01') }, undefined],
    ['X-Ray', { 'x-amzn-trace-id': xRay('1') }, undefined],
    ['X-Ray', { 'X-Amzn-Trace-Id': xRay('1') }, undefined],
    ['W3C', { traceparent: w3c('01'), 'x-amzn-trace-id': xRay('1') }, undefined],
    ['W3C', { traceparent: w3c('01'), 'x-amzn-trace-id': xRay('0') }, undefined],
    ['a new one', { 'x-amzn-trace-id': xRay('0') }, undefined],
    ['W3C', { traceparent: w3c('01') }, xRay('1')],
    ['W3C', { traceparent: w3c('01') }, xRay('0')],
    ['X-Ray', { 'x-unrelated': 'x' }, xRay('1')],
    ['X-Ray', undefined, xRay('1')],
    ['X-Ray', {}, xRay('1')],
    ['a new one', undefined, xRay('0')],
    ['a new one', {}, undefined],
    ['unsampled', { traceparent: w3c('00') }, undefined],
    ['unsampled', { traceparent: w3c('00') }, xRay('0')],
    ['W3C', { traceparent: w3c('01'), 'x-odd': 7, 'x-list': ['a'] }, undefined],
  ] as const)('is %s: with headers %j and Lambda saying %s', async (expected, headers, variable) => {
    expect(await traceOf(headers, variable)).toBe(expected);
  });

  it('decides about sampling with its parent known, not before', async () => {
    const inside = traced((_event: unknown, _context: object) => {
      trace.getTracer('t').startSpan('inside').end();
      return Promise.resolve();
    });
    expect((await capture(() => inside({ headers: { traceparent: w3c('00') } }, lambdaContext()))).spans).toEqual([]);
  });
});

describe('the span of an invocation', () => {
  it('names the method of an HTTP API once', async () => {
    const event = fixture('apigw-http/proxy-v2');
    expect((await spanOf({ ...event, routeKey: 'GET /orders/{id}' })).name).not.toMatch(/GET GET/);
  });

  it('does not take the path for a route behind a load balancer, where there are as many as paths', async () => {
    const { attributes, name } = await spanOf({ ...fixture('alb/base'), path: '/orders/42' });
    expect([attributes['http.route'], name.includes('42')]).toEqual([undefined, false]);
  });

  it('finds the headers of a load balancer that sends lists of them', async () => {
    const { headers: _, ...event } = fixture('alb/base');
    const span = await spanOf({ ...event, multiValueHeaders: { TRACEPARENT: [w3c('01')] } });
    expect(span.traceId).toBe(W3C_TRACE);
  });

  it('may be of any kind a trigger wants, that with the number 0 too', async () => {
    const matches = (event: unknown): event is unknown => event === 'internal';
    const describeEvent = () => ({ name: 'x', kind: SpanKind.INTERNAL, attributes: {} });
    const handler = traced((_event: unknown, _context: object) => Promise.resolve(), {
      triggers: [{ name: 'internal', matches, describe: describeEvent }],
    });
    expect((await capture(() => handler('internal', lambdaContext()))).spans[0]?.kind).toBe('INTERNAL');
  });

  it.each([200, 204, 404])(
    'leaves its status unset for an answer of %s, a success or the fault of the client',
    async (statusCode) => {
      expect((await spanOf(fixture('apigw-http/proxy-v2'), { statusCode })).status.code).toBe('UNSET');
    },
  );

  it.each([
    ['500', 'ERROR'],
    [500, 'ERROR'],
    [Number.NaN, 'UNSET'],
    [{}, 'UNSET'],
  ])('survives a status code of %j', async (statusCode, status) => {
    expect((await spanOf(fixture('apigw-rest/proxy-v1'), { statusCode })).status.code).toBe(status);
  });

  it('has the names of today, and numbers as numbers', async () => {
    const { attributes } = await spanOf(fixture('apigw-http/proxy-v2'), { statusCode: 500 });
    expect(attributes['http.response.status_code']).toBe(500);
    expect(attributes['faas.coldstart']).toBeTypeOf('boolean');
    const old = [
      'http.status_code',
      'http.method',
      'faas.cold_start',
      'faas.execution',
      'faas.id',
      'error',
      'requestId',
    ];
    expect(old.filter((name) => name in attributes)).toEqual([]);
  });

  it('says of every message source what it is, not of HTTP alone', async () => {
    const kinds = await Promise.all(
      ['sqs/base', 'sns/base', 's3/base', 'dynamodb/base', 'kinesis/stream', 'eventbridge/base', 'kafka/base'].map(
        async (path): Promise<Attributes[string]> => (await spanOf(fixture(path))).attributes['faas.trigger'],
      ),
    );
    expect(kinds).toEqual(['pubsub', 'pubsub', 'datasource', 'datasource', 'pubsub', 'pubsub', 'pubsub']);
  });

  it('is written for a failure of the handler with everything below it, once', async () => {
    const handler = traced((_event: unknown, _context: object) => {
      trace.getTracer('t').startSpan('inside').end();
      return Promise.reject(new Error('no'));
    });
    const { spans } = await capture(() => handler({}, lambdaContext()));
    expect(spans.map(({ name }) => name)).toEqual(['inside', 'test-function']);
    expect(spans[1]?.events.map(({ name }) => name)).toEqual(['exception']);
  });
});

describe('what is written', () => {
  it(
    'is all of it, in lines that a log takes whole, however many spans there are',
    async () => {
      const { code, err, lengths, spans } = await runProgram([join(programs, 'volume.ts')]);
      expect([code, err, spans.length, new Set(spans.map(({ name }) => name)).size]).toEqual([0, '', 3001, 3001]);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(60_000);
    },
    LONG,
  );

  it(
    'is written when the sandbox ends between two invocations; setting up makes the API complain of nothing',
    async () => {
      const { err, printed, signal, spans } = await runProgram([join(programs, 'told-to-end.ts')]);
      expect([err, printed, signal]).toEqual(['', ['held'], 'SIGTERM']);
      expect(spans.map(({ attributes }) => attributes['faas.invocation.id'])).toEqual(['a', 'b']);
    },
    LONG,
  );
});

describe('the extension', () => {
  let server: LoopbackServer;
  beforeAll(async () => (server = await loopbackServer()));
  afterAll(() => server.close());

  it(
    'is registered for an option as for a variable, and waits for an event without limit',
    async () => {
      const env = { AWS_LAMBDA_RUNTIME_API: server.host };
      const { code, err, printed } = await runProgram([join(programs, 'waits.ts')], env);
      expect([code, err, printed]).toEqual([0, '', [0]]);
      expect(server.asked.map(({ path }) => path.split('/').at(-1))).toEqual(['register', 'next']);
    },
    LONG,
  );
});

describe('the package', () => {
  it('leads to files that are there, from every one of its paths', () => {
    const { exports } = JSON.parse(readFileSync(join(packages, 'lambda/package.json'), 'utf8')) as {
      readonly exports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    for (const conditions of Object.values(exports)) {
      const source = conditions['@serverless-otlp/source'];
      expect(readFileSync(join(packages, 'lambda', String(source)), 'utf8')).toContain('export ');
      expect(Object.keys(conditions)).toEqual(expect.arrayContaining(['import', 'require']));
    }
  });

  it('brings no library for protobuf and no exporter for a network along', async () => {
    const { metafile } = await build({
      entryPoints: [join(packages, 'lambda/src/index.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@serverless-otlp/source'],
    });
    const modules = Object.keys(metafile.inputs);
    expect(modules.filter((path) => path.includes('/sdk-trace/'))).not.toEqual([]);
    expect(modules.filter((path) => /protobufjs|otlp-exporter|grpc/.test(path))).toEqual([]);
  });
});
