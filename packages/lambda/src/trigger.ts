import type { Attributes, SpanKind, SpanStatus } from '@opentelemetry/api';
import type { LambdaContext } from './lambda-context.ts';

/** Headers that carry a trace, names in lower case: `traceparent`, `tracestate`, `baggage`, `x-amzn-trace-id`. */
export type Carrier = Readonly<Record<string, string>>;

/** What an event says about the invocation's span. */
export interface Description {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** The headers of the one parent. */
  readonly carrier?: Carrier;
  /** One per message of a batch. */
  readonly links?: readonly Carrier[];
  /** How long the event, or the oldest message of it, waited before the invocation, in milliseconds. */
  readonly queuedMs?: number;
}

/** What a result says about the invocation's span: attributes such as `http.response.status_code`, and a status if it failed. */
export interface Answer {
  readonly attributes: Attributes;
  /** Left out: the status stays unset, as the conventions want it for a success. */
  readonly status?: SpanStatus;
}

/** One kind of event that invokes a function. Whatever it throws never reaches the handler. */
export interface Trigger<Event = unknown> {
  /** Such as `api_gateway_v2`. */
  readonly name: string;
  matches(event: unknown): event is Event;
  describe(event: Event, context: LambdaContext): Description;
  respond?(result: unknown): Answer;
}
