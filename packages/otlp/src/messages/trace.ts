import type { HexId, InstrumentationScope, Resource, UnixNano, WithAttributes } from './attributes.ts';

/** The spans of one resource. */
export interface ResourceSpans {
  readonly resource?: Resource;
  readonly scopeSpans?: readonly ScopeSpans[];
  readonly schemaUrl?: string;
}

/** The spans of one instrumentation scope. */
export interface ScopeSpans {
  readonly scope?: InstrumentationScope;
  readonly spans?: readonly Span[];
  readonly schemaUrl?: string;
}

/** One operation. */
export interface Span extends WithAttributes {
  readonly traceId?: HexId;
  readonly spanId?: HexId;
  readonly traceState?: string;
  readonly parentSpanId?: HexId;
  readonly name?: string;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer */
  readonly kind?: number;
  readonly startTimeUnixNano?: UnixNano;
  readonly endTimeUnixNano?: UnixNano;
  readonly events?: readonly Event[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly Link[];
  readonly droppedLinksCount?: number;
  readonly status?: Status;
  readonly flags?: number;
}

/** Something that happened during a span. */
export interface Event extends WithAttributes {
  readonly timeUnixNano?: UnixNano;
  readonly name?: string;
}

/** A pointer from one span to another. */
export interface Link extends WithAttributes {
  readonly traceId?: HexId;
  readonly spanId?: HexId;
  readonly traceState?: string;
  readonly flags?: number;
}

/** How a span ended. */
export interface Status {
  readonly message?: string;
  /** 0 unset, 1 ok, 2 error */
  readonly code?: number;
}
