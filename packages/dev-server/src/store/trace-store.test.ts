import { describe, expect, it } from 'vitest';
import type { SpanRow } from './spans.ts';
import { createTraceStore } from './trace-store.ts';

const span = (traceId: string, spanId: string): SpanRow => ({
  traceId,
  spanId,
  parentSpanId: '',
  name: '',
  service: '',
  kind: 0,
  startNs: 0n,
  endNs: 0n,
  failed: false,
  problem: '',
  attributes: [],
});

describe('createTraceStore', () => {
  it('puts late spans to their trace and tells which traces changed', () => {
    const store = createTraceStore();
    expect(store.add([span('a', '1'), span('b', '1')])).toEqual(new Set(['a', 'b']));
    expect(store.add([span('a', '2')])).toEqual(new Set(['a']));
    expect(store.get('a')?.spans.map(({ spanId }) => spanId)).toEqual(['1', '2']);
  });

  it('does not take a redelivered span for a new one', () => {
    const store = createTraceStore();
    store.add([span('a', '1')]);
    expect(store.add([span('a', '1')]).size).toBe(0);
    expect(store.get('a')?.spans).toHaveLength(1);
  });

  it('forgets the trace that has not changed for longest', () => {
    const store = createTraceStore({ maxTraces: 2 });
    store.add([span('a', '1'), span('b', '1'), span('a', '2'), span('c', '1')]);
    expect([store.get('a')?.spans.length, store.get('b'), store.get('c')?.spans.length]).toEqual([2, undefined, 1]);
  });

  it('bounds the spans of all traces together and of each', () => {
    const store = createTraceStore({ maxSpans: 3, maxSpansPerTrace: 2 });
    store.add([span('a', '1'), span('a', '2'), span('a', '3')]);
    expect(store.get('a')).toMatchObject({ overflow: 1 });
    store.add([span('b', '1'), span('b', '2')]);
    expect(store.get('a')).toBeUndefined();
    expect(store.get('b')?.spans).toHaveLength(2);
  });
});
