import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { AlarmOptions } from './alarms.ts';
import type { AuditTrail } from './audit.ts';
import type { DeadLetterLifecycle } from './bucket.ts';
import type { KeptConfiguration } from './configuration.ts';
import type { Destination, Processors } from './destinations.ts';
import type { FilterStrictness } from './filter-pattern.ts';
import type { NetworkOptions } from './network.ts';
import type { ServiceSettings } from './settings.ts';
import type { AllLogGroups, ListedLogGroups } from './subscriptions.ts';
import type { Text, Value } from './values.ts';

/** What an `OtlpForwarder` is made of. Everything but where telemetry goes has a default. */
export interface OtlpForwarderProps {
  /** Base URL of the only destination, such as `https://collector.example:4318`. Its id is `otlp_http`. */
  readonly endpoint?: string;
  /** Sent with every request to `endpoint`. Values are visible to whoever may read the function: refer to secrets. */
  readonly headers?: Readonly<Record<string, Text>>;
  /** Or several destinations, or one with more to it, by name. The id of `vendor` is `otlp_http/vendor`. */
  readonly destinations?: Readonly<Record<string, Destination>>;
  /** Steps of every signal, in this order. Default: one `batch`. With `destinations`. */
  readonly processors?: Processors;
  /** Envelope headers to keep and to send on, such as a tenant id. With `destinations`. */
  readonly keepHeaders?: readonly string[];
  /** Times, and the namespace of metrics. With `destinations`. */
  readonly service?: ServiceSettings;
  /** Every secret under this prefix is a destination, too. Both functions may list the names of all secrets then. */
  readonly secretsPrefix?: string;
  /** Or a configuration that is kept elsewhere. */
  readonly configuration?: KeptConfiguration;
  /** Secrets and parameters that such a configuration refers to. */
  readonly readable?: readonly Value[];
  /** Keys of secrets and parameters, where these are not known of them. */
  readonly valueKeys?: readonly IKey[];

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
  /** Connects both functions to a VPC. */
  readonly network?: NetworkOptions;
  /** Default: alarms that tell nobody; `false` makes none. */
  readonly alarms?: AlarmOptions | false;
  /** Default true. */
  readonly dashboard?: boolean;
  /** Records in CloudTrail who reads and writes dead letters: in a trail of its own (`true`), or in yours. Costs by the event. */
  readonly auditTrail?: AuditTrail;
  /** Of everything in the construct. */
  readonly tags?: Readonly<Record<string, string>>;
}
