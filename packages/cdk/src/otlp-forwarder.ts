import { Duration, Names } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnSubscriptionFilter, ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { deadLetterBucket } from './bucket.ts';
import { codeOf } from './code.ts';
import { FILTER_PATTERNS } from './filter-pattern.ts';
import { forwarderFunction, functionLogGroup } from './function.ts';
import type { OtlpForwarderProps } from './props.ts';
import { failedEventsPolicy, forwarderBucketStatements, redriveBucketStatements, roleOf } from './role.ts';
import { retryInvocations, scheduleRedrive } from './schedule.ts';
import { subscribeAll, subscribeOne, type SubscriptionOptions } from './subscriptions.ts';
import { variablesOf } from './variables.ts';

/**
 * The Serverless OTLP Forwarder: two functions, a bucket for what could not be delivered, a schedule that sends it again, and the
 * subscriptions that bring the telemetry.
 *
 * @example
 * new OtlpForwarder(stack, 'Telemetry', {
 *   endpoint: 'https://collector.example:4318',
 *   subscriptions: { allLogGroups: true },
 * });
 */
export class OtlpForwarder extends Construct {
  readonly forwarder: LambdaFunction;
  readonly redrive: LambdaFunction;
  /** What could not be delivered. */
  readonly deadLetters: Bucket;
  /** Log groups of the two functions. */
  readonly logGroups: readonly LogGroup[];
  private readonly subscribing: SubscriptionOptions;

  constructor(scope: Construct, id: string, props: OtlpForwarderProps) {
    super(scope, id);
    const { functionName, logRetention: retention, encryptionKey, redriveInterval = Duration.minutes(5) } = props;
    const redriveName = functionName === undefined ? undefined : `${functionName}-redrive`;
    const bucket = deadLetterBucket(this, {
      encryptionKey,
      lifecycle: props.deadLetters,
      removalPolicy: props.removalPolicy,
      accessLogs: props.accessLogsBucket,
    });
    const logGroup = functionLogGroup(this, 'ForwarderLog', { functionName, retention, encryptionKey });
    const redriveLog = functionLogGroup(this, 'RedriveLog', { functionName: redriveName, retention, encryptionKey });
    const own = [logGroup, redriveLog];
    const shared = {
      code: props.code ?? codeOf(this, 'forwarder.zip'),
      memorySize: props.memorySize ?? 512,
      environment: variablesOf(props, bucket, own),
    };

    const role = roleOf(this, 'ForwarderRole', { logGroup, statements: forwarderBucketStatements(bucket) });
    const { reservedConcurrency = 20 } = props;
    this.forwarder = forwarderFunction(this, 'Forwarder', {
      ...shared,
      functionName,
      role,
      logGroup,
      handler: 'index.handler',
      description: 'Forwards OpenTelemetry from CloudWatch Logs to OTLP/HTTP endpoints',
      timeout: props.timeout ?? Duration.seconds(60),
      concurrency: reservedConcurrency === 'unreserved' ? undefined : reservedConcurrency,
    });
    const failedEvents = `aws/lambda/async/${this.forwarder.functionName}/`;

    this.redrive = forwarderFunction(this, 'Redrive', {
      ...shared,
      functionName: redriveName,
      role: roleOf(this, 'RedriveRole', {
        logGroup: redriveLog,
        statements: redriveBucketStatements(bucket, failedEvents),
      }),
      logGroup: redriveLog,
      handler: 'index.redrive',
      description: 'Sends telemetry that could not be delivered again',
      timeout: Duration.minutes(5),
      concurrency: 1,
    });

    scheduleRedrive(this, this.redrive, redriveInterval);
    const ready = retryInvocations(this, this.forwarder, bucket, failedEventsPolicy(this, role, bucket, failedEvents));
    this.deadLetters = bucket;
    this.logGroups = own;
    const { filter = 'strict', subscriptions } = props;
    this.subscribing = {
      forwarder: this.forwarder,
      ready,
      pattern: typeof filter === 'string' ? FILTER_PATTERNS[filter] : filter.pattern,
      name: props.subscriptionName ?? Names.uniqueResourceName(this, { maxLength: 100 }),
      own: own.map((group) => group.logGroupName),
      subscribed: new Set(),
    };
    if (subscriptions === undefined) return;
    if ('allLogGroups' in subscriptions) subscribeAll(this, subscriptions, this.subscribing);
    else for (const group of subscriptions.logGroups) this.subscribe(group);
  }

  /**
   * Forwards a log group.
   *
   * @param id of it among the others; default made of its name.
   * @throws {Error} when it is subscribed already, or is one of the forwarder's own.
   */
  subscribe(logGroup: string | ILogGroup, id?: string): CfnSubscriptionFilter {
    return subscribeOne(this, logGroup, this.subscribing, id);
  }
}
