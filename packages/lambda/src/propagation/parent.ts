import {
  type Context,
  defaultTextMapGetter,
  type Link,
  ROOT_CONTEXT,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import type { Carrier, Description } from '../trigger.ts';
import { isSampled, xRaySpan } from './x-ray.ts';

/** Where an invocation belongs: the context of its parent, and what else it came from. */
export interface Origin {
  readonly context: Context;
  readonly links: readonly Link[];
}

/** More links than a span may have are not read. */
const MAX_LINKS = 128;

const extracted = (propagator: TextMapPropagator, carrier: Carrier, context = ROOT_CONTEXT): Context =>
  propagator.extract(context, carrier, defaultTextMapGetter);

const linksOf = (propagator: TextMapPropagator, carriers: readonly Carrier[]): readonly Link[] =>
  carriers.slice(0, MAX_LINKS).flatMap((carrier) => {
    const context = trace.getSpanContext(extracted(propagator, carrier));
    return context === undefined ? [] : [{ context }];
  });

/**
 * What an event says of its trace, then what Lambda says of it in X-Ray's header. Lambda's is heard only when it is sampled: where
 * X-Ray is switched off it always says no. Where the event has a trace of its own, Lambda's becomes a link.
 * Source: https://opentelemetry.io/docs/specs/semconv/faas/aws-lambda/, read 2026-11-21.
 */
export const originOf = (
  { carrier, links: carriers = [] }: Pick<Description, 'carrier' | 'links'>,
  xRayHeader: string | undefined,
  propagator: TextMapPropagator,
): Origin => {
  const context = extracted(propagator, carrier ?? {});
  const links = linksOf(propagator, carriers);
  const heard = xRayHeader !== undefined && propagator.fields().includes('x-amzn-trace-id');
  const lambda = heard ? xRaySpan(xRayHeader) : undefined;
  if (lambda === undefined || !isSampled(lambda)) return { context, links };
  const own = trace.getSpanContext(context);
  if (own === undefined && links.length === 0) return { context: trace.setSpanContext(context, lambda), links };
  if (own?.traceId === lambda.traceId) return { context, links };
  return { context, links: [...links, { context: lambda, attributes: { source: 'x-ray-env' } }] };
};
