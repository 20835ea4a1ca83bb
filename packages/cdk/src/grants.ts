import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Effect, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Referred } from './references.ts';
import { statement } from './statements.ts';

/** In this Region alone, for what AWS grants on `*` alone. */
export const inThisRegion = (scope: Construct): { readonly StringEquals: Readonly<Record<string, string>> } => ({
  StringEquals: { 'aws:RequestedRegion': Stack.of(scope).region },
});

/** Six characters that Secrets Manager puts behind a name; `-*` would also allow names that only begin alike. */
const ANY_SUFFIX = '-??????';

const secretArn = (scope: Construct, name: string): string => {
  if (name.startsWith('arn:')) return /-[A-Za-z0-9]{6}$/.test(name) ? name : `${name}${ANY_SUFFIX}`;
  const resourceName = `${name}${ANY_SUFFIX}`;
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
};

const parameterArn = (scope: Construct, name: string): string =>
  name.startsWith('arn:')
    ? name
    : Stack.of(scope).formatArn({
        service: 'ssm',
        resource: 'parameter',
        // Without what asks for a version or a label.
        resourceName: name.replace(/^\//, '').replace(/:.*$/, ''),
      });

const unique = (arns: readonly string[]): string[] => [...new Set(arns)];

/** Reading the values that a configuration refers to, and nothing else. */
export const valueStatements = (
  scope: Construct,
  { values, secretNames, parameterNames }: Referred,
  keys: readonly IKey[],
): readonly PolicyStatement[] => {
  const secrets = values.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
  const secretArns = unique([
    ...secrets.map(({ secretFullArn, secretArn: arn }) => secretFullArn ?? `${arn}${ANY_SUFFIX}`),
    ...secretNames.map((name) => secretArn(scope, name)),
  ]);
  const parameterArns = unique([
    ...values.flatMap(({ parameter }) => (parameter === undefined ? [] : [parameter.parameterArn])),
    ...parameterNames.map((name) => parameterArn(scope, name)),
  ]);
  const keyArns = unique([
    ...keys.map(({ keyArn }) => keyArn),
    ...secrets.flatMap(({ encryptionKey }) => (encryptionKey === undefined ? [] : [encryptionKey.keyArn])),
  ]);
  return [
    ...(secretArns.length === 0
      ? []
      : [statement('ReadSecrets', { actions: ['secretsmanager:GetSecretValue'], resources: secretArns })]),
    ...(parameterArns.length === 0
      ? []
      : [statement('ReadParameters', { actions: ['ssm:GetParameters'], resources: parameterArns })]),
    ...(keyArns.length === 0 ? [] : [decryptValues(scope, keyArns)]),
  ];
};

const decryptValues = (scope: Construct, resources: string[]): PolicyStatement => {
  const { region, urlSuffix } = Stack.of(scope);
  const services = ['secretsmanager', 'ssm'].map((service) => `${service}.${region}.${urlSuffix}`);
  return statement('DecryptValues', {
    actions: ['kms:Decrypt'],
    resources,
    conditions: { StringEquals: { 'kms:ViaService': services } },
  });
};

/** Secrets under a prefix, each a destination. */
export const prefixStatements = (scope: Construct, prefix: string): readonly PolicyStatement[] => [
  statement('ReadPrefixedSecrets', {
    actions: ['secretsmanager:GetSecretValue'],
    resources: [
      Stack.of(scope).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${prefix.replace(/\/$/, '')}/*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  }),
  statement('ListSecrets', {
    actions: ['secretsmanager:BatchGetSecretValue', 'secretsmanager:ListSecrets'],
    resources: ['*'],
    conditions: inThisRegion(scope),
  }),
];

/** The bucket's key: the forwarder writes, the redrive reads as well. */
export const bucketKeyStatements = (scope: Construct, key: IKey, reads: boolean): readonly PolicyStatement[] => {
  const { region, urlSuffix } = Stack.of(scope);
  return [
    statement('EncryptDeadLetters', {
      actions: ['kms:GenerateDataKey', ...(reads ? ['kms:Decrypt'] : [])],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` } },
    }),
  ];
};

/** Variables under a key of one's own are opened when a function of this account starts. */
export const variablesKeyStatement = (scope: Construct, key: IKey): PolicyStatement =>
  statement('DecryptVariables', {
    actions: ['kms:Decrypt'],
    resources: [key.keyArn],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:lambda:FunctionArn': functionsOf(scope) } },
  });

/** All functions of this account and Region: a role is made before its function. */
const functionsOf = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Network interfaces that Lambda makes with the role of the function; the function itself may not. */
export const networkStatements = (scope: Construct): readonly PolicyStatement[] => {
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  return [
    statement('NetworkInterfaces', { actions, resources: ['*'], conditions: inThisRegion(scope) }),
    statement('NetworkInterfacesByLambdaAlone', {
      effect: Effect.DENY,
      actions,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': functionsOf(scope) } },
    }),
  ];
};
