import { SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { TracedOptions } from '../options.ts';
import { capture, lambdaContext } from '../testing.ts';
import { traced } from '../traced.ts';

process.env['OTEL_TRACES_SAMPLER'] = 'parentbased_always_off';

const W3C = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
interface Asked {
  readonly fail?: boolean;
  readonly childFails?: boolean;
  readonly sampled?: boolean;
}

const names = async (event: Asked, options: TracedOptions): Promise<readonly string[]> => {
  const trigger = {
    name: 'test',
    matches: (given: unknown): given is Asked => typeof given === 'object',
    describe: ({ sampled }: Asked) => ({ name: 'root', kind: 1, attributes: {}, ...(sampled ? { carrier: W3C } : {}) }),
  };
  const handler = traced(
    async ({ childFails, fail }: Asked, _context: object) => {
      const span = trace.getTracer('test').startSpan('child');
      if (childFails) span.setStatus({ code: SpanStatusCode.ERROR });
      await Promise.resolve();
      span.end();
      if (fail) throw new Error('no');
    },
    { ...options, triggers: [trigger as never] },
  );
  const { spans } = await capture(() => handler(event, lambdaContext()));
  return spans.map(({ name }) => name);
};

describe('keep, where the sampler says no', () => {
  it('keeps a cold start', async () => {
    expect(await names({}, { keep: ['cold_starts'] })).toEqual(['child', 'root']);
    expect(await names({}, { keep: ['cold_starts'] })).toEqual([]);
  });

  it('keeps errors, and errors of spans inside', async () => {
    expect(await names({}, { keep: ['errors'] })).toEqual([]);
    expect(await names({ fail: true }, { keep: ['errors'] })).toEqual(['child', 'root']);
    expect(await names({ childFails: true }, { keep: ['errors'] })).toEqual(['child', 'root']);
  });

  it('keeps slow ones', async () => {
    expect(await names({}, { keep: ['slow'], slowMs: 60_000 })).toEqual([]);
    expect(await names({}, { keep: ['slow'], slowMs: 0 })).toEqual(['child', 'root']);
  });

  it('keeps nothing unless it is asked to, and whatever the sampler wants', async () => {
    expect(await names({ fail: true }, {})).toEqual([]);
    expect(await names({ sampled: true }, {})).toEqual(['child', 'root']);
    expect(await names({ sampled: true }, { keep: ['errors'] })).toEqual(['child', 'root']);
  });
});
