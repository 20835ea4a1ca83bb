import { SpanKind } from '@opentelemetry/api';
import type { Trigger } from '../trigger.ts';
import { attributesOf, functionNameOf } from './parts/attributes.ts';
import { at, type Fields, shared, textAt } from './parts/read.ts';
import { isFrom, recordsOf } from './parts/records.ts';
import { millisecondsOf, queued } from './parts/times.ts';

/** Operations the conventions name; another one keeps its name, without what follows the colon. */
const operationOf = (record: unknown): string | undefined => {
  const name = textAt(record, 'eventName')?.split(':', 1)[0];
  if (name === 'ObjectCreated') return 'insert';
  if (name === 'ObjectRemoved' || name === 'LifecycleExpiration') return 'delete';
  return name === 'ObjectTagging' || name === 'ObjectAcl' ? 'edit' : name;
};

/** Keys come as in a form: `+` is a blank. One that cannot be decoded stays as it is. */
const keyOf = (record: unknown): string | undefined => {
  const key = textAt(record, 's3', 'object', 'key');
  try {
    return key === undefined ? undefined : decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
};

/** A notification of an S3 bucket. It carries no trace. */
export const s3: Trigger<Fields> = {
  name: 's3',
  matches: (event): event is Fields => isFrom(event, 'aws:s3'),
  describe: (event, context) => {
    const records = recordsOf(event);
    const bucket = shared(records.map((record) => textAt(record, 's3', 'bucket', 'name')));
    const key = records.length === 1 ? keyOf(records[0]) : undefined;
    return {
      name: functionNameOf(context),
      kind: SpanKind.SERVER,
      attributes: attributesOf({
        'faas.trigger': 'datasource',
        'faas.document.collection': bucket,
        'faas.document.operation': shared(records.map(operationOf)),
        'faas.document.name': key,
        'faas.document.time': textAt(records[0], 'eventTime'),
        'aws.s3.bucket': bucket,
        'aws.s3.key': key,
        'serverless_otlp.batch.size': records.length === 1 ? undefined : records.length,
      }),
      ...queued(records.map((record) => millisecondsOf(at(record, 'eventTime')))),
    };
  },
};
