import * as v from 'valibot';
import { originRuleEntries } from './schema-origin.ts';
import { integer, mapping, oneOf, type Schema, text } from './schema-values.ts';
import type { AttributesSettings, BatchSettings, FilterSettings } from './settings.ts';

/** Settings of a `batch` processor. */
export const batchSchema: Schema<BatchSettings> = v.pipe(
  mapping({
    max_bytes: v.exactOptional(integer(1, 1_073_741_824, 'Uncompressed size of a merged request. Default 4194304.')),
    max_items: v.exactOptional(
      integer(1, 10_000_000, 'Spans, data points or log records of a merged request. Default 10000.'),
    ),
  }),
  v.description('Merges telemetry of equal metadata and signal into few requests, and splits what is too large.'),
);

/** Settings of a `filter` processor. */
export const filterSchema: Schema<FilterSettings> = v.pipe(
  mapping(originRuleEntries()),
  v.description('Keeps or drops telemetry by the log group, log stream and account it came from.'),
);

const scalar = v.union([v.string(), v.number(), v.boolean()]);
const attributeValue = v.pipe(
  v.union([scalar, v.array(scalar)], 'must be text, a number, a boolean or a list of these'),
  v.title('text, number, boolean or a list of these'),
  v.description('The new value. Either this or `from_metadata`, unless the action is `delete`.'),
);

const action = v.pipe(
  mapping({
    action: oneOf(
      ['insert', 'update', 'upsert', 'delete'],
      '`insert` where absent, `update` where present, `upsert` both, `delete`.',
    ),
    key: text('The attribute.'),
    value: v.exactOptional(attributeValue),
    from_metadata: v.exactOptional(
      oneOf(['owner', 'log_group', 'log_stream'], 'Take the value from what CloudWatch says of the source.'),
    ),
    on: v.exactOptional(
      oneOf(
        ['resource', 'item'],
        'Where: on resources, or on each item: span, data point, log record. Default `resource`.',
      ),
    ),
  }),
  v.check(
    ({ action: kind, value, from_metadata }) =>
      (kind === 'delete' ? 0 : 1) === [value, from_metadata].filter((given) => given !== undefined).length,
    'needs exactly one of value and from_metadata, and delete needs none',
  ),
);

/** Settings of an `attributes` processor. */
export const attributesSchema: Schema<AttributesSettings> = v.pipe(
  mapping({
    actions: v.pipe(
      v.array(action, 'must be a list'),
      v.minLength(1, 'must not be empty'),
      v.title('list of edits'),
      v.description('Edits, done in this order.'),
    ),
  }),
  v.description('Edits attributes of resources, spans, data points and log records.'),
);
