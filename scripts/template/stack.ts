import { FILTER_PATTERNS, OtlpForwarder } from '@serverless-otlp/cdk';
import {
  App,
  Aws,
  BootstraplessSynthesizer,
  CfnCondition,
  type CfnElement,
  CfnOutput,
  CfnResource,
  CfnRule,
  Fn,
  Stack,
  Token,
  Validations,
} from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { LOG_GROUP_SLOTS, type Parameters, parametersOf } from './parameters.ts';

/** Logical ids a person can read: the path, without the hash. */
class ReadableStack extends Stack {
  protected override allocateLogicalId(element: CfnElement): string {
    const parts = element.node.path.split('/').slice(1);
    return parts.filter((part) => part !== 'Resource' && part !== 'Telemetry').join('');
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

/** What comes by two ways is delivered twice. */
const refuseBoth = (stack: Stack, { AllLogGroups, LogGroups }: Parameters): void => {
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
    for (const id of ['E2529', 'W1035'])
      Validations.of(filter).acknowledge({
        id: `CloudFormation-Validate::${id}`,
        reason: 'Slots are of different log groups, and a slot without a name makes no filter.',
      });
    resource(telemetry, `CloudWatchLogs${number}`).cfnOptions.condition = listed;
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

/** The stack of the template: the construct, with parameters where a program would have values. */
export const templateStack = (): Stack => {
  const app = new App({ analyticsReporting: false });
  const description = 'Serverless OTLP Forwarder: OpenTelemetry from CloudWatch Logs to OTLP/HTTP endpoints';
  const stack = new ReadableStack(app, 'Stack', { description, synthesizer: new BootstraplessSynthesizer() });
  const parameters = parametersOf(stack);
  const code = Bucket.fromBucketName(stack, 'Code', parameters.CodeBucket.valueAsString);
  const telemetry = new OtlpForwarder(stack, 'Telemetry', {
    code: Code.fromBucketV2(code, parameters.CodeKey.valueAsString),
    endpoint: parameters.Endpoint.valueAsString,
    functionName: Aws.STACK_NAME,
    subscriptionName: Aws.STACK_NAME,
    subscriptions: { allLogGroups: true },
    memorySize: parameters.MemorySize.valueAsNumber,
  });
  refuseBoth(stack, parameters);
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
