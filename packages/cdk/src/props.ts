import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { DeadLetterLifecycle } from './bucket.ts';
import type { FilterStrictness } from './filter-pattern.ts';
import type { AllLogGroups, ListedLogGroups } from './subscriptions.ts';

/** What an `OtlpForwarder` is made of. Everything but where telemetry goes has a default. */
export interface OtlpForwarderProps {
  /** Base URL of the only destination, such as `https://collector.example:4318`. Its id is `otlp_http`. */
  readonly endpoint?: string;
  /** Sent with every request to `endpoint`. Values are visible to whoever may read the function: refer to secrets. */
  readonly headers?: Readonly<Record<string, string>>;

  /** Which log groups are forwarded. Default: none yet. */
  readonly subscriptions?: AllLogGroups | ListedLogGroups;
  /** What a subscription brings: `strict` (default), `lenient`, or a filter pattern of your own. */
  readonly filter?: FilterStrictness | { readonly pattern: string };

  /** Name of the filters, or of the account's policy. Default: generated, so that nobody else's is ever overwritten. */
  readonly subscriptionName?: string;

  /** Name of the forwarder; the redrive has `-redrive` behind it. Default: generated. */
  readonly functionName?: string;
  /** Of both functions, in MB. Default 512. */
  readonly memorySize?: number;
  /** Of the forwarder. Default 60 s. */
  readonly timeout?: Duration;
  /** How many environments the forwarder may have at once; `unreserved` reserves none. Default 20. */
  readonly reservedConcurrency?: number | 'unreserved';
  /** How often what waits is sent again. Default every 5 minutes. */
  readonly redriveInterval?: Duration;
  /** Default: the zip this package carries. */
  readonly code?: Code;

  /** Of the functions' logs. Default one month. */
  readonly logRetention?: RetentionDays;
  /** How long dead letters are kept. */
  readonly deadLetters?: DeadLetterLifecycle;
  /** What becomes of the bucket when the stack is deleted. Default: it stays. */
  readonly removalPolicy?: RemovalPolicy;
  /** A bucket for access logs of the dead-letter bucket. */
  readonly accessLogsBucket?: IBucket;
  /** Encrypts bucket, logs and variables with a key of your own. */
  readonly encryptionKey?: IKey;
}
