import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { spanWith } from '../invocation/span-with.ts';
import type { Redact } from '../redact.ts';

const redactedEvents = (events: ReadableSpan['events'], redact: Redact): ReadableSpan['events'] => {
  if (events.length === 0) return events;
  const redacted = events.map((event) => {
    if (event.attributes === undefined) return event;
    const attributes = redact(event.attributes);
    return attributes === event.attributes ? event : { ...event, attributes };
  });
  return redacted.every((event, at) => event === events[at]) ? events : redacted;
};

/** The span with its attributes and those of its events redacted: the same object where nothing was to be taken out. */
export const redactedSpan = (span: ReadableSpan, redact: Redact): ReadableSpan => {
  const attributes = redact(span.attributes);
  const events = redactedEvents(span.events, redact);
  const same = attributes === span.attributes && events === span.events;
  return same ? span : spanWith(span, { attributes, events });
};
