import { instrument, OtlpForwarder, secretValue } from '@serverless-otlp/cdk';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { acknowledgeManagedPolicy } from './own-functions.ts';

const HELLO = "exports.handler = async () => ({ statusCode: 200, body: 'hello' });";

/** Two destinations, one of them with a secret; a VPC without a way to the Internet but by its NAT gateway; a key of its own. */
export const production = (app: App): Stack => {
  const stack = new Stack(app, 'Production');
  const key = new Key(stack, 'Key', { enableKeyRotation: true });
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  vpc.addFlowLog('Flows');
  const topic = new Topic(stack, 'OnCall', { masterKey: key, enforceSSL: true });
  key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com')); // or alarms could not tell the topic
  const vendor = Secret.fromSecretNameV2(stack, 'Vendor', 'otlp/vendor');

  const logGroup = new LogGroup(stack, 'CheckoutLog', { retention: RetentionDays.ONE_WEEK });
  const checkout = new LambdaFunction(stack, 'Checkout', {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromInline(HELLO),
    loggingFormat: LoggingFormat.JSON,
    logGroup,
  });
  acknowledgeManagedPolicy(checkout);
  instrument(checkout, { environment: { OTEL_SERVICE_NAME: 'checkout' } });

  new OtlpForwarder(stack, 'Telemetry', {
    destinations: {
      collector: { endpoint: 'http://collector.internal.example:4318', preset: 'otel_collector' },
      vendor: {
        endpoint: 'https://otlp.vendor.example',
        headers: { 'api-key': secretValue(vendor, { key: 'api-key' }) },
        signals: ['traces'],
        match: { include: { log_group: ['*Checkout*'] } },
        max_age_hours: 24,
      },
    },
    processors: {
      attributes: { actions: [{ action: 'upsert', key: 'aws.log.group', from_metadata: 'log_group' }] },
      batch: {},
    },
    subscriptions: { logGroups: [logGroup, '/aws/lambda/payment'] },
    reservedConcurrency: 50,
    redriveInterval: Duration.minutes(2),
    logRetention: RetentionDays.THREE_MONTHS,
    deadLetters: { quarantineDays: 30, pendingDays: 60 },
    encryptionKey: key,
    network: { vpc, subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, endpoints: true },
    alarms: { topic, pendingAgeSeconds: 600 },
    auditTrail: true,
    tags: { team: 'observability' },
  });
  return stack;
};

if (import.meta.main) {
  const app = new App();
  production(app);
  app.synth();
}
