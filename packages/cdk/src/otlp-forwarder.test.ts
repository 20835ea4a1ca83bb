import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { CfnAccountPolicy, CfnSubscriptionFilter, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { describe, expect, it, vi } from 'vitest';
import { OtlpForwarder, type OtlpForwarderProps, parameterValue, secretValue } from './index.ts';

// The rules of CloudFormation are for the examples and cfn-lint: here they would take most of the time.
vi.stubEnv('CDK_VALIDATION', 'false');

const ENDPOINT = 'https://collector.example:4318';

const stackOf = (): Stack => new Stack(new App({ analyticsReporting: false }), 'Stack');

/** A forwarder in a stack of its own, or in this one. */
const forwarderOf = (props: OtlpForwarderProps, stack: Stack = stackOf()): OtlpForwarder =>
  new OtlpForwarder(stack, 'Telemetry', { code: Code.fromInline('code'), ...props });

const templateOf = (props: OtlpForwarderProps, stack: Stack = stackOf()): Template => {
  forwarderOf(props, stack);
  return Template.fromStack(stack);
};

/** Properties of all resources of a type. */
const propertiesIn = (template: Template, type: string): readonly Readonly<Record<string, unknown>>[] =>
  Object.values(template.findResources(type)).map(
    (resource) => (resource as { readonly Properties: Readonly<Record<string, unknown>> }).Properties,
  );

const variablesOf = (template: Template): unknown => {
  const [first] = propertiesIn(template, 'AWS::Lambda::Function');
  return (first?.['Environment'] as { readonly Variables: unknown }).Variables;
};

const configurationOf = (template: Template): unknown =>
  JSON.parse(String(propertiesIn(template, 'AWS::SSM::Parameter')[0]?.['Value']));

describe('where telemetry goes', () => {
  it.each([
    ['nothing', {}],
    ['endpoint and destinations', { endpoint: ENDPOINT, destinations: { a: { endpoint: ENDPOINT } } }],
  ])('refuses %s', (_title, props) => {
    expect(() => forwarderOf(props)).toThrow(
      'say where telemetry goes by one of endpoint, destinations and configuration',
    );
  });

  it('takes one endpoint by variables, headers percent-encoded but for references', () => {
    const headers = { 'api-key': '${secretsmanager:otlp/vendor#api-key}', 'x tenant': 'a,b' };
    expect(variablesOf(templateOf({ endpoint: ENDPOINT, headers }))).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=${secretsmanager:otlp/vendor#api-key},x%20tenant=a%2Cb',
    });
  });

  it('writes a configuration for destinations: each signal to those that have an endpoint for it', () => {
    const template = templateOf({
      destinations: {
        all: { endpoint: ENDPOINT, timeout_ms: 5000 },
        spans: { traces_endpoint: 'https://vendor.example/v1/traces' },
        few: { endpoint: ENDPOINT, signals: ['logs'] },
      },
      processors: { 'filter/prod': { include: { log_group: ['/aws/lambda/prod-*'] } }, batch: {} },
      keepHeaders: ['x-tenant'],
      service: { reload_ms: 60_000 },
      secretsPrefix: 'otlp/keys',
    });
    const processors = ['filter/prod', 'batch'];
    expect(configurationOf(template)).toEqual({
      exporters: {
        'otlp_http/all': { endpoint: ENDPOINT, timeout_ms: 5000 },
        'otlp_http/spans': { traces_endpoint: 'https://vendor.example/v1/traces' },
        'otlp_http/few': { endpoint: ENDPOINT },
      },
      processors: { 'filter/prod': { include: { log_group: ['/aws/lambda/prod-*'] } }, batch: {} },
      encodings: { otlp_stdout: { headers: ['x-tenant'] } },
      secrets_prefix: 'otlp/keys',
      service: {
        pipelines: {
          traces: { processors, exporters: ['otlp_http/all', 'otlp_http/spans'] },
          metrics: { processors, exporters: ['otlp_http/all'] },
          logs: { processors, exporters: ['otlp_http/all', 'otlp_http/few'] },
        },
        reload_ms: 60_000,
      },
    });
    expect(variablesOf(template)).not.toHaveProperty('COLLECTORS_SECRETS_KEY_PREFIX');
  });

  it('names a destination without an endpoint, or with a name that cannot be an id', () => {
    expect(() => forwarderOf({ destinations: { a: {} } })).toThrow('destinations.a: needs an endpoint');
    expect(() => forwarderOf({ destinations: { 'a b': { endpoint: ENDPOINT } } })).toThrow('"a b" is no name');
  });

  it('refuses a configuration that no parameter can hold', () => {
    const destinations = { a: { endpoint: ENDPOINT, headers: { 'x-long': 'x'.repeat(8200) } } };
    expect(() => forwarderOf({ destinations })).toThrow('larger than a parameter (8 KB)');
  });

  it('takes secrets alone', () => {
    expect(variablesOf(templateOf({ secretsPrefix: 'otlp/keys' }))).toMatchObject({
      COLLECTORS_SECRETS_KEY_PREFIX: 'otlp/keys',
    });
  });

  it('takes a configuration that is kept in a parameter, a secret or a bucket', () => {
    const stack = stackOf();
    const parameter = StringParameter.fromStringParameterName(stack, 'P', '/otlp/forwarder');
    expect(variablesOf(templateOf({ configuration: { parameter } }, stack))).toMatchObject({
      OTLP_FORWARDER_CONFIG: 'ssm:/otlp/forwarder',
    });
    const other = stackOf();
    const bucket = Bucket.fromBucketName(other, 'B', 'configurations');
    const configuration = { bucket, key: 'forwarder.yaml' };
    expect(variablesOf(templateOf({ configuration }, other))).toMatchObject({
      OTLP_FORWARDER_CONFIG: 's3://configurations/forwarder.yaml',
    });
  });
});

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly { readonly Sid: string; readonly Resource: unknown }[] };
}

/** Resources of a statement, wherever it stands. */
const resourcesOf = (template: Template, sid: string): unknown => {
  const policies = propertiesIn(template, 'AWS::IAM::Role').flatMap((role) => role['Policies'] as readonly Policy[]);
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).find(({ Sid }) => Sid === sid)?.Resource;
};

describe('values', () => {
  it('lets the functions read what text refers to by name, and nothing that only begins alike', () => {
    const template = templateOf({
      destinations: {
        a: {
          endpoint: 'https://${ssm:/otlp/host:3}:4318',
          headers: { a: '${secretsmanager:otlp/vendor#api-key}', b: '$${secretsmanager:no/reference}' },
          auth: {
            bearer: { token: '${secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf}' },
          },
        },
      },
    });
    const text = (sid: string): string => JSON.stringify(resourcesOf(template, sid));
    expect(text('ReadSecrets')).toContain(':secret:otlp/vendor-??????');
    expect(text('ReadSecrets')).toContain('"arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf"');
    expect(text('ReadSecrets')).not.toContain('no/reference');
    expect(text('ReadParameters')).toContain(':parameter/otlp/host"');
    expect(text('ReadParameters')).not.toContain(':3');
  });

  it('lets them read secrets and parameters of the stack, and open them with their keys', () => {
    const stack = stackOf();
    const encryptionKey = new Key(stack, 'Key');
    const secret = new Secret(stack, 'Secret', { encryptionKey });
    const parameter = new StringParameter(stack, 'Parameter', { stringValue: 'ca' });
    const template = templateOf(
      {
        destinations: {
          a: {
            endpoint: ENDPOINT,
            headers: { authorization: secretValue(secret, { key: 'token', before: 'Bearer ' }) },
            tls: { ca_pem: parameterValue(parameter) },
          },
        },
      },
      stack,
    );
    expect(resourcesOf(template, 'ReadSecrets')).toEqual({ Ref: expect.stringMatching(/^Secret/) as string });
    expect(JSON.stringify(resourcesOf(template, 'ReadParameters'))).toContain('"Ref":"Parameter');
    expect(resourcesOf(template, 'DecryptValues')).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^Key/) as string, 'Arn'],
    });
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Value: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('"Bearer \\$\\{secretsmanager:$')])] },
    });
  });

  it('lets them read what the variables of one endpoint refer to', () => {
    const template = templateOf({
      endpoint: 'https://${ssm:/otlp/host}:4318',
      headers: { a: '${secretsmanager:otlp/vendor}' },
    });
    expect(JSON.stringify(resourcesOf(template, 'ReadParameters'))).toContain(':parameter/otlp/host"');
    expect(JSON.stringify(resourcesOf(template, 'ReadSecrets'))).toContain(':secret:otlp/vendor-??????');
  });

  it('refuses a name that only the deployment knows', () => {
    const destinations = { a: { endpoint: ENDPOINT, headers: { a: `\${secretsmanager:${Fn.ref('Other')}}` } } };
    expect(() => forwarderOf({ destinations })).toThrow('write secretValue(…) or parameterValue(…) instead');
  });

  it('lists secrets only for a prefix', () => {
    const text = JSON.stringify(resourcesOf(templateOf({ secretsPrefix: 'otlp/keys/' }), 'ReadPrefixedSecrets'));
    expect(text).toContain(':secret:otlp/keys/*');
    expect(resourcesOf(templateOf({ endpoint: ENDPOINT }), 'ListSecrets')).toBeUndefined();
  });
});

describe('endpoints of AWS', () => {
  it('grants logs for the log group that the header names', () => {
    const logs = {
      logs_endpoint: 'https://logs.eu-central-1.amazonaws.com/v1/logs',
      headers: { 'X-Aws-Log-Group': '/otlp/logs' },
    };
    const audit = { ...logs, headers: { 'x-aws-log-group': '/otlp/audit' } };
    const metrics = { metrics_endpoint: 'https://monitoring.eu-central-1.amazonaws.com/v1/metrics' };
    const template = templateOf({ destinations: { logs, audit, metrics } });
    const text = JSON.stringify(resourcesOf(template, 'SendLogs'));
    expect(text).toContain(':log-group:/otlp/logs:*');
    expect(text).toContain(':log-group:/otlp/audit:*');
    expect(resourcesOf(template, 'SendMetrics')).toBe('*');
    expect(resourcesOf(template, 'SendTraces')).toBeUndefined();
  });

  it('wants to know that log group', () => {
    const logs = { logs_endpoint: 'https://logs.eu-central-1.amazonaws.com/v1/logs' };
    expect(() => forwarderOf({ destinations: { logs } })).toThrow(
      'destinations.logs: CloudWatch Logs needs the header',
    );
  });
});

describe('subscriptions', () => {
  const ALL = { endpoint: ENDPOINT, subscriptions: { allLogGroups: true } } as const;

  it('refuses a log group that is listed twice, and its own', () => {
    const forwarder = forwarderOf({ endpoint: ENDPOINT, functionName: 'otlp', subscriptions: { logGroups: ['/a'] } });
    expect(() => forwarder.subscribe('/a')).toThrow('/a is subscribed already');
    const [own] = forwarder.logGroups;
    expect(() => own && forwarder.subscribe(own)).toThrow("is the forwarder's own log group");
  });

  it('keeps the logical id of a log group wherever it stands in the list', () => {
    const idsOf = (logGroups: readonly string[]): readonly string[] =>
      Object.keys(
        templateOf({ endpoint: ENDPOINT, subscriptions: { logGroups } }).findResources('AWS::Logs::SubscriptionFilter'),
      );
    expect(idsOf(['/b', '/a']).toSorted()).toEqual(idsOf(['/a', '/b']).toSorted());
  });

  it('has one permission for all beyond twenty log groups, so that the policy of the function does not overflow', () => {
    const logGroups = Array.from({ length: 25 }, (_, index) => `/aws/lambda/f${index}`);
    const template = templateOf({ endpoint: ENDPOINT, subscriptions: { logGroups } });
    template.resourceCountIs('AWS::Logs::SubscriptionFilter', 25);
    template.resourceCountIs('AWS::Lambda::Permission', 22);
  });

  it('refuses a filter on a log group that the policy of the account brings, too', () => {
    const stack = stackOf();
    const forwarder = forwarderOf(ALL, stack);
    forwarder.subscribe(new LogGroup(stack, 'Shop'));
    expect(() => Template.fromStack(stack)).toThrow('brings what the policy of the account brings');
  });

  it('takes it where the policy leaves that log group out, and filters for somebody else', () => {
    const stack = stackOf();
    const subscriptions = { allLogGroups: true, except: ['/own'] } as const;
    forwarderOf({ endpoint: ENDPOINT, subscriptions }, stack).subscribe('/own');
    new CfnSubscriptionFilter(stack, 'Errors', {
      logGroupName: '/a',
      filterPattern: 'ERROR',
      destinationArn: 'arn:aws:lambda:eu-west-1:123456789012:function:theirs',
    });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  it('refuses a second policy of the same account and Region', () => {
    const stack = stackOf();
    forwarderOf(ALL, stack);
    const policyType = 'SUBSCRIPTION_FILTER_POLICY';
    new CfnAccountPolicy(stack, 'Theirs', { policyName: 'theirs', policyType, policyDocument: '{}' });
    expect(() => Template.fromStack(stack)).toThrow('Theirs is a subscription policy, too: AWS allows one');
  });

  it('refuses more exceptions than a policy holds', () => {
    const except = Array.from({ length: 100 }, (_, index) => `/${index}/${'x'.repeat(300)}`);
    expect(() =>
      forwarderOf({ endpoint: ENDPOINT, functionName: 'f', subscriptions: { allLogGroups: true, except } }),
    ).toThrow('more than a policy holds (25 KB)');
  });

  it('brings what a pattern of your own brings', () => {
    const filter = { pattern: '{ $._otel = * }' };
    const template = templateOf({ endpoint: ENDPOINT, filter, subscriptions: { logGroups: ['/a'] } });
    template.hasResourceProperties('AWS::Logs::SubscriptionFilter', { FilterPattern: '{ $._otel = * }' });
  });
});

describe('what can be left out', () => {
  it('makes no alarms and no dashboard, and reserves nothing', () => {
    const props = { endpoint: ENDPOINT, alarms: false, dashboard: false, reservedConcurrency: 'unreserved' } as const;
    const template = templateOf({ ...props, subscriptions: { logGroups: ['/a'] } });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    const functions = propertiesIn(template, 'AWS::Lambda::Function');
    expect(functions.map((properties) => properties['ReservedConcurrentExecutions'])).toEqual([undefined, 1]);
  });

  it('makes no alarms on metrics that are switched off', () => {
    const service = { metrics: { enabled: false } };
    const template = templateOf({ destinations: { a: { endpoint: ENDPOINT } }, service });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 5);
  });

  it('writes access logs where there is a bucket for them', () => {
    const stack = stackOf();
    const accessLogsBucket = Bucket.fromBucketName(stack, 'Logs', 'access-logs');
    templateOf({ endpoint: ENDPOINT, accessLogsBucket }, stack).hasResourceProperties('AWS::S3::Bucket', {
      LoggingConfiguration: { DestinationBucketName: 'access-logs', LogFilePrefix: 'otlp-forwarder/' },
    });
  });
});

describe('pending age', () => {
  it.each([
    [1, 2],
    [5, 2],
    [15, 6],
  ])('with a run every %i minutes rings after %i periods, and not between two runs', (minutes, periods) => {
    const template = templateOf({ endpoint: ENDPOINT, redriveInterval: Duration.minutes(minutes) });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'OldestPendingAge',
      EvaluationPeriods: periods,
      DatapointsToAlarm: periods,
      TreatMissingData: 'breaching',
    });
  });
});

describe('network', () => {
  it('wants to know ports that only the deployment knows', () => {
    const stack = stackOf();
    const vpc = new Vpc(stack, 'Vpc');
    const endpoint = `http://${Fn.importValue('collector')}:4318`;
    expect(() => forwarderOf({ endpoint, network: { vpc } }, stack)).toThrow(
      'network.ports: an endpoint is known only when',
    );
    const template = templateOf({ endpoint, network: { vpc, ports: [4318] } }, new Stack(stack, 'Other'));
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443 }), Match.objectLike({ FromPort: 4318 })],
    });
  });
});

it('warns where the policy of a key cannot be changed', () => {
  const stack = stackOf();
  const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/one');
  const forwarder = forwarderOf({ endpoint: ENDPOINT, encryptionKey }, stack);
  expect(forwarder.node.metadata.map(({ data }) => String(data))).toEqual([
    expect.stringContaining('its policy must let logs.amazonaws.com of this Region use it'),
  ]);
});

it('says what to do when the zip is missing', () => {
  const stack = new Stack(new App({ context: { '@serverless-otlp/cdk:assets': '/nowhere' } }), 'Stack');
  expect(() => new OtlpForwarder(stack, 'Telemetry', { endpoint: ENDPOINT })).toThrow('`npm run build` makes it');
});
