import {
  type Context,
  isSpanContextValid,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
  TraceFlags,
} from '@opentelemetry/api';

const HEADER = 'x-amzn-trace-id';
/** A header of Lambda's has some 200 characters. */
const MAX_LENGTH = 2000;

/**
 * The span that an X-Ray header names; `undefined` unless it has a root and a parent. `Sampled=?` and none at all leave the decision
 * to whoever reads it, here: yes.
 * Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader, read 2026-11-21.
 */
export const xRaySpan = (header: string | undefined): SpanContext | undefined => {
  if (header === undefined || header.length > MAX_LENGTH) return undefined;
  const root = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})\s*(?:;|$)/i.exec(header);
  const parent = /(?:^|;)\s*Parent=([0-9a-f]{16})\s*(?:;|$)/i.exec(header);
  if (root === null || parent === null) return undefined;
  const span: SpanContext = {
    traceId: `${root[1] ?? ''}${root[2] ?? ''}`.toLowerCase(),
    spanId: (parent[1] ?? '').toLowerCase(),
    traceFlags: /(?:^|;)\s*Sampled=0\s*(?:;|$)/i.test(header) ? TraceFlags.NONE : TraceFlags.SAMPLED,
    isRemote: true,
  };
  return isSpanContextValid(span) ? span : undefined;
};

/** Whether X-Ray decided for this span. */
export const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0;

/**
 * X-Ray's header. It gives way to a trace that another propagator found.
 *
 * @param decides whether an unsampled header is heard. SDKs of AWS pass on `Sampled=0` wherever X-Ray is merely switched off, so it
 *   is not, unless X-Ray is the only way of tracing.
 */
export const xRayPropagator = (decides: boolean): TextMapPropagator => ({
  inject: (context: Context, carrier: unknown, setter: TextMapSetter): void => {
    const span = trace.getSpanContext(context);
    if (span === undefined || !isSpanContextValid(span)) return;
    const root = `1-${span.traceId.slice(0, 8)}-${span.traceId.slice(8)}`;
    setter.set(carrier, HEADER, `Root=${root};Parent=${span.spanId};Sampled=${isSampled(span) ? 1 : 0}`);
  },
  extract: (context: Context, carrier: unknown, getter: TextMapGetter): Context => {
    if (trace.getSpanContext(context) !== undefined) return context;
    const header = getter.get(carrier, HEADER);
    const span = xRaySpan(Array.isArray(header) ? header[0] : header);
    return span === undefined || (!decides && !isSampled(span)) ? context : trace.setSpanContext(context, span);
  },
  fields: () => [HEADER],
});
