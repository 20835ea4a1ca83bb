import { randomUUID } from 'node:crypto';

import type { AwsEmulator } from './aws-emulator.ts';
import { ACCOUNT, REGION } from './aws-emulator.ts';
import { arnOf, type Call, caller, logs } from './doctor-calls.ts';
import { BLOCKED, EMPTY_ZIP, type Fault, GOOD_REPORT, LIFECYCLE, type Made } from './doctor-faults.ts';

/** The metrics there are alarms on, and how many kinds of dimensions they have. */
const ALARMS: Readonly<Record<string, string>> = {
  Errors: 'AWS/Lambda',
  Throttles: 'AWS/Lambda',
  AsyncEventsDropped: 'AWS/Lambda',
  DestinationDeliveryFailures: 'AWS/Lambda',
  DeliveryErrors: 'AWS/Logs',
  Quarantined: 'OtlpForwarder',
  Unbalanced: 'OtlpForwarder',
  Returned: 'OtlpForwarder',
  Expired: 'OtlpForwarder',
  OldestPendingAge: 'OtlpForwarder',
};

const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}';

const makeRole = (call: Call): Promise<string> =>
  call.query('iam', { Action: 'CreateRole', Version: '2010-05-08', RoleName: 'otlp', AssumeRolePolicyDocument: TRUST });

const makeFunction = (call: Call, name: string, handler: string, more: object): Promise<string> =>
  call.rest('POST', '/2015-03-31/functions', {
    FunctionName: name,
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: handler,
    MemorySize: 512,
    Timeout: 60,
    Role: `arn:aws:iam::${ACCOUNT}:role/otlp`,
    Code: { ZipFile: EMPTY_ZIP },
    ...more,
  });

const reserve = (call: Call, name: string, reserved: number): Promise<string> =>
  call.rest('PUT', `/2017-10-31/functions/${name}/concurrency`, { ReservedConcurrentExecutions: reserved });

const makeBucket = async (call: Call, bucket: string, fault: Fault): Promise<void> => {
  if (fault.bucket === false) return;
  await call.s3(
    `/${bucket}`,
    `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`,
  );
  if (fault.publicAccess !== false)
    await call.s3(
      `/${bucket}?publicAccessBlock`,
      `<PublicAccessBlockConfiguration>${fault.publicAccess ?? BLOCKED}</PublicAccessBlockConfiguration>`,
    );
  await call.s3(
    `/${bucket}?encryption`,
    '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
  );
  await call.s3(
    `/${bucket}?lifecycle`,
    `<LifecycleConfiguration>${fault.lifecycle ?? LIFECYCLE}</LifecycleConfiguration>`,
  );
  for (const key of fault.objects ?? [])
    await call.s3(`/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, 'x');
};

const makeLogs = async (call: Call, made: Made, fault: Fault): Promise<void> => {
  const own = `/aws/lambda/${made.forwarder}`;
  for (const logGroupName of [made.logGroup, own, `/aws/lambda/${made.redrive}`]) {
    await logs(call, 'CreateLogGroup', { logGroupName });
    await logs(call, 'PutRetentionPolicy', { logGroupName, retentionInDays: 30 });
  }
  // Before there are filters: what moto would do with one needs a container of Lambda's.
  await logs(call, 'CreateLogStream', { logGroupName: own, logStreamName: 's' });
  const logEvents = [{ timestamp: Date.now(), message: fault.report ?? GOOD_REPORT }];
  await logs(call, 'PutLogEvents', { logGroupName: own, logStreamName: 's', logEvents });
  for (const [logGroupName, filterName] of [[made.logGroup, 'otlp'], ...(fault.filters ?? [])])
    await logs(call, 'PutSubscriptionFilter', {
      logGroupName,
      filterName,
      filterPattern: fault.pattern ?? '{ $.__otel_otlp_stdout = * }',
      destinationArn: arnOf(made.forwarder),
    });
};

const makeAlarms = async (call: Call, made: Made, { silent = [], ringing }: Fault): Promise<void> => {
  const one = async (name: string, metric: string, namespace: string, functionName: string): Promise<void> => {
    await call.query('monitoring', {
      Action: 'PutMetricAlarm',
      Version: '2010-08-01',
      AlarmName: name,
      MetricName: metric,
      Namespace: namespace,
      Statistic: 'Sum',
      Period: '300',
      EvaluationPeriods: '1',
      Threshold: '0',
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: metric === 'OldestPendingAge' ? 'breaching' : 'notBreaching',
      'AlarmActions.member.1': `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`,
      ...(namespace === 'AWS/Lambda'
        ? { 'Dimensions.member.1.Name': 'FunctionName', 'Dimensions.member.1.Value': functionName }
        : {}),
    });
  };
  for (const [metric, namespace] of Object.entries(ALARMS))
    if (!silent.includes(metric)) await one(metric, metric, namespace, made.forwarder);
  await one('RedriveErrors', 'Errors', 'AWS/Lambda', made.redrive);
  if (ringing !== undefined)
    await call.query('monitoring', {
      Action: 'SetAlarmState',
      Version: '2010-08-01',
      AlarmName: ringing,
      StateValue: 'ALARM',
      StateReason: 'a test',
    });
};

const makeSchedule = async (call: Call, made: Made, schedule: Fault['schedule']): Promise<void> => {
  if (schedule === false) return;
  const events = (action: string, input: object): Promise<string> => call.json('events', `AWSEvents.${action}`, input);
  await events('PutRule', { Name: made.redrive, ScheduleExpression: 'rate(5 minutes)', State: schedule ?? 'ENABLED' });
  await events('PutTargets', { Rule: made.redrive, Targets: [{ Id: '1', Arn: arnOf(made.redrive) }] });
};

const PERMISSION = {
  StatementId: 'logs',
  Action: 'lambda:InvokeFunction',
  Principal: 'logs.amazonaws.com',
  SourceAccount: ACCOUNT,
  SourceArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:*`,
};

/**
 * Makes an installation as the guide on deploying does, in an emulator that is emptied before, and with this fault.
 *
 * @param endpoint where telemetry is sent.
 */
export const makeInstallation = async (emulator: AwsEmulator, endpoint: string, fault: Fault = {}): Promise<Made> => {
  await fetch(`${emulator.endpoint}/moto-api/reset`, { method: 'POST' });
  const call = caller(emulator.endpoint);
  const bucket = `letters-${randomUUID()}`;
  const made = {
    forwarder: 'otlp-forwarder',
    redrive: 'otlp-forwarder-redrive',
    logGroup: '/aws/lambda/checkout',
    bucket,
  };
  const variables: Readonly<Record<string, string | undefined>> = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=${secretsmanager:otlp/vendor#api-key}',
    OTLP_FORWARDER_DEAD_LETTER: `s3://${bucket}`,
    ...fault.variables,
  };
  await makeRole(call);
  const named = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
  await makeFunction(call, made.forwarder, 'index.handler', { Environment: { Variables: named }, ...fault.forwarder });
  await makeFunction(call, 'checkout', 'index.handler', {});
  await reserve(call, made.forwarder, fault.concurrency ?? 20);
  if (fault.redrive !== false) {
    await makeFunction(call, made.redrive, 'index.redrive', { Environment: { Variables: named }, ...fault.redrive });
    await reserve(call, made.redrive, 1);
  }
  if (fault.permission !== false)
    await call.rest('POST', `/2015-03-31/functions/${made.forwarder}/policy`, fault.permission ?? PERMISSION);
  if (fault.onFailure !== false)
    await call.rest('PUT', `/2019-09-25/functions/${made.forwarder}/event-invoke-config`, {
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: `arn:aws:s3:::${bucket}` } },
      ...fault.onFailure,
    });
  if (fault.secret !== false)
    await call.json('secretsmanager', 'secretsmanager.CreateSecret', {
      Name: 'otlp/vendor',
      SecretString: fault.secret ?? '{"api-key":"canary-value-of-the-secret"}',
      ClientRequestToken: randomUUID(),
    });
  await makeBucket(call, bucket, fault);
  await makeLogs(call, made, fault);
  await makeAlarms(call, made, fault);
  await makeSchedule(call, made, fault.schedule);
  return made;
};
