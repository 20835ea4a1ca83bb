import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it, vi } from 'vitest';
import { OtlpForwarder, type OtlpForwarderProps, REASONS, type Sid } from './index.ts';

vi.stubEnv('CDK_VALIDATION', 'false');

const ENDPOINT = 'https://collector.example:4318';

interface Statement {
  readonly Sid: Sid;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Statements of the roles and policies that properties make, with the short id of their holder. */
const statementsOf = (
  props: (stack: Stack) => OtlpForwarderProps,
): readonly (Statement & { readonly holder: string })[] => {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  new OtlpForwarder(stack, 'T', { code: Code.fromInline('code'), ...props(stack) });
  const { Resources } = Template.fromStack(stack).toJSON() as {
    readonly Resources: Readonly<
      Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
    >;
  };
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    if (!/^AWS::IAM::(Role|Policy)$/.test(Type) || !id.startsWith('T')) return [];
    const policies = (Properties['Policies'] ?? [Properties]) as readonly {
      readonly PolicyDocument: { readonly Statement: readonly Statement[] };
    }[];
    const holder = id.startsWith('TRedrive') ? 'redrive' : 'forwarder';
    return policies.flatMap(({ PolicyDocument: { Statement: all } }) => all.map((one) => ({ ...one, holder })));
  });
};

/** What each statement that is not always there takes to be there. */
const WANTED: Readonly<Partial<Record<Sid, (stack: Stack) => OtlpForwarderProps>>> = {
  EncryptDeadLetters: (stack) => ({ endpoint: ENDPOINT, encryptionKey: new Key(stack, 'Key') }),
  DecryptVariables: (stack) => ({ endpoint: ENDPOINT, encryptionKey: new Key(stack, 'Key') }),
  ReadConfiguration: (stack) => ({
    configuration: { bucket: Bucket.fromBucketName(stack, 'B', 'configurations'), key: 'forwarder.yaml' },
  }),
  ReadSecrets: () => ({ endpoint: ENDPOINT, headers: { a: '${secretsmanager:a}' } }),
  ReadParameters: () => ({ destinations: { a: { endpoint: ENDPOINT } } }),
  DecryptValues: (stack) => ({ endpoint: ENDPOINT, valueKeys: [new Key(stack, 'Key')] }),
  ReadPrefixedSecrets: () => ({ secretsPrefix: 'a' }),
  ListSecrets: () => ({ secretsPrefix: 'a' }),
  SendTraces: () => ({ destinations: { a: { traces_endpoint: 'https://xray.eu-west-1.amazonaws.com/v1/traces' } } }),
  SendMetrics: () => ({
    destinations: { a: { metrics_endpoint: 'https://monitoring.eu-west-1.amazonaws.com/v1/metrics' } },
  }),
  SendLogs: () => ({
    destinations: {
      a: { logs_endpoint: 'https://logs.eu-west-1.amazonaws.com/v1/logs', headers: { 'x-aws-log-group': 'a' } },
    },
  }),
  AssumeRoles: () => ({
    destinations: { a: { endpoint: ENDPOINT, auth: { sigv4: { role_arn: 'arn:aws:iam::123456789012:role/a' } } } },
  }),
  NetworkInterfaces: (stack) => ({ endpoint: ENDPOINT, network: { vpc: new Vpc(stack, 'Vpc') } }),
  NetworkInterfacesByLambdaAlone: (stack) => ({ endpoint: ENDPOINT, network: { vpc: new Vpc(stack, 'Vpc') } }),
};

const always = new Set(statementsOf(() => ({ endpoint: ENDPOINT })).map(({ Sid: sid }) => sid));
const wanted = Object.entries(WANTED).map(([sid, props]) => [sid as Sid, statementsOf(props)] as const);

describe('statements of the roles', () => {
  it('are always there when their reason says so, and no others are', () => {
    const known = Object.entries(REASONS).flatMap(([sid, { when }]) => (when === 'always' ? [sid] : []));
    expect([...always].sort()).toEqual(known.sort());
  });

  it('are there otherwise where something wants them: each that has a reason', () => {
    expect([...always, ...Object.keys(WANTED)].sort()).toEqual(Object.keys(REASONS).sort());
  });

  it.each(wanted)('%s: is there when it is wanted, for whom its reason says', (sid, statements) => {
    const holders = new Set(statements.filter(({ Sid: one }) => one === sid).map(({ holder }) => holder));
    const { holder } = REASONS[sid];
    expect([...holders].sort()).toEqual(holder === 'both' ? ['forwarder', 'redrive'] : [holder]);
  });

  it('have no wildcard in an action, and a condition or a denial where they have all resources', () => {
    for (const [, statements] of wanted)
      for (const { Sid: sid, Action, Resource, Condition } of statements) {
        expect([Action].flat().join()).not.toContain('*');
        if (Resource === '*') expect([sid, Condition]).toEqual([sid, expect.any(Object)]);
      }
  });

  it('have ids of their own in each role', () => {
    for (const [, statements] of wanted)
      for (const holder of ['forwarder', 'redrive']) {
        const sids = statements.filter((one) => one.holder === holder).map(({ Sid: sid }) => sid);
        expect(new Set(sids).size).toBe(sids.length);
      }
  });
});
