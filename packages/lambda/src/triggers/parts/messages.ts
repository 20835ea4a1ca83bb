import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Carrier, Description } from '../../trigger.ts';
import { attributesOf } from './attributes.ts';
import { namesSpan } from './carrier.ts';
import { queued } from './times.ts';

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
  /** Of the first message. */
  readonly id?: string | undefined;
  /** What one system alone says. */
  readonly more: Readonly<Record<string, Attributes[string]>>;
  readonly carrierOf: (message: unknown) => Carrier | undefined;
  /** When a message was sent, in epoch milliseconds. */
  readonly sentAt: (message: unknown) => number | undefined;
}

/**
 * The span that processes messages (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/): with the id of a single one,
 * the number of several.
 */
export const processing = (messages: readonly unknown[], of: Messages): Description => {
  const { attributes, ...traced } = tracedBy(messages, of.carrierOf);
  const isSingle = messages.length === 1;
  return {
    name: `process ${of.destination?.slice(0, 256) ?? 'multiple_sources'}`,
    kind: SpanKind.CONSUMER,
    attributes: {
      ...attributesOf({
        'faas.trigger': 'pubsub',
        'messaging.system.name': of.system,
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': of.destination,
        'messaging.message.id': isSingle ? of.id : undefined,
        'messaging.batch.message_count': isSingle ? undefined : messages.length,
        ...of.more,
      }),
      ...attributes,
    },
    ...traced,
    ...queued(messages.map((message) => of.sentAt(message))),
  };
};
