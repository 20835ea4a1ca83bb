import type { Carrier, Trigger } from '../trigger.ts';
import { resourceOf } from './parts/attributes.ts';
import { carrierOf, firstOf } from './parts/carrier.ts';
import { envelopeOf } from './parts/envelope.ts';
import { processing } from './parts/messages.ts';
import { at, type Fields, shared, textAt } from './parts/read.ts';
import { isFrom, recordsOf } from './parts/records.ts';
import { millisecondsOf } from './parts/times.ts';

const carrierOfMessage = (record: unknown): Carrier | undefined => {
  const own = carrierOf(at(record, 'Sns', 'MessageAttributes'));
  return own?.['traceparent'] === undefined ? firstOf(own, envelopeOf(at(record, 'Sns', 'Message')).carrier) : own;
};

/** Messages of an SNS topic; as a rule one. */
export const sns: Trigger<Fields> = {
  name: 'sns',
  matches: (event): event is Fields => isFrom(event, 'aws:sns'),
  describe: (event) => {
    const records = recordsOf(event);
    const arn = shared(records.map((record) => textAt(record, 'Sns', 'TopicArn')));
    return processing(records, {
      system: 'aws.sns',
      destination: resourceOf(arn),
      id: textAt(records[0], 'Sns', 'MessageId'),
      more: { 'aws.sns.topic.arn': arn },
      carrierOf: carrierOfMessage,
      sentAt: (record) => millisecondsOf(at(record, 'Sns', 'Timestamp')),
    });
  },
};
