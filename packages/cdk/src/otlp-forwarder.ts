import { Duration, Names, Tags } from 'aws-cdk-lib';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnSubscriptionFilter, ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { alarmOnFilter, type AlarmOptions, makeAlarms, type Watched } from './alarms.ts';
import { audit } from './audit.ts';
import { deadLetterBucket } from './bucket.ts';
import { codeOf } from './code.ts';
import { type Configuration, configure } from './configuration.ts';
import { makeDashboard } from './dashboard.ts';
import { FILTER_PATTERNS } from './filter-pattern.ts';
import { forwarderFunction, functionLogGroup } from './function.ts';
import { bucketKeyStatements, networkStatements, variablesKeyStatement } from './grants.ts';
import { allowLogs } from './key.ts';
import { ownMetricsOf } from './metrics.ts';
import { connect } from './network.ts';
import type { OtlpForwarderProps } from './props.ts';
import { failedEventsPolicy, forwarderBucketStatements, redriveBucketStatements, roleOf } from './role.ts';
import { retryInvocations, scheduleRedrive } from './schedule.ts';
import { nameOf, subscribeAll, subscribeOne, type SubscriptionOptions } from './subscriptions.ts';
import { refuseOverlaps } from './overlaps.ts';

/**
 * The Serverless OTLP Forwarder: two functions, a bucket for what could not be delivered, a schedule that sends it again, alarms, and the
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
  /** Logs of the two functions. */
  readonly logGroups: readonly LogGroup[];
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard | undefined;
  /** Names of the log groups that have a filter. */
  readonly subscribed: ReadonlySet<string>;
  private readonly subscribing: SubscriptionOptions;
  private readonly alarming: AlarmOptions | undefined;

  /** @throws {Error} when the properties say nothing of where telemetry goes, or contradict each other. */
  constructor(scope: Construct, id: string, props: OtlpForwarderProps) {
    super(scope, id);
    const { encryptionKey } = props;
    if (encryptionKey !== undefined) allowLogs(this, encryptionKey);
    this.deadLetters = deadLetterBucket(this, {
      encryptionKey,
      lifecycle: props.deadLetters,
      removalPolicy: props.removalPolicy,
      accessLogs: props.accessLogsBucket,
    });
    const { forwarder, redrive, logGroups, ready } = makeFunctions(this, props, this.deadLetters);
    this.forwarder = forwarder;
    this.redrive = redrive;
    this.logGroups = logGroups;

    const { alarms: alarming = {}, filter = 'strict', subscriptions } = props;
    const options = alarming === false ? {} : alarming;
    const own = ownMetricsOf(props, options.destinations ?? []);
    const redriveInterval = intervalOf(props);
    const watched: Watched = { forwarder, redrive, own, redriveInterval, options };
    this.alarms = alarming === false ? [] : makeAlarms(this, watched);
    this.alarming = alarming === false ? undefined : alarming;
    this.dashboard = props.dashboard === false ? undefined : makeDashboard(this, watched);
    if (props.auditTrail !== undefined) audit(this, props.auditTrail, this.deadLetters);

    const subscribed = new Set<string>();
    this.subscribed = subscribed;
    this.subscribing = {
      forwarder,
      ready,
      pattern: typeof filter === 'string' ? FILTER_PATTERNS[filter] : filter.pattern,
      name: props.subscriptionName ?? Names.uniqueResourceName(this, { maxLength: 100 }),
      own: logGroups.map((group) => group.logGroupName),
      subscribed,
    };
    if (subscriptions !== undefined && 'allLogGroups' in subscriptions) {
      refuseOverlaps(subscribeAll(this, subscriptions, this.subscribing), subscriptions);
    } else for (const group of subscriptions?.logGroups ?? []) this.subscribe(group);
    for (const [name, value] of Object.entries(props.tags ?? {})) Tags.of(this).add(name, value);
  }

  /**
   * Forwards a log group.
   *
   * @param id of it among the others; default made of its name.
   * @throws {Error} when it is subscribed already, or is one of the forwarder's own.
   */
  subscribe(logGroup: string | ILogGroup, id?: string): CfnSubscriptionFilter {
    const filter = subscribeOne(this, logGroup, this.subscribing, id);
    const { alarming, subscribing } = this;
    const number = filter.node.id.replace(/^Subscription/, '');
    if (alarming !== undefined) alarmOnFilter(this, number, nameOf(logGroup), subscribing.name, alarming);
    return filter;
  }
}

const intervalOf = ({ redriveInterval = Duration.minutes(5) }: OtlpForwarderProps): Duration => redriveInterval;

interface Made {
  readonly forwarder: LambdaFunction;
  readonly redrive: LambdaFunction;
  readonly logGroups: readonly LogGroup[];
  /** What has to be there before the first event. */
  readonly ready: Construct;
}

/** What both roles hold besides the bucket: for the configuration, the key and the VPC. */
const sharedStatements = (
  scope: Construct,
  { encryptionKey, network }: OtlpForwarderProps,
  { statements }: Configuration,
): readonly PolicyStatement[] => [
  ...statements,
  ...(encryptionKey === undefined ? [] : [variablesKeyStatement(scope, encryptionKey)]),
  ...(network === undefined ? [] : networkStatements(scope)),
];

const makeFunctions = (scope: Construct, props: OtlpForwarderProps, bucket: Bucket): Made => {
  const { functionName, logRetention: retention, encryptionKey, reservedConcurrency = 20 } = props;
  const redriveName = functionName === undefined ? undefined : `${functionName}-redrive`;
  const logGroup = functionLogGroup(scope, 'ForwarderLog', { functionName, retention, encryptionKey });
  const redriveLog = functionLogGroup(scope, 'RedriveLog', { functionName: redriveName, retention, encryptionKey });
  const configuration = configure(scope, props);
  const statements = sharedStatements(scope, props, configuration);
  const ofBucket = (reads: boolean): readonly PolicyStatement[] =>
    encryptionKey === undefined ? [] : bucketKeyStatements(scope, encryptionKey, reads);
  const shared = {
    code: props.code ?? codeOf(scope, 'forwarder.zip'),
    memorySize: props.memorySize ?? 512,
    environmentEncryption: encryptionKey,
    connected: connect(scope, props, statements),
    environment: {
      ...configuration.variables,
      OTLP_FORWARDER_DEAD_LETTER: `s3://${bucket.bucketName}`,
      // Neither processes the log of the other.
      OTLP_FORWARDER_OWN_LOG_GROUPS: `${logGroup.logGroupName},${redriveLog.logGroupName}`,
    },
  };
  const role = roleOf(scope, 'ForwarderRole', {
    logGroup,
    statements: [...forwarderBucketStatements(bucket), ...ofBucket(false), ...statements],
  });
  const forwarder = forwarderFunction(scope, 'Forwarder', {
    ...shared,
    functionName,
    role,
    logGroup,
    handler: 'index.handler',
    description: 'Forwards OpenTelemetry from CloudWatch Logs to OTLP/HTTP endpoints',
    timeout: props.timeout ?? Duration.seconds(60),
    concurrency: reservedConcurrency === 'unreserved' ? undefined : reservedConcurrency,
  });
  const failedEvents = `aws/lambda/async/${forwarder.functionName}/`;
  const redrive = forwarderFunction(scope, 'Redrive', {
    ...shared,
    functionName: redriveName,
    role: roleOf(scope, 'RedriveRole', {
      logGroup: redriveLog,
      statements: [...redriveBucketStatements(bucket, failedEvents), ...ofBucket(true), ...statements],
    }),
    logGroup: redriveLog,
    handler: 'index.redrive',
    description: 'Sends telemetry that could not be delivered again',
    timeout: Duration.minutes(5),
    concurrency: 1,
  });
  scheduleRedrive(scope, redrive, intervalOf(props));
  const ready = retryInvocations(scope, forwarder, bucket, failedEventsPolicy(scope, role, bucket, failedEvents));
  return { forwarder, redrive, logGroups: [logGroup, redriveLog], ready };
};
