import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Trigger } from '../trigger.ts';
import { attributesOf } from './parts/attributes.ts';
import { carrierInData, eventBridgeAttributes, isEventBridge } from './parts/envelope.ts';
import { at, type Fields, textAt } from './parts/read.ts';
import { millisecondsOf, queued } from './parts/times.ts';

/** What S3 says through EventBridge, by the start of its detail type. */
const operationOf = (type: string): string => {
  if (type === 'Object Created') return 'insert';
  return type === 'Object Deleted' ? 'delete' : 'edit';
};

const documentOf = (event: Fields, type: string): Attributes =>
  attributesOf({
    'faas.trigger': 'datasource',
    'faas.document.collection': textAt(event, 'detail', 'bucket', 'name'),
    'faas.document.operation': operationOf(type),
    'faas.document.name': textAt(event, 'detail', 'object', 'key'),
    'faas.document.time': textAt(event, 'time'),
    'aws.s3.bucket': textAt(event, 'detail', 'bucket', 'name'),
    'aws.s3.key': textAt(event, 'detail', 'object', 'key'),
  });

/**
 * An event of an EventBridge bus; those of S3 are a data source. Named after the detail type: the event does not say which bus it
 * came through. A trace is found in the detail only, EventBridge keeps the header it was put with to itself.
 */
export const eventbridge: Trigger<Fields> = {
  name: 'eventbridge',
  matches: (event): event is Fields => isEventBridge(event),
  describe: (event) => {
    const type = textAt(event, 'detail-type') ?? '';
    const carrier = carrierInData(at(event, 'detail'));
    return {
      name: `process ${type.slice(0, 256)}`,
      kind: SpanKind.CONSUMER,
      attributes: {
        'faas.trigger': 'pubsub',
        'messaging.system.name': 'aws.eventbridge',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        ...attributesOf({ 'messaging.message.id': textAt(event, 'id') }),
        ...eventBridgeAttributes(event),
        ...(at(event, 'source') === 'aws.s3' && documentOf(event, type)),
      },
      ...(carrier !== undefined && { carrier }),
      ...queued([millisecondsOf(at(event, 'time'))]),
    };
  },
};
