import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Redact } from '../redact.ts';

/** The span with its attributes and those of its events redacted: the same object where nothing was to be taken out. */
export const redactedSpan = (span: ReadableSpan, redact: Redact): ReadableSpan => {
  const attributes = redact(span.attributes);
  const events = span.events.map((event) => {
    const { attributes: own = {} } = event;
    const redacted = redact(own);
    return redacted === own ? event : { ...event, attributes: redacted };
  });
  const same = attributes === span.attributes && events.every((event, at) => event === span.events[at]);
  if (same) return span;
  // Everything else stays the span's own, such as what it computes when it is asked.
  return Object.create(span, { attributes: { value: attributes }, events: { value: events } }) as ReadableSpan;
};
