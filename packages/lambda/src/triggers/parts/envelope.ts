import type { Attributes } from '@opentelemetry/api';
import type { Carrier } from '../../trigger.ts';
import { attributesOf } from './attributes.ts';
import { carrierOf, firstOf } from './carrier.ts';
import { at, fieldsOf, textAt } from './read.ts';

/** The longest message body that is looked into, in UTF-16 units: parsing has a price, the user pays it. */
const MAX_BODY = 262_144;
/** A body without any of these has nothing to say. */
const MARKERS: readonly string[] = ['"traceparent"', '"TopicArn"', '"detail-type"'];

/** What another service wrapped into a message. */
export interface Envelope {
  readonly carrier?: Carrier | undefined;
  /** Where the message came from before. */
  readonly attributes: Attributes;
}

const parsed = (body: string): unknown => {
  if (body.length > MAX_BODY || !/^\s{0,100}\{/.test(body) || !MARKERS.some((marker) => body.includes(marker))) {
    return undefined;
  }
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/**
 * Where producers put a trace into an event's own data: at the top, as the CloudEvents extension for distributed tracing has it
 * (https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md), or into `metadata`.
 */
export const carrierInData = (data: unknown): Carrier | undefined =>
  firstOf(carrierOf(data), carrierOf(at(data, 'metadata')));

/** Source, type and id of an EventBridge event. EventBridge hands its trace header to X-Ray, not to the event. */
export const eventBridgeAttributes = (event: unknown): Attributes =>
  attributesOf({
    'cloudevents.event_id': textAt(event, 'id'),
    'cloudevents.event_source': textAt(event, 'source'),
    'cloudevents.event_type': textAt(event, 'detail-type'),
  });

/** Whether this is an event as EventBridge delivers it; EventBridge Scheduler's detail is text (`"{}"`). */
export const isEventBridge = (event: unknown): boolean =>
  textAt(event, 'detail-type') !== undefined &&
  textAt(event, 'source') !== undefined &&
  textAt(event, 'id') !== undefined &&
  (fieldsOf(at(event, 'detail')) !== undefined || typeof at(event, 'detail') === 'string');

/**
 * Looks into a message body for what SNS or EventBridge wrapped around it, and for a `traceparent` at the top of any JSON.
 * Bodies of more than 256 KiB and those that are no JSON say nothing.
 */
export const envelopeOf = (body: unknown): Envelope => {
  const content = typeof body === 'string' ? parsed(body) : undefined;
  if (isEventBridge(content)) {
    return { carrier: carrierInData(at(content, 'detail')), attributes: eventBridgeAttributes(content) };
  }
  const topic = textAt(content, 'TopicArn');
  if (topic === undefined || textAt(content, 'Type') !== 'Notification') {
    return { carrier: carrierInData(content), attributes: {} };
  }
  const message = at(content, 'Message');
  const inner = typeof message === 'string' ? parsed(message) : undefined;
  const carrier = carrierOf(at(content, 'MessageAttributes'));
  return {
    carrier: firstOf(carrier, carrierInData(isEventBridge(inner) ? at(inner, 'detail') : inner)),
    attributes: { 'aws.sns.topic.arn': topic },
  };
};
