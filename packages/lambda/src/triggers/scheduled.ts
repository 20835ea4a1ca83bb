import { SpanKind } from '@opentelemetry/api';
import type { Trigger } from '../trigger.ts';
import { attributesOf, functionNameOf } from './parts/attributes.ts';
import { isEventBridge } from './parts/envelope.ts';
import { at, type Fields, textAt } from './parts/read.ts';
import { millisecondsOf, queued } from './parts/times.ts';

/** A schedule of EventBridge: a rule's, or EventBridge Scheduler's with its own input. The event does not say the expression. */
export const scheduled: Trigger<Fields> = {
  name: 'scheduled',
  matches: (event): event is Fields =>
    isEventBridge(event) &&
    at(event, 'detail-type') === 'Scheduled Event' &&
    (at(event, 'source') === 'aws.events' || at(event, 'source') === 'aws.scheduler'),
  describe: (event, context) => ({
    name: functionNameOf(context),
    kind: SpanKind.SERVER,
    attributes: attributesOf({
      'faas.trigger': 'timer',
      'faas.invocation.start_time': textAt(event, 'time'),
      'cloudevents.event_id': textAt(event, 'id'),
      'cloudevents.event_source': textAt(event, 'source'),
      'cloudevents.event_type': textAt(event, 'detail-type'),
      'cloudevents.event_subject': textAt(event, 'resources', '0'),
    }),
    ...queued([millisecondsOf(at(event, 'time'))]),
  }),
};
