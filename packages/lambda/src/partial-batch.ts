import { type Link, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { warnOnce } from './config/warn-once.ts';
import { carrierOf, type BatchRecord, sourceOf } from './batch-record.ts';
import { recordError } from './record-error.ts';
import { VERSION } from './version.ts';

/** What Lambda is told: which messages it shall deliver again. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** How a batch is worked through. */
export interface BatchOptions {
  /** How many messages at once; default 10, and 1 where order counts: Kinesis, DynamoDB Streams, FIFO queues. */
  readonly concurrency?: number;
}

/** An event that carries a batch. */
export interface BatchEvent<Record> {
  readonly Records: readonly Record[];
}

const tracer = () => trace.getTracer('@serverless-otlp/lambda', VERSION);

const linkOf = (record: BatchRecord): readonly Link[] => {
  const sender = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, carrierOf(record) ?? {}));
  return sender === undefined ? [] : [{ context: sender }];
};

/** Works on one message in a span of its own, linked to whoever sent it; whether it succeeded. */
const workOn = async <R>(record: R & BatchRecord, work: (record: R) => unknown): Promise<boolean> => {
  const { id, system, destination } = sourceOf(record);
  const attributes = {
    'messaging.system.name': system,
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.message.id': id,
    ...(destination === undefined ? {} : { 'messaging.destination.name': destination }),
  };
  const name = destination === undefined ? 'process' : `process ${destination}`;
  const options = { kind: SpanKind.CONSUMER, attributes, links: [...linkOf(record)] };
  return tracer().startActiveSpan(name, options, async (span) => {
    try {
      await work(record);
      return true;
    } catch (error) {
      recordError(span, error);
      return false;
    } finally {
      span.end();
    }
  });
};

/**
 * Where order counts, everything from the first failure on is delivered again; a queue takes back single messages. A message
 * without an identifier cannot be taken back alone.
 */
const ordered = (record: BatchRecord | undefined): boolean =>
  record !== undefined && (record.eventSource !== 'aws:sqs' || record.eventSourceARN?.endsWith('.fifo') === true);

const failuresOf = (failed: readonly BatchRecord[]): BatchResponse => ({
  batchItemFailures: failed.map((record) => ({ itemIdentifier: sourceOf(record).id })),
});

const inOrder = async <R extends BatchRecord>(
  records: readonly R[],
  work: (record: R) => unknown,
): Promise<BatchResponse> => {
  for (const [at, record] of records.entries()) {
    if (await workOn(record, work)) continue;
    // A queue needs every one that is not done; a stream goes back to the first.
    return failuresOf(record.eventSource === 'aws:sqs' ? records.slice(at) : [record]);
  }
  return failuresOf([]);
};

const atOnce = async <R extends BatchRecord>(
  records: readonly R[],
  work: (record: R) => unknown,
  concurrency: number,
): Promise<BatchResponse> => {
  const failed = new Set<R>();
  const queue = records.values();
  const worker = async (): Promise<void> => {
    for (const record of queue) if (!(await workOn(record, work))) failed.add(record);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, records.length)) }, worker));
  return failuresOf(records.filter((record) => failed.has(record)));
};

/**
 * A handler for SQS, Kinesis and DynamoDB Streams that works on each message in a span of its own and answers with those that failed.
 * Needs `ReportBatchItemFailures` in the event source mapping; without it Lambda takes the answer for a success.
 *
 * @param work fails a message by throwing.
 * @example export const handler = traced(partialBatch(async (record) => pay(JSON.parse(record.body))));
 */
export const partialBatch =
  <R extends object>(
    work: (record: R) => unknown,
    { concurrency = 10 }: BatchOptions = {},
  ): ((event: BatchEvent<R>) => Promise<BatchResponse>) =>
  async (event) => {
    const records = event.Records as readonly (R & BatchRecord)[];
    const response = await (ordered(records[0]) ? inOrder(records, work) : atOnce(records, work, concurrency));
    warnOnEmptyId(response);
    return response;
  };

/** Lambda delivers a whole batch again when it is told of a failure without an identifier. */
const warnOnEmptyId = ({ batchItemFailures }: BatchResponse): void => {
  if (batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === ''))
    warnOnce('a message of a batch has no identifier: Lambda will deliver all of them again');
};
