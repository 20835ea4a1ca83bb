import { context, metrics, logs, SeverityNumber, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { capture, lambdaContext } from './testing.ts';
import { traceFields } from './trace-fields.ts';
import { traced } from './traced.ts';

const W3C = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const tracer = trace.getTracer('test');
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('traced', () => {
  it('writes a span for the invocation, and what began inside it as its children', async () => {
    const handler = traced(async (_event: unknown, _context: object) => {
      await pause();
      return tracer.startActiveSpan('work', async (span) => {
        await pause();
        tracer.startSpan('deep').end();
        span.end();
        return 'done';
      });
    });
    const given = lambdaContext();
    const { result, span, spans } = await capture(() => handler({}, given));
    expect(result).toBe('done');
    const root = span('test-function');
    expect(spans.map(({ name }) => name)).toEqual(['deep', 'work', 'test-function']);
    expect(span('work').parentSpanId).toBe(root.spanId);
    expect(span('deep').parentSpanId).toBe(span('work').spanId);
    expect(root).toMatchObject({
      parentSpanId: undefined,
      status: { code: 'UNSET' },
      attributes: {
        'faas.invocation.id': given.awsRequestId,
        'faas.coldstart': true,
        'aws.lambda.invoked_arn': given.invokedFunctionArn,
        'cloud.resource_id': given.invokedFunctionArn,
        'cloud.account.id': '123456789012',
        'faas.trigger': 'other',
      },
    });
  });

  it('says that the second invocation is not a cold start', async () => {
    const { spans } = await capture(() => traced((_event: unknown, _context: object) => 1)({}, lambdaContext()));
    expect(spans[0]?.attributes['faas.coldstart']).toBe(false);
  });

  it('throws the very error the handler threw, with its span in error', async () => {
    const mine = new TypeError('mine');
    const rejecting = traced((_event: unknown, _context: object) => Promise.reject(mine));
    const throwing = traced((_event: unknown, _context: object) => {
      throw mine;
    });
    for (const handler of [rejecting, throwing]) {
      const { error, spans } = await capture(() => handler({}, lambdaContext()));
      expect(error).toBe(mine);
      expect(spans[0]).toMatchObject({
        status: { code: 'ERROR', message: 'mine' },
        attributes: { 'error.type': 'TypeError' },
        events: [{ name: 'exception', attributes: { 'exception.message': 'mine' } }],
      });
    }
  });

  it('rethrows what is no error as it is', async () => {
    for (const thrown of ['text', undefined, null, 42, { code: 1 }, Object.create(null), Symbol('x')]) {
      let caught: unknown = 'nothing';
      const { spans } = await capture(async () => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        await traced((_event: unknown, _context: object) => Promise.reject(thrown))({}, lambdaContext()).catch(
          (error: unknown) => (caught = error),
        );
      });
      expect(caught).toBe(thrown);
      expect(spans[0]).toMatchObject({ status: { code: 'ERROR' }, attributes: { 'error.type': typeof thrown } });
    }
  });

  it('returns the very result', async () => {
    const result = Object.freeze({ statusCode: 200 });
    const { result: returned } = await capture(() =>
      traced(async (_event: unknown, _context: object) => Promise.resolve(result))({}, lambdaContext()),
    );
    expect(returned).toBe(result);
  });

  it('runs the handler when triggers and attributes throw (fault 29)', async () => {
    const throws = (): never => {
      throw new Error('a bad trigger');
    };
    const triggers = [
      { name: 'bad_match', matches: (_event: unknown): _event is unknown => throws(), describe: throws },
      { name: 'bad', matches: (event: unknown): event is unknown => event !== 0, describe: throws, respond: throws },
    ];
    const handler = traced((_event: unknown, _context: object) => Promise.resolve('ran'), {
      triggers,
      attributes: throws,
    });
    const { result, spans } = await capture(() => handler({}, lambdaContext()));
    expect([result, spans.map(({ name }) => name)]).toEqual(['ran', ['test-function']]);
  });

  it('runs the handler for any event and context', async () => {
    const handler = traced((event: unknown, _context: unknown) => Promise.resolve(event));
    for (const event of [undefined, null, 0, '', [], 'text', Object.create(null), { Records: null }, { headers: 1 }]) {
      const { result } = await capture(() => handler(event, undefined));
      expect(result).toBe(event);
      expect((await capture(() => handler(event, lambdaContext()))).spans).toHaveLength(1);
    }
  });

  it('keeps many invocations at once apart', async () => {
    const handler = traced(async (event: { readonly n: number }, _context: object) => {
      await pause();
      for (let i = 0; i < event.n % 5; i++) {
        await pause();
        tracer.startSpan(`child ${event.n}`).end();
      }
      if (event.n % 3 === 0) throw new Error(`failed ${event.n}`);
      return traceFields();
    });
    const { result, spans } = await capture(() =>
      Promise.allSettled(
        Array.from({ length: 50 }, (_, n) => handler({ n }, lambdaContext({ awsRequestId: `id ${n}` }))),
      ),
    );
    for (let n = 0; n < 50; n++) {
      const root = spans.find(({ attributes }) => attributes['faas.invocation.id'] === `id ${n}`);
      const children = spans.filter(({ name }) => name === `child ${n}`);
      expect(children).toHaveLength(n % 5);
      expect(children.every(({ parentSpanId }) => parentSpanId === root?.spanId)).toBe(true);
      expect(root?.status.code).toBe(n % 3 === 0 ? 'ERROR' : 'UNSET');
      const settled = result?.[n];
      if (settled?.status === 'fulfilled')
        expect(settled.value).toMatchObject({
          trace_id: root?.traceId,
          span_id: root?.spanId,
          'faas.invocation.id': `id ${n}`,
        });
    }
  });

  it('does not trace a handler twice', async () => {
    const handler = traced(traced((_event: unknown, _context: object) => Promise.resolve(1)));
    expect((await capture(() => handler({}, lambdaContext()))).spans).toHaveLength(1);
  });

  it('names no third parameter, which Node 24 refuses', () => {
    expect(traced((_event: unknown, _context: unknown, _callback: unknown) => undefined)).toHaveLength(0);
  });

  it('takes measurements and records of logs, with the trace they were taken in', async () => {
    const handler = traced((_event: unknown, _context: object) => {
      metrics.getMeter('test').createCounter('orders').add(2, { kind: 'book' });
      logs.getLogger('test').emit({ body: 'hello', severityNumber: SeverityNumber.INFO });
      return Promise.resolve(traceFields());
    });
    const { metrics: measured, logs: said, spans, result } = await capture(() => handler({}, lambdaContext()));
    expect(measured).toMatchObject([{ name: 'orders', points: [{ value: 2, attributes: { kind: 'book' } }] }]);
    expect(said).toMatchObject([{ body: 'hello', traceId: spans[0]?.traceId, spanId: spans[0]?.spanId }]);
    expect(result?.trace_id).toBe(spans[0]?.traceId);
    const again = await capture(() => handler({}, lambdaContext()));
    expect(again.metrics).toMatchObject([{ name: 'orders', points: [{ value: 2 }] }]);
  });

  it('measures invocations when it is told to', async () => {
    const handler = traced(
      (event: { readonly fail?: boolean }, _context: object) =>
        event.fail === true ? Promise.reject(new Error('no')) : Promise.resolve(1),
      { metrics: true },
    );
    const { metrics: measured } = await capture(async () => {
      await handler({}, lambdaContext());
      await handler({ fail: true }, lambdaContext()).catch(() => undefined);
    });
    const names = new Set(measured.map(({ name }) => name));
    expect([...names].sort()).toEqual(['faas.errors', 'faas.invocations', 'faas.invoke_duration', 'faas.mem_usage']);
  });

  it('takes a parent and baggage from the headers of an event (fault 25)', async () => {
    const headers = {
      traceparent: W3C,
      'x-amzn-trace-id': 'Root=1-63441c4a-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=0',
    };
    const trigger = {
      name: 'test',
      matches: (event: unknown): event is typeof headers => event === headers,
      describe: () => ({ name: 'GET /', kind: 0, attributes: {}, carrier: headers }),
    };
    const handler = traced((_event: unknown, _context: object) => Promise.resolve(context.active()), {
      triggers: [trigger],
    });
    const { spans } = await capture(() => handler(headers, lambdaContext()));
    expect(spans).toMatchObject([
      {
        kind: 'INTERNAL',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        parentSpanId: 'b7ad6b7169203331',
        sampled: true,
      },
    ]);
  });
});
