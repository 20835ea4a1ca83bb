import { trace } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import { capture, lambdaContext } from '../testing.ts';
import { traced } from '../traced.ts';
import { watchDeadline } from './deadline.ts';

describe('an invocation that comes near its timeout', () => {
  it('writes its open spans, marked, and the ended ones; and again what ends after all', async () => {
    const handler = traced(
      async (_event: object, _context: object) => {
        trace.getTracer('test').startSpan('ended').end();
        const open = trace.getTracer('test').startSpan('open', { attributes: { order: 1 } });
        await new Promise((resolve) => setTimeout(resolve, 60));
        open.end();
      },
      { deadlineMarginMs: 29_980 },
    );
    const other = traced((_event: object, _context: object) => Promise.resolve(), { name: 'other' });
    const { spans } = await capture(async () => {
      await Promise.all([
        handler({}, lambdaContext({ getRemainingTimeInMillis: () => 40 })),
        other({}, lambdaContext()),
      ]);
    });
    const said = spans.map(({ attributes, name }) => [name, attributes['serverless_otlp.incomplete']]);
    expect(said).toEqual([
      ['other', undefined],
      ['ended', undefined],
      ['test-function', 'deadline'],
      ['open', 'deadline'],
      ['open', undefined],
      ['test-function', undefined],
    ]);
    expect(spans[3]?.attributes['order']).toBe(1);
    expect(spans[3]?.spanId).toBe(spans[4]?.spanId);
  });

  it('is watched until the margin, or from its middle when it is shorter', () => {
    vi.useFakeTimers();
    const acted: string[] = [];
    watchDeadline(3000, 100, () => acted.push('long'));
    watchDeadline(100, 100, () => acted.push('short'));
    watchDeadline(100, 0, () => acted.push('never'));
    watchDeadline(undefined, 100, () => acted.push('unknown'));
    watchDeadline(Number.NaN, 100, () => acted.push('nonsense'));
    watchDeadline(80, 10, () => acted.push('stopped'))();
    vi.advanceTimersByTime(2899);
    expect(acted).toEqual(['short']);
    vi.advanceTimersByTime(1);
    expect(acted).toEqual(['short', 'long']);
    vi.useRealTimers();
  });
});
