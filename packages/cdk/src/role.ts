import { Stack } from 'aws-cdk-lib';
import { Policy, PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from './acknowledge.ts';
import { statement } from './statements.ts';

/** What both functions may do, and what one of them may besides. */
export interface RoleOptions {
  readonly logGroup: ILogGroup;
  readonly statements: readonly PolicyStatement[];
}

const ownLog = (logGroup: ILogGroup): PolicyStatement =>
  statement('OwnLog', {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    // The ARN of a log group ends in `:*`: its log streams, which have no names before they are made.
    resources: [logGroup.logGroupArn],
  });

/** The role of a function, with everything in it that does not name the function itself: so it is complete when the function is made. */
export const roleOf = (scope: Construct, id: string, { logGroup, statements }: RoleOptions): Role => {
  const all = [ownLog(logGroup), ...statements];
  const role = new Role(scope, id, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { Forwarder: new PolicyDocument({ statements: all }) },
  });
  acknowledgeWildcards(role, all);
  return role;
};

/** A bucket that was deleted may be somebody else's under its old name: the account is part of every permission. */
const ofThisAccount = (scope: Construct): { readonly StringEquals: Readonly<Record<string, string>> } => ({
  StringEquals: { 's3:ResourceAccount': Stack.of(scope).account },
});

const objects = (bucket: Bucket, prefixes: readonly string[]): string[] =>
  prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));

/** What the forwarder does in the bucket: it puts, and never reads. */
export const forwarderBucketStatements = (bucket: Bucket): readonly PolicyStatement[] => [
  statement('KeepDeadLetters', {
    actions: ['s3:PutObject'],
    resources: objects(bucket, ['pending/', 'quarantine/']),
    conditions: ofThisAccount(bucket),
  }),
  statement('FailedEventsBucket', {
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: ofThisAccount(bucket),
  }),
];

/** What the redrive does in the bucket; `failedEvents` is where Lambda puts the events of the forwarder. */
export const redriveBucketStatements = (bucket: Bucket, failedEvents: string): readonly PolicyStatement[] => [
  statement('ReadDeadLetters', {
    actions: ['s3:GetObject'],
    resources: objects(bucket, ['pending/', 'redrive/', failedEvents]),
    conditions: ofThisAccount(bucket),
  }),
  statement('MoveDeadLetters', {
    actions: ['s3:PutObject'],
    resources: objects(bucket, ['pending/', 'quarantine/', 'expired/', 'redrive/']),
    conditions: ofThisAccount(bucket),
  }),
  statement('RemoveDeadLetters', {
    actions: ['s3:DeleteObject'],
    resources: objects(bucket, ['pending/', failedEvents]),
    conditions: ofThisAccount(bucket),
  }),
  statement('ListDeadLetters', {
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: ofThisAccount(bucket),
  }),
];

/** Lambda puts events that failed for good with the role of the function, under a name that only the finished function has. */
export const failedEventsPolicy = (scope: Construct, role: Role, bucket: Bucket, failedEvents: string): Policy => {
  const statements = [
    statement('KeepFailedEvents', {
      actions: ['s3:PutObject'],
      resources: objects(bucket, [failedEvents]),
      conditions: ofThisAccount(bucket),
    }),
  ];
  const policy = new Policy(scope, 'FailedEvents', { roles: [role], statements });
  acknowledgeWildcards(policy, statements);
  return policy;
};
