import { eventOf, type SubscriptionEvent } from './shape.ts';

/** The most Lambda takes as the payload of an asynchronous invocation, which is how a subscription filter invokes: 1 MB. */
const MAX_EVENT_BYTES = 1024 * 1024;

const bytesOf = (event: SubscriptionEvent): number => JSON.stringify(event).length;

/** An event as full as it can be: as many of these lines as fit. */
export const largestEvent = (linesOf: (count: number) => readonly string[]): SubscriptionEvent => {
  const sample = 100;
  let count = Math.ceil((sample * MAX_EVENT_BYTES) / bytesOf(eventOf(linesOf(sample))));
  let event = eventOf(linesOf(count));
  while (bytesOf(event) < MAX_EVENT_BYTES) event = eventOf(linesOf((count = Math.ceil(count * 1.01))));
  while (bytesOf(event) > MAX_EVENT_BYTES) event = eventOf(linesOf((count = Math.floor(count * 0.995))));
  return event;
};
