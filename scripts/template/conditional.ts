import type { Sid } from '@serverless-otlp/cdk';
import { CfnCondition, Fn, type ICfnRuleConditionExpression, type Stack } from 'aws-cdk-lib';
import type { Json } from './yaml.ts';
import type { Parameters } from './parameters.ts';

/** What has to be given for a part of the template to be there. */
export type Condition =
  'HasEndpoint' | 'HasHeaders' | 'HasSecrets' | 'HasConfig' | 'HasPrefix' | 'HasTopic' | 'HasKey' | 'HasSubnets';

/** Declares the conditions: each is whether a parameter is not empty. */
export const declareConditions = (stack: Stack, parameters: Parameters): void => {
  const given: Readonly<Record<Condition, string>> = {
    HasEndpoint: parameters.Endpoint.valueAsString,
    HasHeaders: parameters.Headers.valueAsString,
    HasSecrets: Fn.join('', parameters.SecretArns.valueAsList),
    HasConfig: parameters.ConfigParameter.valueAsString,
    HasPrefix: parameters.SecretsPrefix.valueAsString,
    HasTopic: parameters.AlarmTopicArn.valueAsString,
    HasKey: parameters.KmsKeyArn.valueAsString,
    HasSubnets: Fn.join('', parameters.SubnetIds.valueAsList),
  };
  for (const [id, value] of Object.entries(given)) {
    const expression: ICfnRuleConditionExpression = Fn.conditionNot(Fn.conditionEquals(value, ''));
    new CfnCondition(stack, id, { expression });
  }
};

const NOTHING: Json = { Ref: 'AWS::NoValue' };

const either = (condition: Condition, yes: Json, no: Json = NOTHING): Json => ({ 'Fn::If': [condition, yes, no] });

/** Statements that only some configurations need. */
const STATEMENTS: Readonly<Partial<Record<Sid, Condition>>> = {
  ReadSecrets: 'HasSecrets',
  ReadParameters: 'HasConfig',
  ReadPrefixedSecrets: 'HasPrefix',
  ListSecrets: 'HasPrefix',
  EncryptDeadLetters: 'HasKey',
  DecryptVariables: 'HasKey',
  NetworkInterfaces: 'HasSubnets',
  NetworkInterfacesByLambdaAlone: 'HasSubnets',
};

/** Properties that only some have, wherever they stand. */
const PROPERTIES: Readonly<Record<string, Condition>> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'HasEndpoint',
  OTEL_EXPORTER_OTLP_HEADERS: 'HasHeaders',
  OTLP_FORWARDER_CONFIG: 'HasConfig',
  COLLECTORS_SECRETS_KEY_PREFIX: 'HasPrefix',
  AlarmActions: 'HasTopic',
  OKActions: 'HasTopic',
  KmsKeyId: 'HasKey',
  KmsKeyArn: 'HasKey',
  VpcConfig: 'HasSubnets',
};

const PLAIN_ENCRYPTION: Json = {
  ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
};

const conditionOf = (statement: Json): Condition | undefined => {
  const sid = typeof statement === 'object' && statement !== null && 'Sid' in statement ? statement.Sid : undefined;
  return typeof sid === 'string' ? (STATEMENTS as Readonly<Record<string, Condition>>)[sid] : undefined;
};

const propertyOf = (name: string, value: Json): Json => {
  const condition = PROPERTIES[name];
  if (name === 'BucketEncryption') return either('HasKey', conditional(value), PLAIN_ENCRYPTION);
  return condition === undefined ? conditional(value) : either(condition, value);
};

/** The resources of a template that has everything, with a condition at what only some want. */
export const conditional = (value: Json): Json => {
  if (Array.isArray(value))
    return value.map((entry: Json) => {
      const condition = conditionOf(entry);
      return condition === undefined ? conditional(entry) : either(condition, entry);
    });
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, propertyOf(name, entry)]));
};

/** Without what the CDK says twice: a function that has a role depends on it. */
export const withoutRepetition = (resources: Json): Json =>
  Object.fromEntries(
    Object.entries(resources as Readonly<Record<string, { readonly [key: string]: Json }>>).map(([id, resource]) => {
      const { DependsOn, ...rest } = resource;
      return [id, resource['Type'] === 'AWS::Lambda::Function' || DependsOn === undefined ? rest : resource];
    }),
  );
