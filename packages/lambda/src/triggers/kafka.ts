import type { Carrier, Trigger } from '../trigger.ts';
import { carrierOf } from './parts/carrier.ts';
import { processing } from './parts/messages.ts';
import { at, type Fields, fieldsOf, listAt, numberAt, shared, textAt } from './parts/read.ts';
import { respondBatch } from './parts/respond.ts';

/** The longest header value, in bytes. */
const MAX_VALUE = 8192;
/** Headers of a record that are looked at. */
const MAX_HEADERS = 100;

/** A header's value is a list of bytes, in Java's way: some are negative. */
const textOfBytes = (bytes: unknown): string | undefined => {
  if (!Array.isArray(bytes) || bytes.length > MAX_VALUE) return undefined;
  const isByte = (byte: unknown): byte is number => Number.isInteger(byte) && Math.abs(Number(byte)) < 256;
  return bytes.every(isByte) ? Buffer.from(bytes).toString() : undefined;
};

const carrierOfRecord = (record: unknown): Carrier | undefined => {
  const headers = listAt(record, 'headers')
    .slice(0, MAX_HEADERS)
    .flatMap((header) => Object.entries(fieldsOf(header) ?? {}).slice(0, MAX_HEADERS));
  return carrierOf(Object.fromEntries(headers.map(([name, value]) => [name, textOfBytes(value)])));
};

const partitionOf = (record: unknown): string | undefined => numberAt(record, 'partition')?.toString();

/** The records of all partitions; EventBridge Pipes hands on one list of them. */
const recordsOf = (event: unknown): readonly unknown[] =>
  Array.isArray(event)
    ? event
    : Object.values(fieldsOf(at(event, 'records')) ?? {}).flatMap((list): unknown[] =>
        Array.isArray(list) ? list : [],
      );

const SOURCES: readonly unknown[] = ['aws:kafka', 'SelfManagedKafka', 'aws:SelfManagedKafka'];

const isKafka = (event: unknown): boolean => {
  const first: unknown = Array.isArray(event) ? event[0] : undefined;
  return first === undefined
    ? SOURCES.includes(at(event, 'eventSource')) && fieldsOf(at(event, 'records')) !== undefined
    : SOURCES.includes(at(first, 'eventSource')) && textAt(first, 'topic') !== undefined;
};

/** Records of a Kafka topic: of Amazon MSK, or of a cluster of one's own. */
export const kafka: Trigger<Fields> = {
  name: 'kafka',
  matches: (event): event is Fields => isKafka(event),
  describe: (event) => {
    const records = recordsOf(event);
    return processing(records, {
      system: 'kafka',
      destination: shared(records.map((record) => textAt(record, 'topic'))),
      more: {
        'messaging.destination.partition.id': shared(records.map(partitionOf)),
        'kafka.offset': records.length === 1 ? numberAt(records[0], 'offset') : undefined,
      },
      carrierOf: carrierOfRecord,
      sentAt: (record) => numberAt(record, 'timestamp'),
    });
  },
  respond: respondBatch,
};
