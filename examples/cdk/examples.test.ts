import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSETS_CONTEXT, REASONS } from '@serverless-otlp/cdk';
import { App, type Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountWide } from './account-wide.ts';
import { minimal } from './minimal.ts';
import { production } from './production.ts';
import { type Resources, statementsOf, typesOf } from './read-template.ts';

const assets = mkdtempSync(join(tmpdir(), 'otlp-cdk-'));
const templates = new Map<string, Resources>();

/** Synthesises an example with the rules of AWS Solutions; a finding that nobody has answered throws. */
const synth = (example: (app: App) => Stack): Resources => {
  const context = { [ASSETS_CONTEXT]: assets };
  const app = new App({ outdir: join(assets, example.name), context, analyticsReporting: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: false }));
  const { stackName } = example(app);
  return (app.synth().getStackByName(stackName).template as { readonly Resources: Resources }).Resources;
};

beforeAll(() => {
  for (const name of ['forwarder.zip', 'serverless-otlp-layer.zip'])
    writeFileSync(join(assets, name), 'built by npm run build');
  for (const example of [minimal, production, accountWide]) templates.set(example.name, synth(example));
}, 120_000);

afterAll(() => {
  rmSync(assets, { recursive: true });
});

const resourcesOf = (name: string): Resources => templates.get(name) ?? {};

/** Properties of the only resource of a type whose logical id matches. */
const only = (name: string, type: string, id: RegExp): Readonly<Record<string, unknown>> => {
  const found = Object.entries(resourcesOf(name)).filter(([key, { Type }]) => Type === type && id.test(key));
  expect(found.map(([key]) => key)).toHaveLength(1);
  return found[0]?.[1].Properties ?? {};
};

const SHARED_BUCKET = [
  'KeepDeadLetters Allow s3:PutObject on DeadLetters/pending/*, DeadLetters/quarantine/* if s3:ResourceAccount',
  'FailedEventsBucket Allow s3:ListBucket on DeadLetters if s3:ResourceAccount',
];
const REDRIVE_BUCKET = [
  'ReadDeadLetters Allow s3:GetObject on DeadLetters/pending/*, DeadLetters/redrive/*, DeadLetters/aws/lambda/async/Forwarder/* if s3:ResourceAccount',
  'MoveDeadLetters Allow s3:PutObject on DeadLetters/pending/*, DeadLetters/quarantine/*, DeadLetters/expired/*, DeadLetters/redrive/* if s3:ResourceAccount',
  'RemoveDeadLetters Allow s3:DeleteObject on DeadLetters/pending/*, DeadLetters/aws/lambda/async/Forwarder/* if s3:ResourceAccount',
  'ListDeadLetters Allow s3:ListBucket on DeadLetters if s3:ResourceAccount',
];
const log = (whose: string): string => `OwnLog Allow logs:CreateLogStream, logs:PutLogEvents on ${whose}Log`;
const FAILED = 'KeepFailedEvents Allow s3:PutObject on DeadLetters/aws/lambda/async/Forwarder/* if s3:ResourceAccount';
const INTERFACES =
  'ec2:CreateNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets, ec2:DeleteNetworkInterface, ec2:AssignPrivateIpAddresses, ec2:UnassignPrivateIpAddresses on *';
const OF_PRODUCTION = [
  'ReadSecrets Allow secretsmanager:GetSecretValue on arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:otlp/vendor-??????',
  'ReadParameters Allow ssm:GetParameters on arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/Configuration',
  'DecryptVariables Allow kms:Decrypt on Key if kms:EncryptionContext:aws:lambda:FunctionArn',
  `NetworkInterfaces Allow ${INTERFACES} if aws:RequestedRegion`,
  `NetworkInterfacesByLambdaAlone Deny ${INTERFACES} if lambda:SourceFunctionArn`,
];
const OF_ACCOUNT = [
  'ReadParameters Allow ssm:GetParameters on arn:AWS::Partition:ssm:eu-central-1:123456789012:parameter/Configuration',
  'SendTraces Allow xray:PutTraceSegments, xray:PutSpans, xray:PutSpansForIndexing on * if aws:RequestedRegion',
  'AssumeRoles Allow sts:AssumeRole on arn:aws:iam::999999999999:role/telemetry',
];

describe('statements', () => {
  it.each([
    ['minimal', [log('Forwarder'), ...SHARED_BUCKET], [log('Redrive'), ...REDRIVE_BUCKET]],
    [
      'production',
      [
        log('Forwarder'),
        ...SHARED_BUCKET,
        'EncryptDeadLetters Allow kms:GenerateDataKey on Key if kms:ViaService',
        ...OF_PRODUCTION,
      ],
      [
        log('Redrive'),
        ...REDRIVE_BUCKET,
        'EncryptDeadLetters Allow kms:GenerateDataKey, kms:Decrypt on Key if kms:ViaService',
        ...OF_PRODUCTION,
      ],
    ],
    [
      'accountWide',
      [log('Forwarder'), ...SHARED_BUCKET, ...OF_ACCOUNT],
      [log('Redrive'), ...REDRIVE_BUCKET, ...OF_ACCOUNT],
    ],
  ])('%s: the roles hold these and no others', (name, forwarder, redrive) => {
    const statements = statementsOf(resourcesOf(name), /^Telemetry/);
    expect(statements.get('ForwarderRole')).toEqual(forwarder);
    expect(statements.get('RedriveRole')).toEqual(redrive);
    expect(statements.get('FailedEvents')).toEqual([FAILED]);
    expect([...statements.keys()].sort()).toEqual(['FailedEvents', 'ForwarderRole', 'RedriveRole']);
  });

  it.each(['minimal', 'production', 'accountWide'])('%s: each has a reason', (name) => {
    const sids = [...statementsOf(resourcesOf(name), /^Telemetry/).values()].flat().map((line) => line.split(' ')[0]);
    for (const sid of sids) expect(REASONS).toHaveProperty(sid ?? '');
  });
});

const BASE = {
  'AWS::CloudWatch::Dashboard': 1,
  'AWS::Events::Rule': 1,
  'AWS::IAM::Policy': 1,
  'AWS::IAM::Role': 2,
  'AWS::Lambda::EventInvokeConfig': 2,
  'AWS::Lambda::Function': 2,
  'AWS::Lambda::Permission': 2,
  'AWS::Logs::LogGroup': 2,
};

describe('resources', () => {
  it('minimal: these and no others', () => {
    expect(typesOf(resourcesOf('minimal'), /./)).toEqual({
      ...BASE,
      'AWS::CloudWatch::Alarm': 11,
      'AWS::Logs::SubscriptionFilter': 1,
      'AWS::S3::Bucket': 1,
      'AWS::S3::BucketPolicy': 1,
    });
  });

  it('production: these and no others, besides those of the example itself', () => {
    expect(typesOf(resourcesOf('production'), /^Telemetry/)).toEqual({
      ...BASE,
      'AWS::CloudTrail::Trail': 1,
      'AWS::CloudWatch::Alarm': 13,
      'AWS::EC2::SecurityGroup': 3,
      'AWS::EC2::SecurityGroupIngress': 2,
      'AWS::EC2::VPCEndpoint': 3,
      'AWS::Lambda::Permission': 3,
      'AWS::Logs::SubscriptionFilter': 2,
      'AWS::S3::Bucket': 2,
      'AWS::S3::BucketPolicy': 2,
      'AWS::SSM::Parameter': 1,
    });
  });

  it('accountWide: these and no others, besides those of the example itself', () => {
    expect(typesOf(resourcesOf('accountWide'), /^Telemetry/)).toEqual({
      ...BASE,
      'AWS::CloudWatch::Alarm': 11,
      'AWS::Logs::AccountPolicy': 1,
      'AWS::S3::Bucket': 1,
      'AWS::S3::BucketPolicy': 1,
      'AWS::SSM::Parameter': 1,
    });
  });

  it('have the same logical ids each time', () => {
    expect(Object.keys(synth(minimal))).toEqual(Object.keys(resourcesOf('minimal')));
  });
});

describe('minimal', () => {
  it('has two functions of the same zip', () => {
    const forwarder = only('minimal', 'AWS::Lambda::Function', /Forwarder/);
    expect(forwarder).toMatchObject({
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { ApplicationLogLevel: 'INFO', LogFormat: 'JSON', SystemLogLevel: 'INFO' },
      MemorySize: 512,
      ReservedConcurrentExecutions: 20,
      Runtime: 'nodejs24.x',
      Timeout: 60,
    });
    expect(forwarder['Environment']).toMatchObject({
      Variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example:4318' },
    });
    const redrive = only('minimal', 'AWS::Lambda::Function', /Redrive/);
    expect(redrive).toMatchObject({ Handler: 'index.redrive', ReservedConcurrentExecutions: 1, Timeout: 300 });
    expect(redrive['Code']).toEqual(forwarder['Code']);
    expect(redrive['Environment']).toEqual(forwarder['Environment']);
  });

  it('keeps its bucket to itself', () => {
    expect(only('minimal', 'AWS::S3::Bucket', /DeadLetters/)).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [
          { Prefix: 'quarantine/', ExpirationInDays: 90 },
          { Prefix: 'expired/', ExpirationInDays: 30 },
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
    });
    const [, bucket] = Object.entries(resourcesOf('minimal')).find(([, { Type }]) => Type === 'AWS::S3::Bucket') ?? [];
    expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    const { PolicyDocument } = only('minimal', 'AWS::S3::BucketPolicy', /DeadLetters/);
    expect(PolicyDocument).toMatchObject({
      Statement: [
        { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        { Effect: 'Deny', Action: 's3:*', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
      ],
    });
  });

  it('tries twice more, for six hours, and then keeps the event in the bucket', () => {
    expect(only('minimal', 'AWS::Lambda::EventInvokeConfig', /TelemetryInvocations/)).toMatchObject({
      MaximumEventAgeInSeconds: 21_600,
      MaximumRetryAttempts: 2,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringMatching(/DeadLetters/) as string, 'Arn'] } },
      },
    });
    expect(only('minimal', 'AWS::Lambda::EventInvokeConfig', /Redrive/)).toMatchObject({ MaximumRetryAttempts: 0 });
  });

  it('redrives every five minutes', () => {
    expect(only('minimal', 'AWS::Events::Rule', /Schedule/)).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0 } }],
    });
    expect(only('minimal', 'AWS::Lambda::Permission', /ScheduledRedrive/)).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [expect.stringMatching(/Schedule/) as string, 'Arn'] },
    });
  });

  it('lets CloudWatch Logs invoke it for that log group alone, before the filter is there', () => {
    const permission = only('minimal', 'AWS::Lambda::Permission', /CloudWatchLogs/);
    expect(permission).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'logs.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
    expect(JSON.stringify(permission['SourceArn'])).toContain(':log-group:/aws/lambda/checkout:*');
    expect(only('minimal', 'AWS::Logs::SubscriptionFilter', /./)).toMatchObject({
      FilterPattern: '{ $.__otel_otlp_stdout = * }',
      LogGroupName: '/aws/lambda/checkout',
    });
    const [filter] = Object.values(resourcesOf('minimal')).filter(
      ({ Type }) => Type === 'AWS::Logs::SubscriptionFilter',
    );
    expect(filter?.DependsOn).toEqual([
      expect.stringMatching(/CloudWatchLogs/) as string,
      expect.stringMatching(/TelemetryInvocations/) as string,
    ]);
  });

  it('keeps the logs of both functions for a month', () => {
    for (const id of [/ForwarderLog/, /RedriveLog/])
      expect(only('minimal', 'AWS::Logs::LogGroup', id)).toMatchObject({ RetentionInDays: 30 });
  });

  it.each([
    ['ForwarderErrors', { MetricName: 'Errors', Threshold: 0, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' }],
    ['RedriveErrors', { MetricName: 'Errors', Threshold: 0, TreatMissingData: 'notBreaching' }],
    ['Throttles', { MetricName: 'Throttles', EvaluationPeriods: 3, TreatMissingData: 'notBreaching' }],
    ['EventsDropped', { MetricName: 'AsyncEventsDropped', TreatMissingData: 'notBreaching' }],
    ['DeliveryFailures', { MetricName: 'DestinationDeliveryFailures', TreatMissingData: 'notBreaching' }],
    [
      'PendingAge',
      {
        Namespace: 'OtlpForwarder',
        MetricName: 'OldestPendingAge',
        Dimensions: [{ Name: 'destination', Value: 'otlp_http' }],
        Statistic: 'Maximum',
        Threshold: 900,
        TreatMissingData: 'breaching',
      },
    ],
    [
      'DeliveryErrors',
      {
        Namespace: 'AWS/Logs',
        MetricName: 'DeliveryErrors',
        Dimensions: [
          { Name: 'DestinationType', Value: 'Lambda' },
          { Name: 'FilterName', Value: 'MinimalTelemetryFF0CF57C' },
          { Name: 'LogGroupName', Value: '/aws/lambda/checkout' },
        ],
      },
    ],
    ['Quarantined', { Metrics: expect.any(Array) as unknown, TreatMissingData: 'notBreaching' }],
    ['Expired', { Metrics: expect.any(Array) as unknown }],
    ['Returned', { Metrics: expect.any(Array) as unknown }],
    ['Unbalanced', { Metrics: expect.any(Array) as unknown }],
  ])('has the alarm %s', (id, properties) => {
    const alarm = only('minimal', 'AWS::CloudWatch::Alarm', new RegExp(`Telemetry${id}`));
    expect(alarm).toMatchObject({ ComparisonOperator: 'GreaterThanThreshold', ...properties });
    expect(alarm['AlarmDescription']).toMatch(/\w{5}/);
    expect(alarm).not.toHaveProperty('AlarmActions');
  });
});

describe('production', () => {
  it('keeps the configuration in a parameter, without the secret', () => {
    const { Value, ...rest } = only('production', 'AWS::SSM::Parameter', /./);
    expect(rest).toMatchObject({ Type: 'String', Tier: 'Intelligent-Tiering', Tags: { team: 'observability' } });
    const text = JSON.stringify(Value);
    expect(text).toContain('secret:otlp/vendor#api-key}');
    expect(only('production', 'AWS::Lambda::Function', /TelemetryForwarder/)['Environment']).toMatchObject({
      Variables: {
        OTLP_FORWARDER_CONFIG: {
          'Fn::Join': ['', ['ssm:', { Ref: expect.stringMatching(/Configuration/) as string }]],
        },
      },
    });
  });

  it('encrypts bucket, logs and variables with its key', () => {
    const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/) as string, 'Arn'] };
    for (const id of [/TelemetryForwarder/, /TelemetryRedrive/]) {
      expect(only('production', 'AWS::Lambda::Function', id)).toMatchObject({ KmsKeyArn: key });
      expect(only('production', 'AWS::Logs::LogGroup', id)).toMatchObject({ KmsKeyId: key, RetentionInDays: 90 });
    }
    expect(only('production', 'AWS::S3::Bucket', /DeadLetters/)).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { KMSMasterKeyID: key, SSEAlgorithm: 'aws:kms' } },
        ],
      },
      LifecycleConfiguration: {
        Rules: [
          { Prefix: 'quarantine/', ExpirationInDays: 30 },
          { Prefix: 'expired/', ExpirationInDays: 30 },
          { Prefix: 'pending/', ExpirationInDays: 60 },
          {},
        ],
      },
    });
    expect(JSON.stringify(only('production', 'AWS::KMS::Key', /./)['KeyPolicy'])).toContain(
      'kms:EncryptionContext:aws:logs:arn',
    );
  });

  it('lets out what the destinations and AWS want, and nothing in', () => {
    const group = only('production', 'AWS::EC2::SecurityGroup', /TelemetrySecurityGroup/);
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(group['SecurityGroupEgress']).toEqual(
      [443, 4318].map(
        (port) => expect.objectContaining({ FromPort: port, ToPort: port, IpProtocol: 'tcp' }) as unknown,
      ),
    );
    for (const id of [/TelemetryForwarder/, /TelemetryRedrive/])
      expect(only('production', 'AWS::Lambda::Function', id)).toHaveProperty('VpcConfig');
  });

  it('has the endpoints its statements need, by the hour only those', () => {
    const services = Object.values(resourcesOf('production'))
      .filter(({ Type }) => Type === 'AWS::EC2::VPCEndpoint')
      .map(
        ({ Properties }) => `${String(Properties?.['VpcEndpointType'])} ${JSON.stringify(Properties?.['ServiceName'])}`,
      );
    expect(services.map((text) => text.replace(/^(\w+) .*\.(\w+)".*$/, '$1 $2'))).toEqual([
      'Gateway s3',
      'Interface secretsmanager',
      'Interface ssm',
    ]);
  });

  it('records data events of the bucket alone', () => {
    const [selector] = only('production', 'AWS::CloudTrail::Trail', /./)['EventSelectors'] as readonly object[];
    expect(selector).toMatchObject({
      IncludeManagementEvents: false,
      DataResources: [{ Type: 'AWS::S3::Object', Values: [{ 'Fn::Join': ['', [{}, '/']] }] }],
    });
    expect(JSON.stringify(selector)).toContain('TelemetryDeadLetters');
  });

  it('tells the topic of every alarm', () => {
    const alarms = Object.values(resourcesOf('production')).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    for (const { Properties } of alarms)
      expect(Properties).toMatchObject({
        AlarmActions: [{ Ref: expect.stringMatching(/^OnCall/) as string }],
        OKActions: [{ Ref: expect.stringMatching(/^OnCall/) as string }],
      });
    for (const name of ['collector', 'vendor'])
      expect(only('production', 'AWS::CloudWatch::Alarm', new RegExp(`PendingAgeotlphttp${name}`))).toMatchObject({
        Dimensions: [{ Name: 'destination', Value: `otlp_http/${name}` }],
        Threshold: 600,
      });
  });

  it('instruments the function of the example, and leaves its log format', () => {
    expect(only('production', 'AWS::Lambda::Function', /Checkout/)).toMatchObject({
      Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otlp-handler', OTEL_SERVICE_NAME: 'checkout' } },
      Layers: [{ Ref: expect.stringMatching(/OtlpLayer/) as string }],
      LoggingConfig: { LogFormat: 'JSON' },
    });
  });
});

describe('accountWide', () => {
  it('subscribes all log groups but its own and those left out', () => {
    const policy = only('accountWide', 'AWS::Logs::AccountPolicy', /./);
    expect(policy).toMatchObject({
      PolicyName: 'otlp-forwarder',
      PolicyType: 'SUBSCRIPTION_FILTER_POLICY',
      Scope: 'ALL',
    });
    expect(JSON.stringify(policy['SelectionCriteria'])).toMatch(/NOT IN .*ForwarderLog.*RedriveLog.*noisy/);
    const document = policy['PolicyDocument'] as { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
    const text = document['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'arn')).join('');
    expect(JSON.parse(text)).toEqual({ DestinationArn: 'arn', FilterPattern: '"__otel_otlp_stdout"' });
  });

  it('lets CloudWatch Logs invoke it for log groups of this account and Region', () => {
    const permission = only('accountWide', 'AWS::Lambda::Permission', /CloudWatchLogs/);
    expect(permission).toMatchObject({ SourceAccount: '123456789012' });
    expect(JSON.stringify(permission['SourceArn'])).toContain(':logs:eu-central-1:123456789012:log-group:*');
  });

  it('has the names it was given', () => {
    expect(only('accountWide', 'AWS::Lambda::Function', /TelemetryForwarder/)).toMatchObject({
      FunctionName: 'otlp-forwarder',
      ReservedConcurrentExecutions: 100,
    });
    expect(only('accountWide', 'AWS::Logs::LogGroup', /TelemetryRedrive/)).toMatchObject({
      LogGroupName: '/aws/lambda/otlp-forwarder-redrive',
    });
  });

  it('instruments every function but those of the forwarder', () => {
    const instrumented = Object.entries(resourcesOf('accountWide'))
      .filter(([, { Properties }]) => JSON.stringify(Properties ?? {}).includes('/opt/otlp-handler'))
      .map(([id]) => id.slice(0, -8));
    expect(instrumented).toEqual(['Orders', 'Payments']);
  });
});
