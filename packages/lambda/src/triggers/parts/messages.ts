import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Carrier, Description } from '../../trigger.ts';
import { attributesOf } from './attributes.ts';
import { namesSpan } from './carrier.ts';

/** A span has at most so many links (https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits). */
const MAX_LINKS = 128;

interface Traced extends Pick<Description, 'carrier' | 'links'> {
  readonly attributes: Attributes;
}

/**
 * The one message's trace as the parent, those of several as links.
 *
 * Looking for links ends at the 128th; `serverless_otlp.links.omitted` says how many messages were not looked at.
 */
export const tracedBy = <Message>(
  messages: readonly Message[],
  carrierOfMessage: (message: Message) => Carrier | undefined,
): Traced => {
  const [first] = messages;
  if (messages.length === 1 && first !== undefined) {
    const carrier = carrierOfMessage(first);
    return { attributes: {}, ...(carrier !== undefined && { carrier }) };
  }
  const links: Carrier[] = [];
  let seen = 0;
  for (const message of messages) {
    if (links.length === MAX_LINKS) break;
    seen++;
    const carrier = carrierOfMessage(message);
    if (namesSpan(carrier)) links.push(carrier);
  }
  const omitted = messages.length - seen;
  return {
    attributes: omitted > 0 ? { 'serverless_otlp.links.omitted': omitted } : {},
    ...(links.length > 0 && { links }),
  };
};

/** What there is to say about messages of one place. */
export interface Messages {
  /** `messaging.system.name`. */
  readonly system: string;
  /** Queue, topic or stream; `undefined` when the messages are of several. */
  readonly destination: string | undefined;
  readonly count: number;
  /** Of the first message. */
  readonly id?: string | undefined;
}

/**
 * Name, kind and attributes of a span that processes messages
 * (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/): the id of a single one, the number of several.
 */
export const processing = ({ system, destination, count, id }: Messages): Description => ({
  name: `process ${destination?.slice(0, 256) ?? 'multiple_sources'}`,
  kind: SpanKind.CONSUMER,
  attributes: attributesOf({
    'faas.trigger': 'pubsub',
    'messaging.system.name': system,
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': destination,
    'messaging.message.id': count === 1 ? id : undefined,
    'messaging.batch.message_count': count === 1 ? undefined : count,
  }),
});
