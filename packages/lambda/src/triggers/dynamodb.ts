import { SpanKind } from '@opentelemetry/api';
import type { Carrier, Trigger } from '../trigger.ts';
import { attributesOf, functionNameOf, resourceOf } from './parts/attributes.ts';
import { carrierOf } from './parts/carrier.ts';
import { tracedBy } from './parts/messages.ts';
import { at, type Fields, numberAt, shared, textAt } from './parts/read.ts';
import { isFrom, recordsOf } from './parts/records.ts';
import { respondBatch } from './parts/respond.ts';
import { isoOf, millisecondsIn, queued } from './parts/times.ts';

const operationOf = (record: unknown): string | undefined => {
  const name = textAt(record, 'eventName');
  if (name === 'INSERT') return 'insert';
  if (name === 'MODIFY') return 'edit';
  return name === 'REMOVE' ? 'delete' : undefined;
};

const tableOf = (record: unknown): string | undefined =>
  /^table\/([^/]+)/.exec(resourceOf(textAt(record, 'eventSourceARN')) ?? '')?.[1];

const millisecondsOf = (record: unknown): number | undefined =>
  millisecondsIn(numberAt(record, 'dynamodb', 'ApproximateCreationDateTime'));

/** An item that is written with a `traceparent`, as an outbox is. A later change keeps the attribute, it no longer speaks of it. */
export const carrierOfChange = (record: unknown): Carrier | undefined => {
  const image = operationOf(record) === 'insert' ? at(record, 'dynamodb', 'NewImage') : undefined;
  return carrierOf({
    traceparent: at(image, 'traceparent', 'S'),
    tracestate: at(image, 'tracestate', 'S'),
    baggage: at(image, 'baggage', 'S'),
  });
};

/** Changes of a DynamoDB table. A data source: a server span named after the function. */
export const dynamodb: Trigger<Fields> = {
  name: 'dynamodb',
  matches: (event): event is Fields => isFrom(event, 'aws:dynamodb'),
  describe: (event, context) => {
    const records = recordsOf(event);
    const table = shared(records.map(tableOf));
    const { attributes, ...traced } = tracedBy(records, carrierOfChange);
    return {
      name: functionNameOf(context),
      kind: SpanKind.SERVER,
      attributes: {
        ...attributesOf({
          'faas.trigger': 'datasource',
          'faas.document.collection': table,
          'faas.document.operation': shared(records.map(operationOf)),
          'faas.document.time': isoOf(millisecondsOf(records[0])),
          'aws.dynamodb.table_names': table === undefined ? undefined : [table],
          'serverless_otlp.batch.size': records.length === 1 ? undefined : records.length,
        }),
        ...attributes,
      },
      ...traced,
      ...queued(records.map(millisecondsOf)),
    };
  },
  respond: respondBatch,
};
