import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { ReadWriteType, Trail } from 'aws-cdk-lib/aws-cloudtrail';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** Whether CloudTrail records who reads and writes dead letters: by a trail of its own, or by one that is there. */
export type AuditTrail = true | Trail;

const trailOf = (scope: Construct): Trail => {
  const bucket = new Bucket(scope, 'AuditLogs', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'It holds the audit logs themselves; logs of who reads them are for the trail of the organisation.',
  });
  return new Trail(scope, 'Audit', {
    bucket: bucket as IBucket, // whose optional properties are stricter than the class
    enableFileValidation: true,
    includeGlobalServiceEvents: false,
    isMultiRegionTrail: false,
    // The account has a trail for those, or should: here are data events alone.
    managementEvents: ReadWriteType.NONE,
  });
};

/** Data events of the bucket: every object that is read, written or deleted, by whom. CloudTrail bills them. */
export const audit = (scope: Construct, auditTrail: AuditTrail, bucket: Bucket): Trail => {
  const trail = auditTrail === true ? trailOf(scope) : auditTrail;
  trail.addS3EventSelector([{ bucket }], { includeManagementEvents: auditTrail !== true });
  return trail;
};
