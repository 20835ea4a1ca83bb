import * as v from 'valibot';
import { flag, integer, mapping, patterns, type Schema, text, url } from './schema-values.ts';
import type { DeadLetterSettings, MetricsSettings, S3StoreSettings } from './settings.ts';

const s3: Schema<S3StoreSettings> = v.pipe(
  mapping({
    bucket: v.pipe(
      text('Name of the bucket.'),
      v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is not the name of a bucket'),
    ),
    prefix: v.exactOptional(text('Before every key, such as `forwarder/`. Default: none.')),
    region: v.exactOptional(text("The bucket's region. Default: the function's.")),
    endpoint: v.exactOptional(url('Of another service that speaks S3.')),
    force_path_style: v.exactOptional(
      flag('Whether the bucket goes into the path, as some of these need. Default false.'),
    ),
    kms_key_id: v.exactOptional(text("Key to encrypt with. Default: what the bucket's own settings say.")),
    expected_bucket_owner: v.exactOptional(
      v.pipe(
        text('Account that must own the bucket; another one is refused.'),
        v.regex(/^\d{12}$/, 'must be an account id'),
      ),
    ),
  }),
  v.description('A bucket, for the deployed forwarder.'),
);

const folder = v.pipe(
  mapping({ path: text('The folder; made when it is needed.') }),
  v.description('A folder, for use on a laptop and in tests.'),
);

/** Settings of the dead-letter store. */
export const deadLetterSchema: Schema<DeadLetterSettings> = v.pipe(
  mapping({ s3: v.exactOptional(s3), folder: v.exactOptional(folder) }),
  v.check((store) => Object.keys(store).length === 1, 'needs exactly one of s3 and folder'),
  v.description(
    'Where undelivered telemetry waits to be sent again. Without it, what a destination does not take goes back to the source.',
  ),
);

/** Settings of the metrics. */
const metrics: Schema<MetricsSettings> = v.pipe(
  mapping({
    enabled: v.exactOptional(flag('Whether metrics are written in the embedded metric format. Default true.')),
    namespace: v.exactOptional(
      v.pipe(
        text('CloudWatch namespace. Default `OtlpForwarder`.'),
        v.regex(/^[\w.#/-]{1,255}$/, 'must be letters, digits and any of . - _ / #'),
      ),
    ),
  }),
  v.description('CloudWatch metrics about the deliveries, by destination.'),
);

/** An entry that may be left out. */
type Optional<T> = v.ExactOptionalSchema<Schema<T>, undefined>;

/** What belongs to a service besides its pipelines. */
export const SERVICE_ENTRIES: {
  readonly reserve_ms: Optional<number>;
  readonly grace_ms: Optional<number>;
  readonly reload_ms: Optional<number>;
  readonly metrics: Optional<MetricsSettings>;
  readonly own_log_groups: Optional<readonly string[]>;
} = {
  reserve_ms: v.exactOptional(
    integer(0, 900_000, 'Kept free at the end of an invocation, at most a fifth of it. Default 5000.'),
  ),
  grace_ms: v.exactOptional(
    integer(0, 900_000, 'What the last destination gets once all others have settled. Default 900.'),
  ),
  reload_ms: v.exactOptional(
    integer(
      1_000,
      86_400_000,
      'How long a configuration and its values that are kept elsewhere are good. Default 300000 (5 minutes).',
    ),
  ),
  metrics: v.exactOptional(metrics),
  own_log_groups: v.exactOptional(
    patterns("Log groups that are never processed, besides the function's own: those of the redrive function."),
  ),
};
