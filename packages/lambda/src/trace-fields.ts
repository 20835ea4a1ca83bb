import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import { invocationIn } from './invocation/invocation.ts';

/** What ties a line of a log to its trace, under the names that log tools know. */
export interface TraceFields {
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly trace_flags?: string;
  readonly 'faas.invocation.id'?: string;
}

/**
 * The trace and the invocation that run now, to be mixed into whatever a logger writes; empty outside of both. No logger is changed.
 *
 * @example pino({ mixin: traceFields })
 * @example console.log(JSON.stringify({ message: 'paid', ...traceFields() }))
 */
export const traceFields = (): TraceFields => {
  const active = context.active();
  const span = trace.getSpanContext(active);
  const invocation = invocationIn(active);
  return {
    ...(span === undefined || !isSpanContextValid(span)
      ? {}
      : {
          trace_id: span.traceId,
          span_id: span.spanId,
          trace_flags: span.traceFlags.toString(16).padStart(2, '0'),
        }),
    ...(invocation === undefined ? {} : { 'faas.invocation.id': invocation.id }),
  };
};
