import type { SpanRow } from './spans.ts';

/** One trace as far as it has arrived. */
export interface StoredTrace {
  readonly traceId: string;
  readonly spans: readonly SpanRow[];
  /** Spans that arrived after the trace was full; they are counted, not kept. */
  readonly overflow: number;
}

/** Traces by id, as many as there is room for. */
export interface TraceStore {
  /** Adds spans; returns the ids of the traces that changed. A span that came before is not added twice. */
  add(spans: readonly SpanRow[]): ReadonlySet<string>;
  get(traceId: string): StoredTrace | undefined;
}

/** Limits of {@link createTraceStore}. */
export interface TraceStoreLimits {
  /** The trace that has not changed for longest goes first; 500 unless told. */
  readonly maxTraces?: number;
  /** 5000 unless told. */
  readonly maxSpansPerTrace?: number;
  /** Over all traces; 50 000 unless told. */
  readonly maxSpans?: number;
}

interface Entry {
  readonly spans: Map<string, SpanRow>;
  overflow: number;
}

/** Keeps the latest traces in bounded memory and puts late spans to those that came before. */
export const createTraceStore = (limits: TraceStoreLimits = {}): TraceStore => {
  const { maxTraces = 500, maxSpansPerTrace = 5000, maxSpans = 50_000 } = limits;
  // A Map iterates in the order of insertion: setting a trace anew makes it the youngest.
  const traces = new Map<string, Entry>();
  let total = 0;
  const evict = (): void => {
    for (const [traceId, { spans }] of traces) {
      if (traces.size <= maxTraces && (total <= maxSpans || traces.size === 1)) return;
      traces.delete(traceId);
      total -= spans.size;
    }
  };
  const addOne = (span: SpanRow): boolean => {
    const entry = traces.get(span.traceId) ?? { spans: new Map<string, SpanRow>(), overflow: 0 };
    traces.delete(span.traceId);
    traces.set(span.traceId, entry);
    if (entry.spans.has(span.spanId)) return false;
    if (entry.spans.size >= maxSpansPerTrace) entry.overflow += 1;
    else {
      entry.spans.set(span.spanId, span);
      total += 1;
    }
    evict();
    return true;
  };
  return {
    add: (spans) => new Set(spans.filter(addOne).map(({ traceId }) => traceId)),
    get: (traceId) => {
      const entry = traces.get(traceId);
      return entry && { traceId, spans: [...entry.spans.values()], overflow: entry.overflow };
    },
  };
};
