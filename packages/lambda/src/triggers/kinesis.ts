import type { Carrier, Trigger } from '../trigger.ts';
import { resourceOf } from './parts/attributes.ts';
import { envelopeOf } from './parts/envelope.ts';
import { processing } from './parts/messages.ts';
import { at, type Fields, numberAt, shared, textAt } from './parts/read.ts';
import { isFrom, kinesisOf, recordsOf } from './parts/records.ts';
import { respondBatch } from './parts/respond.ts';
import { millisecondsIn } from './parts/times.ts';

/** The longest data that is decoded, in characters of base64: 256 KiB. */
const MAX_DATA = 349_528;

/** Kinesis has no headers: a trace is found in JSON data only. Node's decoder reads past what is no base64. */
export const carrierOfKinesis = (record: unknown): Carrier | undefined => {
  const data = at(kinesisOf(record), 'data');
  if (typeof data !== 'string' || data.length > MAX_DATA) return undefined;
  return envelopeOf(Buffer.from(data, 'base64').toString()).carrier;
};

const shardOf = (record: unknown): string | undefined => textAt(record, 'eventID')?.split(':', 1)[0];

/** Records of a Kinesis data stream. */
export const kinesis: Trigger<Fields> = {
  name: 'kinesis',
  matches: (event): event is Fields => isFrom(event, 'aws:kinesis'),
  describe: (event) => {
    const records = recordsOf(event);
    const arn = shared(records.map((record) => textAt(record, 'eventSourceARN')));
    const stream = resourceOf(arn)?.replace(/^stream\//, '');
    return processing(records, {
      system: 'aws.kinesis',
      destination: stream,
      id: textAt(kinesisOf(records[0]), 'sequenceNumber'),
      more: {
        'messaging.destination.partition.id': shared(records.map(shardOf)),
        'aws.kinesis.stream_name': stream,
      },
      carrierOf: carrierOfKinesis,
      sentAt: (record) => millisecondsIn(numberAt(kinesisOf(record), 'approximateArrivalTimestamp')),
    });
  },
  respond: respondBatch,
};
