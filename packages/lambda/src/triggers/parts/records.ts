import { at, type Fields, listAt, textAt } from './read.ts';

/**
 * The `Records` of an event; EventBridge Pipes hands on the list alone
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html, read 2026-11-21).
 */
export const recordsOf = (event: unknown): readonly unknown[] =>
  Array.isArray(event) ? event : listAt(event, 'Records');

/** Whether all records of an event are from one source: the first says which, a batch is never mixed. */
export const isFrom = (event: unknown, source: string): event is Fields => {
  const [first] = recordsOf(event);
  return textAt(first, 'eventSource') === source || textAt(first, 'EventSource') === source;
};

/** What Kinesis says of a record; Pipes has it at the top of the record. */
export const kinesisOf = (record: unknown): unknown => at(record, 'kinesis') ?? record;
