import type * as cloudformation from '@aws-sdk/client-cloudformation';
import type * as cloudwatch from '@aws-sdk/client-cloudwatch';
import type * as logs from '@aws-sdk/client-cloudwatch-logs';
import type * as events from '@aws-sdk/client-eventbridge';
import type * as iam from '@aws-sdk/client-iam';
import type * as lambda from '@aws-sdk/client-lambda';
import type * as s3 from '@aws-sdk/client-s3';
import type * as scheduler from '@aws-sdk/client-scheduler';
import type * as sts from '@aws-sdk/client-sts';

interface Call<Input, Output> {
  readonly input: Input;
  readonly output: Omit<Output, '$metadata'>;
}

/** Everything `doctor` asks AWS. All of it reads, but for the last two, which the canary alone uses. */
export interface Calls {
  'cloudformation:ListStackResources': Call<
    cloudformation.ListStackResourcesCommandInput,
    cloudformation.ListStackResourcesCommandOutput
  >;
  'cloudwatch:DescribeAlarms': Call<cloudwatch.DescribeAlarmsCommandInput, cloudwatch.DescribeAlarmsCommandOutput>;
  'cloudwatch:GetMetricData': Call<cloudwatch.GetMetricDataCommandInput, cloudwatch.GetMetricDataCommandOutput>;
  'events:ListRuleNamesByTarget': Call<
    events.ListRuleNamesByTargetCommandInput,
    events.ListRuleNamesByTargetCommandOutput
  >;
  'events:DescribeRule': Call<events.DescribeRuleCommandInput, events.DescribeRuleCommandOutput>;
  'iam:SimulatePrincipalPolicy': Call<
    iam.SimulatePrincipalPolicyCommandInput,
    iam.SimulatePrincipalPolicyCommandOutput
  >;
  'lambda:GetFunctionConfiguration': Call<
    lambda.GetFunctionConfigurationCommandInput,
    lambda.GetFunctionConfigurationCommandOutput
  >;
  'lambda:GetFunctionConcurrency': Call<
    lambda.GetFunctionConcurrencyCommandInput,
    lambda.GetFunctionConcurrencyCommandOutput
  >;
  'lambda:GetFunctionEventInvokeConfig': Call<
    lambda.GetFunctionEventInvokeConfigCommandInput,
    lambda.GetFunctionEventInvokeConfigCommandOutput
  >;
  'lambda:GetFunctionRecursionConfig': Call<
    lambda.GetFunctionRecursionConfigCommandInput,
    lambda.GetFunctionRecursionConfigCommandOutput
  >;
  'lambda:GetPolicy': Call<lambda.GetPolicyCommandInput, lambda.GetPolicyCommandOutput>;
  'logs:DescribeAccountPolicies': Call<
    logs.DescribeAccountPoliciesCommandInput,
    logs.DescribeAccountPoliciesCommandOutput
  >;
  'logs:DescribeLogGroups': Call<logs.DescribeLogGroupsCommandInput, logs.DescribeLogGroupsCommandOutput>;
  'logs:DescribeSubscriptionFilters': Call<
    logs.DescribeSubscriptionFiltersCommandInput,
    logs.DescribeSubscriptionFiltersCommandOutput
  >;
  'logs:FilterLogEvents': Call<logs.FilterLogEventsCommandInput, logs.FilterLogEventsCommandOutput>;
  's3:HeadBucket': Call<s3.HeadBucketCommandInput, s3.HeadBucketCommandOutput>;
  's3:GetBucketEncryption': Call<s3.GetBucketEncryptionCommandInput, s3.GetBucketEncryptionCommandOutput>;
  's3:GetPublicAccessBlock': Call<s3.GetPublicAccessBlockCommandInput, s3.GetPublicAccessBlockCommandOutput>;
  's3:GetBucketLifecycleConfiguration': Call<
    s3.GetBucketLifecycleConfigurationCommandInput,
    s3.GetBucketLifecycleConfigurationCommandOutput
  >;
  's3:ListObjectsV2': Call<s3.ListObjectsV2CommandInput, s3.ListObjectsV2CommandOutput>;
  'scheduler:ListSchedules': Call<scheduler.ListSchedulesCommandInput, scheduler.ListSchedulesCommandOutput>;
  'scheduler:GetSchedule': Call<scheduler.GetScheduleCommandInput, scheduler.GetScheduleCommandOutput>;
  'sts:GetCallerIdentity': Call<sts.GetCallerIdentityCommandInput, sts.GetCallerIdentityCommandOutput>;
  'logs:CreateLogStream': Call<logs.CreateLogStreamCommandInput, logs.CreateLogStreamCommandOutput>;
  'logs:PutLogEvents': Call<logs.PutLogEventsCommandInput, logs.PutLogEventsCommandOutput>;
}

/** Service and operation. */
export type Action = keyof Calls;

/** Asks AWS. Rejects with the error of the SDK, or as `CallFailed` once `named` has judged it. */
export type Aws = <A extends Action>(
  action: A,
  input: Calls[A]['input'],
  abort?: AbortSignal,
) => Promise<Calls[A]['output']>;

/** Permissions that are called otherwise than the operation. Source: the Service Authorization Reference, S3. */
const PERMISSIONS: Partial<Readonly<Record<Action, string>>> = {
  's3:HeadBucket': 's3:ListBucket',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
};

/** What somebody has to be allowed to make this call. */
export const permissionOf = (action: Action): string => PERMISSIONS[action] ?? action;
