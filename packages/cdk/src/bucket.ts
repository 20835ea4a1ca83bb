import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** How long dead letters are kept that nobody sends again, in days. */
export interface DeadLetterLifecycle {
  /** What was refused alone or cannot be read; a person looks at it. Default 90. */
  readonly quarantineDays?: number;
  /** What waited longer than its destination's `max_age_hours`. Default 30. */
  readonly expiredDays?: number;
  /**
   * What still waits to be sent. Default: for ever, because the redrive moves it away itself; what waits for a destination that no
   * configuration names is never touched by it.
   */
  readonly pendingDays?: number;
}

/** What {@link deadLetterBucket} needs. */
export interface DeadLetterBucketOptions {
  readonly encryptionKey?: IKey | undefined;
  readonly lifecycle?: DeadLetterLifecycle | undefined;
  readonly removalPolicy?: RemovalPolicy | undefined;
  readonly accessLogs?: IBucket | undefined;
}

const rulesOf = ({ quarantineDays = 90, expiredDays = 30, pendingDays }: DeadLetterLifecycle): LifecycleRule[] => [
  { id: 'quarantine', prefix: 'quarantine/', expiration: Duration.days(quarantineDays) },
  { id: 'expired', prefix: 'expired/', expiration: Duration.days(expiredDays) },
  ...(pendingDays === undefined ? [] : [{ id: 'pending', prefix: 'pending/', expiration: Duration.days(pendingDays) }]),
  { id: 'unfinished', abortIncompleteMultipartUploadAfter: Duration.days(1) },
];

/** The bucket where undelivered telemetry waits, and where Lambda puts events that failed for good. */
export const deadLetterBucket = (scope: Construct, options: DeadLetterBucketOptions): Bucket => {
  const { encryptionKey, lifecycle = {}, removalPolicy = RemovalPolicy.RETAIN, accessLogs } = options;
  const bucket = new Bucket(scope, 'DeadLetters', {
    ...(encryptionKey === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    lifecycleRules: rulesOf(lifecycle),
    removalPolicy,
    ...(accessLogs !== undefined && { serverAccessLogsBucket: accessLogs, serverAccessLogsPrefix: 'otlp-forwarder/' }),
  });
  if (accessLogs === undefined)
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Data events of CloudTrail (auditTrail) say more than access logs; accessLogsBucket switches these on.',
    });
  return bucket;
};
