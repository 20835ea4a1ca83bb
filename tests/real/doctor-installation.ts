import { randomUUID } from 'node:crypto';

import type { AwsEmulator } from './aws-emulator.ts';

export const REGION = 'eu-north-1';
const ACCOUNT = '123456789012';

/** What is left out or otherwise than in a healthy installation. Default: healthy. */
export interface Fault {
  readonly forwarder?: Readonly<Record<string, unknown>>;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly redrive?: Readonly<Record<string, unknown>> | false;
  readonly concurrency?: number;
  /** Body of AddPermission; `false`: none. */
  readonly permission?: Readonly<Record<string, string>> | false;
  readonly onFailure?: Readonly<Record<string, unknown>> | false;
  readonly bucket?: false;
  readonly publicAccess?: string | false;
  readonly lifecycle?: string;
  readonly pattern?: string;
  /** Log groups that are subscribed besides, or twice, by the names of their filters. */
  readonly filters?: readonly (readonly [group: string, filter: string])[];
  readonly secret?: string | false;
  /** Alarms that are not there. */
  readonly silent?: readonly string[];
  /** An alarm that rings. */
  readonly ringing?: string;
  readonly schedule?: 'DISABLED' | false;
  /** Objects in the bucket. */
  readonly objects?: readonly string[];
  /** A line in the log of the forwarder. */
  readonly report?: string;
}

/** An installation in the emulator. */
export interface Made {
  readonly forwarder: string;
  readonly redrive: string;
  readonly logGroup: string;
  readonly bucket: string;
}

const REPORT = { message: 'otlp forwarder report', durationMs: 12, destinations: {}, balanced: true };
export const GOOD_REPORT: string = JSON.stringify({
  ...REPORT,
  lines: { in: 3, decoded: 3, ignored: 0, quarantined: 0 },
});

const EMPTY_ZIP = 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==';
const rule = (prefix: string, days: number): string =>
  `<Rule><ID>${prefix}</ID><Status>Enabled</Status><Filter><Prefix>${prefix}</Prefix></Filter><Expiration><Days>${days}</Days></Expiration></Rule>`;
export const LIFECYCLE: string = rule('quarantine/', 90) + rule('expired/', 90);
export const HASTY_LIFECYCLE: string = LIFECYCLE + rule('', 3);
const BLOCKED =
  '<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>';

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

/** Makes requests without the SDK, which is part of what is tested. */
const caller = (endpoint: string) => {
  const send = async (service: string, method: string, path: string, body: string, headers: Record<string, string>) => {
    const credential = `any/20260101/${REGION}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=any`;
    const init = { method, headers: { authorization, ...headers }, ...(body === '' ? {} : { body }) };
    const response = await fetch(`${endpoint}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} ${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return text;
  };
  return {
    rest: (method: string, path: string, input: object) =>
      send('lambda', method, path, JSON.stringify(input), { 'content-type': 'application/json' }),
    json: (service: string, target: string, input: object) =>
      send(service, 'POST', '/', JSON.stringify(input), {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
      }),
    query: (service: string, input: Readonly<Record<string, string>>) =>
      send(service, 'POST', '/', new URLSearchParams(input).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    s3: (path: string, body: string) => send('s3', 'PUT', path, body, {}),
  };
};

type Call = ReturnType<typeof caller>;

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

const arnOf = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const logs = (call: Call, action: string, input: object): Promise<string> =>
  call.json('logs', `Logs_20140328.${action}`, input);

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

/** A stream of Kinesis, to which moto hands log events over as CloudWatch Logs does: to functions it cannot. */
export interface HandOver {
  /** Lets all log events of a new log group that this pattern brings go to the stream. */
  readonly subscribe: (logGroupName: string, filterPattern: string) => Promise<void>;
  /** What `awslogs.data` would be, of each batch since the last call. */
  readonly take: () => Promise<readonly string[]>;
  /** Writes lines into the log of the forwarder. */
  readonly report: (messages: readonly string[]) => Promise<void>;
}

/** Makes the stream. */
export const handOver = async ({ endpoint }: AwsEmulator): Promise<HandOver> => {
  const call = caller(endpoint);
  const kinesis = async (action: string, input: object): Promise<Readonly<Record<string, unknown>>> =>
    JSON.parse((await call.json('kinesis', `Kinesis_20131202.${action}`, input)) || '{}') as Record<string, unknown>;
  const StreamName = 'lines';
  await kinesis('CreateStream', { StreamName, ShardCount: 1 });
  const start = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  let { ShardIterator: iterator } = await kinesis('GetShardIterator', start);
  return {
    subscribe: async (logGroupName, filterPattern) => {
      const destinationArn = `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${StreamName}`;
      await logs(call, 'CreateLogGroup', { logGroupName });
      await logs(call, 'PutSubscriptionFilter', { logGroupName, filterName: 'canary', filterPattern, destinationArn });
    },
    take: async () => {
      const { Records, NextShardIterator } = await kinesis('GetRecords', { ShardIterator: iterator });
      iterator = NextShardIterator;
      return (Records as readonly { readonly Data: string }[]).map(({ Data }) => Data);
    },
    report: async (messages) => {
      const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
      await logs(call, 'PutLogEvents', { logGroupName: '/aws/lambda/otlp-forwarder', logStreamName: 's', logEvents });
    },
  };
};
