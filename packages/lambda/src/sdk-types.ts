import type { Attributes, Context, Link, Span, SpanKind, TraceState } from '@opentelemetry/api';
import type { FinishedSpan } from '@serverless-otlp/stdout-exporter/traces';

/** A `Sampler` of SDK 2.x and 3.x. The SDK is inside this package: its users need none of their own, and may have any. */
export interface Sampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): {
    /** 0: not recorded, 1: recorded, 2: recorded and sampled. */
    readonly decision: number;
    readonly attributes?: Readonly<Attributes>;
    readonly traceState?: TraceState;
  };
  toString(): string;
}

/** A `SpanProcessor` of SDK 2.x and 3.x. */
export interface SpanProcessor {
  onStart(span: Span, parentContext: Context): void;
  onEnding?(span: Span): void;
  onEnd(span: FinishedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}
