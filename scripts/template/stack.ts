import { FILTER_PATTERNS, OtlpForwarder, secretValue } from '@serverless-otlp/cdk';
import {
  App,
  Aws,
  BootstraplessSynthesizer,
  CfnCondition,
  type CfnElement,
  CfnOutput,
  type CfnParameter,
  CfnResource,
  CfnRule,
  Fn,
  type ICfnRuleConditionExpression,
  type IStackSynthesizer,
  Stack,
  Token,
  Validations,
} from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { declareConditions } from './conditional.ts';
import { LOG_GROUP_SLOTS, type Parameters, parametersOf } from './parameters.ts';

/** Logical ids a person can read: the path, without the hash. */
class ReadableStack extends Stack {
  protected override allocateLogicalId(element: CfnElement): string {
    const parts = element.node.path.split('/').slice(1);
    const named = parts.filter((part) => part !== 'Resource' && part !== 'Telemetry');
    return named.join('').replaceAll(/[^A-Za-z0-9]/g, '');
  }
}

/** The names of the list, each an empty text where the list has ended. */
const slotsOf = ({ LogGroups }: Parameters): readonly string[] => {
  const padded = Fn.split(',', Fn.join('', [LogGroups.valueAsString, ','.repeat(LOG_GROUP_SLOTS)]));
  return Array.from({ length: LOG_GROUP_SLOTS }, (_, index) => Fn.select(index, padded));
};

const resource = (scope: OtlpForwarder, path: string): CfnResource => {
  const found = path.split('/').reduce<unknown>((node, id) => (node as OtlpForwarder).node.findChild(id), scope);
  if (found instanceof CfnResource) return found;
  throw new Error(`${path} is no resource`);
};

const condition = (stack: Stack, id: string, left: string, right: string, is: boolean = true): CfnCondition => {
  const equals = Fn.conditionEquals(left, right);
  return new CfnCondition(stack, id, { expression: is ? equals : Fn.conditionNot(equals) });
};

const choice = ({ logicalId }: CfnCondition, yes: unknown, no: unknown): unknown => Fn.conditionIf(logicalId, yes, no);

/** What the parameters must not say: nowhere to send to, or lines that come by two ways and are delivered twice. */
const refuse = (stack: Stack, parameters: Parameters): void => {
  const isGiven = ({ valueAsString }: CfnParameter): ICfnRuleConditionExpression =>
    Fn.conditionNot(Fn.conditionEquals(valueAsString, ''));
  const { AllLogGroups, LogGroups, Endpoint, ConfigParameter, SecretsPrefix } = parameters;
  new CfnRule(stack, 'SomewhereToSendTo', {
    assertions: [
      {
        assert: Fn.conditionOr(...[Endpoint, ConfigParameter, SecretsPrefix].map(isGiven)),
        assertDescription: 'Endpoint, ConfigParameter or SecretsPrefix: one of them has to say where telemetry is sent',
      },
    ],
  });
  new CfnRule(stack, 'EitherAllOrSome', {
    ruleCondition: Fn.conditionEquals(AllLogGroups.valueAsString, 'true'),
    assertions: [
      {
        assert: Fn.conditionEquals(LogGroups.valueAsString, ''),
        assertDescription:
          'AllLogGroups brings those of LogGroups, too: leave LogGroups empty, or telemetry arrives twice',
      },
    ],
  });
};

/** The account's policy if all log groups are forwarded, and a filter for each that is listed. */
const subscribe = (stack: Stack, telemetry: OtlpForwarder, parameters: Parameters): void => {
  const { strict, lenient } = FILTER_PATTERNS;
  const isStrict = condition(stack, 'IsStrict', parameters.Filter.valueAsString, 'strict');
  const all = condition(stack, 'ForwardsAll', parameters.AllLogGroups.valueAsString, 'true');
  const policy = resource(telemetry, 'AccountPolicy');
  const document = (pattern: string): string =>
    stack.toJsonString({ DestinationArn: telemetry.forwarder.functionArn, FilterPattern: pattern });
  policy.addPropertyOverride('PolicyDocument', choice(isStrict, document(strict), document(lenient)));
  policy.cfnOptions.condition = all;
  resource(telemetry, 'CloudWatchLogs').cfnOptions.condition = all;
  for (const [index, name] of slotsOf(parameters).entries()) {
    const number = String(index + 1);
    const listed = condition(stack, `Forwards${number}`, name, '', false);
    const filter = telemetry.subscribe(name, number);
    filter.addPropertyOverride('FilterPattern', choice(isStrict, strict, lenient));
    filter.cfnOptions.condition = listed;
    resource(telemetry, `CloudWatchLogs${number}`).cfnOptions.condition = listed;
    resource(telemetry, `DeliveryErrors${number}/Resource`).cfnOptions.condition = listed;
  }
};

const tune = (stack: Stack, telemetry: OtlpForwarder, parameters: Parameters): void => {
  const reserves = condition(stack, 'Reserves', Token.asString(parameters.ReservedConcurrency.value), '-1', false);
  resource(telemetry, 'Forwarder/Resource').addPropertyOverride(
    'ReservedConcurrentExecutions',
    choice(reserves, parameters.ReservedConcurrency.value, { Ref: 'AWS::NoValue' }),
  );
  for (const log of ['ForwarderLog', 'RedriveLog'])
    resource(telemetry, `${log}/Resource`).addPropertyOverride('RetentionInDays', parameters.LogRetentionDays.value);
};

/** Everything a template can have; `conditional.ts` puts the conditions. */
const everything = (stack: Stack, parameters: Parameters): OtlpForwarder => {
  const code = Bucket.fromBucketName(stack, 'Code', parameters.CodeBucket.valueAsString);
  const subnetIds = parameters.SubnetIds.valueAsList;
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-of-the-subnets',
    availabilityZones: ['any'],
    privateSubnetIds: ['any'],
  });
  const telemetry = new OtlpForwarder(stack, 'Telemetry', {
    code: Code.fromBucketV2(code, parameters.CodeKey.valueAsString),
    configuration: {
      parameter: StringParameter.fromStringParameterAttributes(stack, 'Config', {
        parameterName: parameters.ConfigParameter.valueAsString,
        simpleName: false,
      }),
    },
    secretsPrefix: parameters.SecretsPrefix.valueAsString,
    // A list where one ARN stands: in the template it is a list of resources.
    readable: [
      secretValue(Secret.fromSecretCompleteArn(stack, 'Secrets', Token.asString(parameters.SecretArns.value))),
    ],
    functionName: Aws.STACK_NAME,
    subscriptionName: Aws.STACK_NAME,
    subscriptions: { allLogGroups: true },
    memorySize: parameters.MemorySize.valueAsNumber,
    encryptionKey: Key.fromKeyArn(stack, 'Key', parameters.KmsKeyArn.valueAsString),
    network: { vpc, securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-any')] },
    alarms: {
      topic: Topic.fromTopicArn(stack, 'Topic', parameters.AlarmTopicArn.valueAsString),
      destinations: [parameters.WatchedDestination.valueAsString],
    },
  });
  for (const id of ['Forwarder', 'Redrive']) {
    const cfn = resource(telemetry, `${id}/Resource`);
    cfn.addPropertyOverride('VpcConfig', {
      SubnetIds: subnetIds,
      SecurityGroupIds: parameters.SecurityGroupIds.valueAsList,
    });
    cfn.addPropertyOverride('Environment.Variables', {
      OTEL_EXPORTER_OTLP_HEADERS: parameters.Headers.value,
      OTEL_EXPORTER_OTLP_ENDPOINT: parameters.Endpoint.value,
    });
  }
  return telemetry;
};

const EMPTY = 'what a parameter leaves empty is not made: each such part has a condition';

/** What the rules of the CDK object to before the conditions are put. */
const ACKNOWLEDGED: Readonly<Record<string, string>> = {
  E2529: 'filters of the slots are for different log groups',
  W1030: EMPTY,
  W1035: EMPTY,
  W2509: 'the prefix of names of secrets is no secret',
  W8001: 'conditional.ts uses the conditions afterwards',
};

/** The stack of the template: the construct, with parameters where a program would have values. */
export const templateStack = (): Stack => {
  const app = new App({ analyticsReporting: false });
  const description = 'Serverless OTLP Forwarder: OpenTelemetry from CloudWatch Logs to OTLP/HTTP endpoints';
  // Whose optional properties are stricter than the class.
  const synthesizer = new BootstraplessSynthesizer() as IStackSynthesizer;
  const stack = new ReadableStack(app, 'Stack', { description, synthesizer });
  for (const [id, reason] of Object.entries(ACKNOWLEDGED))
    Validations.of(stack).acknowledge({ id: `CloudFormation-Validate::${id}`, reason });
  const parameters = parametersOf(stack);
  const telemetry = everything(stack, parameters);
  declareConditions(stack, parameters);
  refuse(stack, parameters);
  subscribe(stack, telemetry, parameters);
  tune(stack, telemetry, parameters);
  const { forwarder, redrive, deadLetters } = telemetry;
  new CfnOutput(stack, 'ForwarderFunctionName', { value: forwarder.functionName, description: 'The forwarder.' });
  new CfnOutput(stack, 'ForwarderFunctionArn', {
    value: forwarder.functionArn,
    description: 'Destination of filters.',
  });
  new CfnOutput(stack, 'RedriveFunctionName', { value: redrive.functionName, description: 'The redrive.' });
  new CfnOutput(stack, 'DeadLetterBucket', {
    value: deadLetters.bucketName,
    description: 'What could not be delivered.',
  });
  return stack;
};
