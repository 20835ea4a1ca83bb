import type { Duration } from 'aws-cdk-lib';
import { Rule, type RuleTargetConfig, Schedule } from 'aws-cdk-lib/aws-events';
import type { Policy } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** As long as Lambda keeps an event. */
const MAX_EVENT_AGE_SECONDS = 21_600;

/** Starts the redrive again and again. A run that failed is not tried again: the next one follows. */
export const scheduleRedrive = (scope: Construct, redrive: LambdaFunction, interval: Duration): Rule => {
  new CfnEventInvokeConfig(scope, 'RedriveInvocations', {
    functionName: redrive.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: 0,
    maximumEventAgeInSeconds: Math.min(MAX_EVENT_AGE_SECONDS, Math.max(60, interval.toSeconds())),
  });
  const target: RuleTargetConfig = { arn: redrive.functionArn, retryPolicy: { maximumRetryAttempts: 0 } };
  const rule = new Rule(scope, 'Schedule', {
    description: 'Sends what waits in the dead-letter bucket again',
    schedule: Schedule.rate(interval),
    targets: [{ bind: () => target }],
  });
  new CfnPermission(scope, 'ScheduledRedrive', {
    functionName: redrive.functionArn,
    action: 'lambda:InvokeFunction',
    principal: 'events.amazonaws.com',
    sourceArn: rule.ruleArn,
  });
  return rule;
};

/** Two more tries, and six hours for what is throttled; then Lambda puts the event into the bucket. */
export const retryInvocations = (
  scope: Construct,
  forwarder: LambdaFunction,
  bucket: Bucket,
  permission: Policy,
): CfnEventInvokeConfig => {
  const config = new CfnEventInvokeConfig(scope, 'Invocations', {
    functionName: forwarder.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: 2,
    maximumEventAgeInSeconds: MAX_EVENT_AGE_SECONDS,
    destinationConfig: { onFailure: { destination: bucket.bucketArn } },
  });
  // Lambda tries the permission before it takes the destination.
  config.node.addDependency(permission);
  return config;
};
