import { hrTime, hrTimeDuration } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Why a span was written before it ended. */
export type Incomplete = 'deadline' | 'shutdown';

/** Says so in a span: `deadline` or `shutdown`. When such a span ends after all it is written again, without this. */
const INCOMPLETE = 'serverless_otlp.incomplete';

/** What an open span has to say so far, ending now. The span itself goes on. */
export const incomplete = (span: ReadableSpan, why: Incomplete): ReadableSpan => {
  const endTime = hrTime();
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext === undefined ? {} : { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime,
    duration: hrTimeDuration(span.startTime, endTime),
    status: span.status,
    attributes: { ...span.attributes, [INCOMPLETE]: why },
    links: span.links,
    events: span.events,
    ended: true,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
};
