import { SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import type { Keep } from '../options.ts';
import { capture, lambdaContext } from '../testing.ts';
import { traced } from '../traced.ts';

let current: Sampler = new AlwaysOnSampler();
/** The first `traced` decides on the sampler of the process; this one asks whichever is in turn. */
const sampler: Sampler = {
  shouldSample: (...asked) => current.shouldSample(...asked),
  toString: () => 'whichever is in turn',
};

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENTS = {
  none: {},
  sampled: { traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
  unsampled: { traceparent: `00-${TRACE}-b7ad6b7169203331-00` },
  'x-ray unsampled': {
    'x-amzn-trace-id': `Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=0`,
  },
} as const;
type Parent = keyof typeof PARENTS;

const matches = (event: unknown): event is { readonly parent: Parent } => event !== undefined;
const describeEvent = ({ parent }: { readonly parent: Parent }) => ({
  name: 'root',
  kind: 1,
  attributes: {},
  carrier: PARENTS[parent],
});

/** What is written of an invocation that fails or not: names, and whether they are marked as sampled. */
const written = async (one: Sampler, parent: Parent, keep: readonly Keep[], fail: boolean) => {
  current = one;
  const handler = traced(
    async (_event: object, _context: object) => {
      await trace.getTracer('t').startActiveSpan('child', async (child) => {
        await Promise.resolve();
        child.end();
      });
      if (fail) throw new Error('no');
    },
    { keep, sampler, triggers: [{ name: 'test', matches, describe: describeEvent }] },
  );
  const { spans } = await capture(() => handler({ parent }, lambdaContext()));
  return spans.map(({ name, sampled }) => `${name} ${sampled ? 'sampled' : 'kept'}`);
};

const SAMPLED = ['child sampled', 'root sampled'];
const KEPT = ['child kept', 'root kept'];
const on = new AlwaysOnSampler();
const off = new AlwaysOffSampler();

describe('what is written', () => {
  it.each([
    // sampler, parent, of a success, of a failure
    [on, 'unsampled', SAMPLED, SAMPLED],
    [off, 'none', [], KEPT],
    [off, 'sampled', [], KEPT],
    [new TraceIdRatioBasedSampler(0), 'sampled', [], KEPT],
    [new TraceIdRatioBasedSampler(1), 'unsampled', SAMPLED, SAMPLED],
    [new ParentBasedSampler({ root: on }), 'none', SAMPLED, SAMPLED],
    [new ParentBasedSampler({ root: on }), 'unsampled', [], KEPT],
    [new ParentBasedSampler({ root: on }), 'x-ray unsampled', SAMPLED, SAMPLED],
    [new ParentBasedSampler({ root: off }), 'sampled', SAMPLED, SAMPLED],
    [new ParentBasedSampler({ root: off }), 'none', [], KEPT],
    [new ParentBasedSampler({ root: off }), 'x-ray unsampled', [], KEPT],
    [new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) }), 'none', [], KEPT],
  ] as const)('by %s below a parent that is %s', async (one, parent, success, failure) => {
    await written(one, parent, [], false);
    expect(await written(one, parent, ['errors'], false)).toEqual(success);
    expect(await written(one, parent, ['errors'], true)).toEqual(failure);
    expect(await written(one, parent, [], true)).toEqual(success);
  });

  it('is the same whichever of several reasons there is to keep it', async () => {
    expect(await written(off, 'none', ['errors', 'slow', 'cold_starts'], true)).toEqual(KEPT);
    expect(await written(off, 'none', ['slow', 'cold_starts'], true)).toEqual([]);
  });

  it('is nothing when the sampler throws, and the handler does not notice', async () => {
    const broken: Sampler = {
      shouldSample: () => {
        throw new Error('broken');
      },
      toString: () => 'broken',
    };
    expect(await written(broken, 'sampled', [], false)).toEqual([]);
  });

  it('is told the function it calls: a kept trace is not sampled for others', async () => {
    current = off;
    const handler = traced(
      (_event: object, _context: object) => Promise.resolve(trace.getActiveSpan()?.spanContext().traceFlags),
      { keep: ['errors'] },
    );
    expect((await capture(() => handler({ parent: 'none' }, lambdaContext()))).result).toBe(0);
  });

  it('keeps the error of a span inside, although the handler dealt with it', async () => {
    current = off;
    const handler = traced(
      (_event: object, _context: object) => {
        const child = trace.getTracer('t').startSpan('child').setStatus({ code: SpanStatusCode.ERROR });
        child.end();
        return Promise.resolve();
      },
      { keep: ['errors'] },
    );
    expect((await capture(() => handler({ parent: 'none' }, lambdaContext()))).spans).toHaveLength(2);
  });
});
