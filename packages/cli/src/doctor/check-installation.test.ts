import { describe, expect, it } from 'vitest';
import type { Action, Aws, Calls } from './aws/calls.ts';
import type { Finding } from './check.ts';
import { checkInstallation } from './check-installation.ts';

type Answers = {
  readonly [A in Action]?: Calls[A]['output'] | Error | ((input: Calls[A]['input']) => Calls[A]['output'] | Error);
};

const ARN = 'arn:aws:lambda:eu-north-1:123456789012:function:otlp-forwarder';
const ROLE = 'arn:aws:iam::123456789012:role/otlp-forwarder';
const NOW_MS = Date.UTC(2026, 10, 21, 12);

const sdkError = (name: string, message = name): Error => Object.assign(new Error(message), { name, $metadata: {} });

const FUNCTIONS: Readonly<Record<string, Calls['lambda:GetFunctionConfiguration']['output']>> = {
  'otlp-forwarder': {
    FunctionName: 'otlp-forwarder',
    FunctionArn: ARN,
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    MemorySize: 512,
    Timeout: 60,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Role: ROLE,
    LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', LogGroup: '/aws/lambda/otlp-forwarder' },
    Environment: {
      Variables: {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example',
        OTLP_FORWARDER_DEAD_LETTER: 's3://letters/otlp',
      },
    },
  },
  'otlp-forwarder-redrive': {
    FunctionName: 'otlp-forwarder-redrive',
    FunctionArn: `${ARN}-redrive`,
    Handler: 'index.redrive',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Role: `${ROLE}-redrive`,
  },
  checkout: { FunctionName: 'checkout', LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' } },
};

const GROUPS = ['/aws/lambda/checkout', '/aws/lambda/otlp-forwarder', '/aws/lambda/otlp-forwarder-redrive'].map(
  (name) => ({
    logGroupName: name,
    logGroupArn: `arn:aws:logs:eu-north-1:123456789012:log-group:${name}`,
    logGroupClass: 'STANDARD' as const,
    retentionInDays: 30,
  }),
);

const filterOf = (filterName: string, destinationArn = ARN) => ({
  filterName,
  filterPattern: '{ $.__otel_otlp_stdout = * }',
  destinationArn,
});

const subscribedIf = (name: string, ...filters: readonly ReturnType<typeof filterOf>[]): Answers => ({
  'logs:DescribeSubscriptionFilters': ({ logGroupName }) => ({
    subscriptionFilters: logGroupName === name ? [...filters] : [],
  }),
});

const metric = (name: string, namespace: string, functionName?: string) => ({
  AlarmName: `${name}${functionName ?? ''}`,
  MetricName: name,
  Namespace: namespace,
  Dimensions: functionName === undefined ? [] : [{ Name: 'FunctionName', Value: functionName }],
  StateValue: 'OK' as const,
  ActionsEnabled: true,
  AlarmActions: ['arn:aws:sns:eu-north-1:123456789012:alarms'],
  TreatMissingData: 'breaching',
});

const LAMBDA_ALARMS = ['Errors', 'Throttles', 'AsyncEventsDropped', 'DestinationDeliveryFailures'].map((name) =>
  metric(name, 'AWS/Lambda', 'otlp-forwarder'),
);
const OWN_ALARMS = ['Quarantined', 'Unbalanced', 'Returned', 'Expired', 'OldestPendingAge'].map((name) =>
  metric(name, 'OtlpForwarder'),
);
const OTHER_ALARMS = [metric('DeliveryErrors', 'AWS/Logs'), metric('Errors', 'AWS/Lambda', 'otlp-forwarder-redrive')];

const REPORT =
  '{"message":"otlp forwarder report","durationMs":9,"lines":{"in":1,"decoded":1,"ignored":0,"quarantined":0},"destinations":{},"balanced":true}';

const POLICY = {
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'logs.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: ARN,
      Condition: {
        StringEquals: { 'AWS:SourceAccount': '123456789012' },
        ArnLike: { 'AWS:SourceArn': 'arn:aws:logs:eu-north-1:123456789012:log-group:*' },
      },
    },
  ],
};

const HEALTHY: Answers = {
  'sts:GetCallerIdentity': { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/somebody' },
  'lambda:GetFunctionConfiguration': ({ FunctionName = '' }) =>
    FUNCTIONS[FunctionName] ?? sdkError('ResourceNotFoundException'),
  'lambda:GetFunctionConcurrency': ({ FunctionName }) => ({
    ReservedConcurrentExecutions: FunctionName === 'otlp-forwarder' ? 20 : 1,
  }),
  'lambda:GetFunctionEventInvokeConfig': {
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 21_600,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::letters' } },
  },
  'lambda:GetFunctionRecursionConfig': { RecursiveLoop: 'Terminate' },
  'lambda:GetPolicy': { Policy: JSON.stringify(POLICY) },
  'logs:DescribeLogGroups': ({ logGroupNamePrefix = '' }) => ({
    logGroups: GROUPS.filter(({ logGroupName }) => logGroupName.startsWith(logGroupNamePrefix)),
  }),
  ...subscribedIf('/aws/lambda/checkout', filterOf('otlp')),
  'logs:DescribeAccountPolicies': { accountPolicies: [] },
  'logs:FilterLogEvents': { events: [{ timestamp: NOW_MS, message: REPORT }] },
  's3:HeadBucket': {},
  's3:GetBucketEncryption': {
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
  },
  's3:GetPublicAccessBlock': {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
  },
  's3:GetBucketLifecycleConfiguration': {
    Rules: ['otlp/quarantine/', 'otlp/expired/'].map((Prefix) => ({
      Status: 'Enabled' as const,
      Filter: { Prefix },
      Expiration: { Days: 90 },
    })),
  },
  's3:ListObjectsV2': { KeyCount: 0 },
  'iam:SimulatePrincipalPolicy': ({ ActionNames = [] }) => ({
    EvaluationResults: ActionNames.map((EvalActionName) => ({ EvalActionName, EvalDecision: 'allowed' as const })),
  }),
  'events:ListRuleNamesByTarget': { RuleNames: ['redrive'] },
  'events:DescribeRule': { Name: 'redrive', State: 'ENABLED', ScheduleExpression: 'rate(5 minutes)' },
  'cloudwatch:DescribeAlarms': { MetricAlarms: [...LAMBDA_ALARMS, ...OWN_ALARMS, ...OTHER_ALARMS] },
  'cloudwatch:GetMetricData': { MetricDataResults: [{ Id: 'q0', Values: [0] }] },
};

/** AWS as literals: what is not recorded is denied. */
const answering =
  (answers: Answers, asked: Set<Action> = new Set()): Aws =>
  (action, input) => {
    asked.add(action);
    const recorded: unknown = answers[action];
    const answer = typeof recorded === 'function' ? (recorded as (given: unknown) => unknown)(input) : recorded;
    if (answer instanceof Error) return Promise.reject(answer);
    return answer === undefined
      ? Promise.reject(sdkError('AccessDeniedException', 'not authorized'))
      : Promise.resolve(answer as never);
  };

interface Given {
  readonly names?: object;
  readonly asked?: Set<Action>;
}

const examine = async (answers: Answers, { names = {}, asked }: Given = {}): Promise<readonly Finding[]> => {
  const { findings } = await checkInstallation(
    answering(answers, asked),
    { forwarder: 'otlp-forwarder', redrive: 'otlp-forwarder-redrive', logGroups: ['/aws/lambda/checkout'], ...names },
    {
      region: 'eu-north-1',
      environmentOf: (variables) => variables,
      signal: AbortSignal.timeout(20_000),
      connect: false,
      now: () => NOW_MS,
    },
  );
  return findings;
};

const idsOf = (findings: readonly Finding[], status: Finding['status']): readonly string[] => [
  ...new Set(findings.filter((finding) => finding.status === status).map(({ id }) => id)),
];

const forwarderWith = (more: object): Answers => ({
  'lambda:GetFunctionConfiguration': ({ FunctionName = '' }) => {
    const found = FUNCTIONS[FunctionName];
    if (found === undefined) return sdkError('ResourceNotFoundException');
    return FunctionName === 'otlp-forwarder' ? { ...found, ...more } : found;
  },
});

const accountPolicy = (selectionCriteria?: string): Answers => ({
  'logs:DescribeAccountPolicies': {
    accountPolicies: [
      {
        policyName: 'otlp',
        policyDocument: JSON.stringify({ DestinationArn: ARN, FilterPattern: '{ $.__otel_otlp_stdout = * }' }),
        ...(selectionCriteria === undefined ? {} : { selectionCriteria }),
      },
    ],
  },
});
const NOBODY = subscribedIf('/nobody');
const LEAVES_OUT = 'LogGroupName NOT IN ["/aws/lambda/otlp-forwarder", "/aws/lambda/otlp-forwarder-redrive"]';

describe('checkInstallation', () => {
  it('finds nothing wrong with a healthy installation, and only reads', async () => {
    const asked = new Set<Action>();
    const findings = await examine(HEALTHY, { asked });
    expect([idsOf(findings, 'fail'), idsOf(findings, 'warn')]).toEqual([[], []]);
    expect(idsOf(findings, 'skipped')).toEqual(['destination-accepts', 'clock']);
    const writes = [...asked].filter((action) => !/:(Get|List|Describe|Head|Filter|Simulate)/.test(action));
    expect(writes).toEqual([]);
    expect(asked.size).toBe(20);
  });

  it.each<readonly [string, Answers, string, Finding['status']]>([
    [
      'a role that may not write',
      {
        'iam:SimulatePrincipalPolicy': ({ ActionNames = [] }) => ({
          EvaluationResults: ActionNames.map((EvalActionName) => ({
            EvalActionName,
            EvalDecision: EvalActionName === 's3:PutObject' ? 'implicitDeny' : 'allowed',
          })),
        }),
      },
      'role-permissions',
      'fail',
    ],
    [
      'loops that go on',
      { 'lambda:GetFunctionRecursionConfig': { RecursiveLoop: 'Allow' } },
      'function-recursion',
      'warn',
    ],
    [
      'a level that swallows reports',
      forwarderWith({ LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN' } }),
      'function-log-level',
      'fail',
    ],
    [
      'a function that failed to start',
      forwarderWith({ State: 'Failed', StateReason: 'no subnet' }),
      'function-state',
      'fail',
    ],
    ['an update that failed', forwarderWith({ LastUpdateStatus: 'Failed' }), 'function-state', 'fail'],
    [
      'a level that swallows envelopes',
      {
        'lambda:GetFunctionConfiguration': ({ FunctionName = '' }) =>
          FunctionName === 'checkout'
            ? { FunctionName, LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'ERROR' } }
            : (FUNCTIONS[FunctionName] ?? sdkError('ResourceNotFoundException')),
      },
      'producer-log-level',
      'fail',
    ],
    ['an account policy besides a filter', accountPolicy(LEAVES_OUT), 'subscription-double', 'fail'],
    [
      'an account policy that feeds it the log of the redrive',
      { ...NOBODY, ...accountPolicy() },
      'subscription-own-logs',
      'warn',
    ],
    ['nobody who is subscribed', NOBODY, 'subscription-found', 'fail'],
    [
      'a log group that others have filled',
      {
        ...subscribedIf(
          '/aws/lambda/checkout',
          filterOf('a', 'arn:aws:lambda:eu-north-1:1:function:x'),
          filterOf('b', 'arn:aws:lambda:eu-north-1:1:function:y'),
        ),
        ...accountPolicy(LEAVES_OUT),
      },
      'subscription-limit',
      'fail',
    ],
    [
      'a log class without subscriptions',
      {
        'logs:DescribeLogGroups': () => ({
          logGroups: GROUPS.map((group) => ({ ...group, logGroupClass: 'INFREQUENT_ACCESS' as const })),
        }),
      },
      'subscription-log-class',
      'fail',
    ],
    [
      'lines that are not delivered',
      { 'cloudwatch:GetMetricData': { MetricDataResults: [{ Id: 'q0', Values: [2, 3] }] } },
      'subscription-delivery',
      'fail',
    ],
    [
      'logs that are kept for ever',
      { 'logs:DescribeLogGroups': () => ({ logGroups: GROUPS.map(({ retentionInDays: _, ...group }) => group) }) },
      'function-log-retention',
      'warn',
    ],
    [
      'no encryption',
      { 's3:GetBucketEncryption': sdkError('ServerSideEncryptionConfigurationNotFoundError') },
      'bucket-encryption',
      'fail',
    ],
    [
      'rules that leave the quarantine',
      { 's3:GetBucketLifecycleConfiguration': sdkError('NoSuchLifecycleConfiguration') },
      'bucket-lifecycle',
      'warn',
    ],
    ['two redrives at once', { 'lambda:GetFunctionConcurrency': {} }, 'redrive-concurrency', 'warn'],
    [
      'an alarm without data',
      {
        'cloudwatch:DescribeAlarms': {
          MetricAlarms: [...LAMBDA_ALARMS, ...OWN_ALARMS, ...OTHER_ALARMS].map((alarm) => ({
            ...alarm,
            StateValue: 'INSUFFICIENT_DATA' as const,
          })),
        },
      },
      'alarm-state',
      'warn',
    ],
    [
      'alarms that tell nobody',
      {
        'cloudwatch:DescribeAlarms': {
          MetricAlarms: [...LAMBDA_ALARMS, ...OWN_ALARMS, ...OTHER_ALARMS].map((alarm) => ({
            ...alarm,
            AlarmActions: [],
          })),
        },
      },
      'alarm-actions',
      'warn',
    ],
    [
      'silence that is taken for peace',
      {
        'cloudwatch:DescribeAlarms': {
          MetricAlarms: [...LAMBDA_ALARMS, ...OWN_ALARMS, ...OTHER_ALARMS].map((alarm) => ({
            ...alarm,
            TreatMissingData: 'ignore',
          })),
        },
      },
      'alarm-present',
      'warn',
    ],
    ['a silent forwarder', { 'logs:FilterLogEvents': { events: [] } }, 'report-recent', 'warn'],
    [
      'a function that nobody may look at',
      { 'lambda:GetFunctionConfiguration': sdkError('AccessDeniedException') },
      'function-state',
      'fail',
    ],
    [
      'credentials that have expired',
      { 'sts:GetCallerIdentity': sdkError('ExpiredTokenException') },
      'account',
      'fail',
    ],
  ])('%s', async (_title, fault, id, status) => {
    const findings = await examine({ ...HEALTHY, ...fault });
    expect(idsOf(findings, status)).toContain(id);
    expect(idsOf(findings, 'fail')).toEqual(status === 'fail' ? [id] : []);
  });

  it('an account policy alone, which leaves out what it should, is well', async () => {
    const findings = await examine({ ...HEALTHY, ...NOBODY, ...accountPolicy(LEAVES_OUT) });
    expect([idsOf(findings, 'fail'), idsOf(findings, 'warn')]).toEqual([[], []]);
  });

  it('a schedule of EventBridge Scheduler is as good as a rule, on any page', async () => {
    const findings = await examine({
      ...HEALTHY,
      'events:ListRuleNamesByTarget': { RuleNames: [] },
      'scheduler:ListSchedules': ({ NextToken }) =>
        NextToken === undefined
          ? { Schedules: [], NextToken: 'next' }
          : {
              Schedules: [
                { Name: 'redrive', GroupName: 'default', State: 'ENABLED', Target: { Arn: `${ARN}-redrive` } },
              ],
            },
      'scheduler:GetSchedule': { ScheduleExpression: 'rate(5 minutes)' },
    });
    expect(findings).toContainEqual({ id: 'redrive-schedule', status: 'pass', evidence: 'redrive: rate(5 minutes)' });
  });

  it('alarms are known by what they watch: by sums, by searches, on any page', async () => {
    const sums = OWN_ALARMS.map(({ MetricName, Namespace, Dimensions: _, ...alarm }, index) => ({
      ...alarm,
      Metrics:
        index % 2 === 0
          ? [
              { Id: 'm0', MetricStat: { Metric: { Namespace, MetricName }, Period: 300, Stat: 'Sum' } },
              { Id: 'all', Expression: 'SUM(METRICS())' },
            ]
          : [
              {
                Id: 'all',
                Expression: `SUM(SEARCH('{OtlpForwarder,destination} MetricName="${MetricName}"', 'Sum', 300))`,
              },
            ],
    }));
    const findings = await examine({
      ...HEALTHY,
      'cloudwatch:DescribeAlarms': ({ NextToken }) =>
        NextToken === undefined
          ? { MetricAlarms: [...LAMBDA_ALARMS], NextToken: '2' }
          : { MetricAlarms: [...OTHER_ALARMS, ...sums] },
    });
    expect([idsOf(findings, 'fail'), idsOf(findings, 'warn')]).toEqual([[], []]);
  });

  it('without any permission it says which one each check needs, and fails nothing', async () => {
    const { 'sts:GetCallerIdentity': caller, 'lambda:GetFunctionConfiguration': configuration } = HEALTHY;
    const findings = await examine({
      ...(caller && { 'sts:GetCallerIdentity': caller }),
      ...(configuration && { 'lambda:GetFunctionConfiguration': configuration }),
    });
    expect(idsOf(findings, 'fail')).toEqual([]);
    const needed = findings.flatMap(({ evidence }) => /needs permission (\S+)/.exec(evidence)?.[1] ?? []);
    expect([...new Set(needed)].sort()).toEqual([
      'cloudwatch:DescribeAlarms',
      'events:ListRuleNamesByTarget',
      'iam:SimulatePrincipalPolicy',
      'lambda:GetFunctionConcurrency',
      'lambda:GetFunctionEventInvokeConfig',
      'lambda:GetFunctionRecursionConfig',
      'lambda:GetPolicy',
      'logs:DescribeLogGroups',
      'logs:FilterLogEvents',
      's3:GetBucketPublicAccessBlock',
      's3:GetEncryptionConfiguration',
      's3:GetLifecycleConfiguration',
      's3:ListBucket',
    ]);
  });

  it('a configuration in the package of the function cannot be seen', async () => {
    const Environment = { Variables: { OTLP_FORWARDER_CONFIG: '/var/task/forwarder.yaml' } };
    const findings = await examine({ ...HEALTHY, ...forwarderWith({ Environment }) });
    expect(findings).toContainEqual(
      expect.objectContaining({
        id: 'config-valid',
        status: 'skipped',
        evidence: expect.stringContaining('--config') as string,
      }),
    );
  });

  it('variables that are not shown are not taken for none', async () => {
    const Environment = { Error: { ErrorCode: 'AccessDeniedException', Message: 'canary-key-id' } };
    const findings = await examine({ ...HEALTHY, ...forwarderWith({ Environment }) });
    expect(idsOf(findings, 'fail')).toEqual([]);
    expect(findings).toContainEqual({
      id: 'config-valid',
      status: 'skipped',
      evidence:
        'Lambda does not show the variables of the function (AccessDeniedException): it needs permission kms:Decrypt',
    });
  });

  it('a password in an endpoint is told of, and not shown', async () => {
    const Environment = { Variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:canary-password@collector.example' } };
    const findings = await examine({ ...HEALTHY, ...forwarderWith({ Environment }) });
    expect(idsOf(findings, 'warn')).toContain('config-plain-secret');
    expect(JSON.stringify(findings)).not.toContain('canary-password');
  });

  it('a function of another account is not looked at with these credentials', async () => {
    const forwarder = ARN.replace('123456789012', '999999999999');
    const findings = await examine(HEALTHY, { names: { forwarder } });
    expect(findings.map(({ id, status }) => `${id} ${status}`)).toEqual(['node-version pass', 'account fail']);
    expect(findings[1]?.evidence).toContain('the function is in account 999999999999, and you are arn:aws:iam::1234');
  });

  it('a log group that was asked about and is not there is named', async () => {
    const findings = await examine(HEALTHY, { names: { logGroups: ['/aws/lambda/checkout', '/aws/lambda/chekcout'] } });
    expect(findings.filter(({ status }) => status === 'fail')).toEqual([
      {
        id: 'subscription-found',
        status: 'fail',
        evidence: 'there is no such log group',
        subject: '/aws/lambda/chekcout',
      },
    ]);
  });

  it('nothing that AWS says is repeated at any length', async () => {
    const endless = forwarderWith({ State: 'Failed', StateReason: 'x'.repeat(1_000_000) });
    const findings = await examine({ ...HEALTHY, ...endless });
    expect(Math.max(...findings.map(({ evidence }) => evidence.length))).toBe(1_001);
  });

  it('a certificate in the package of the function cannot be seen either', async () => {
    const Environment = {
      Variables: {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/canary-key-in-the-path',
        OTEL_EXPORTER_OTLP_CERTIFICATE: '/var/task/canary-ca.pem',
        OTLP_FORWARDER_DEAD_LETTER: 's3://letters/otlp',
      },
    };
    const findings = await examine({ ...HEALTHY, ...forwarderWith({ Environment }) });
    expect([idsOf(findings, 'fail'), idsOf(findings, 'warn')]).toEqual([[], ['config-values']]);
    expect(JSON.stringify(findings)).not.toContain('canary');
  });

  it('a key in the path of an endpoint is not shown', async () => {
    const Environment = {
      Variables: {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/canary-key',
        OTLP_FORWARDER_DEAD_LETTER: 's3://letters/otlp',
      },
    };
    const findings = await examine({ ...HEALTHY, ...forwarderWith({ Environment }) });
    expect(idsOf(findings, 'fail')).toEqual([]);
    expect(JSON.stringify(findings)).not.toContain('canary-key');
  });

  it('finds log groups by itself when none is named', async () => {
    const findings = await examine(HEALTHY, { names: { logGroups: [] } });
    expect(findings).toContainEqual({ id: 'subscription-found', status: 'pass', evidence: '1 of 3 log groups' });
  });
});
