import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const LOGS = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

/** The functions of the examples have the role that the CDK makes for them; those of the forwarder have their own. */
export const acknowledgeManagedPolicy = (lambdaFunction: IConstruct): void => {
  const reason = 'A function of the example, with the role that the CDK makes: it may write any log of the account';
  Validations.of(lambdaFunction).acknowledge({ id: `AwsSolutions-IAM4[Policy::${LOGS}]`, reason });
};
