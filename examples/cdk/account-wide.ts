import { instrumentAll, OtlpForwarder } from '@serverless-otlp/cdk';
import { App, Aspects, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeManagedPolicy } from './own-functions.ts';

/** Every log group of the account in this Region, with CloudWatch and X-Ray as the backend; and functions that are instrumented. */
export const accountWide = (app: App): Stack => {
  const stack = new Stack(app, 'AccountWide', { env: { account: '123456789012', region: 'eu-central-1' } });
  new OtlpForwarder(stack, 'Telemetry', {
    destinations: {
      xray: { traces_endpoint: 'https://xray.eu-central-1.amazonaws.com/v1/traces', preset: 'aws_cloudwatch' },
      central: {
        endpoint: 'https://collector.example:4318',
        auth: {
          sigv4: {
            service: 'execute-api',
            region: 'eu-central-1',
            role_arn: 'arn:aws:iam::999999999999:role/telemetry',
          },
        },
      },
    },
    subscriptions: { allLogGroups: true, except: ['/aws/lambda/noisy'] },
    filter: 'lenient',
    functionName: 'otlp-forwarder',
    subscriptionName: 'otlp-forwarder',
    reservedConcurrency: 100,
  });
  for (const name of ['Orders', 'Payments']) {
    const shop = new LambdaFunction(stack, name, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => "done";'),
    });
    acknowledgeManagedPolicy(shop);
  }
  Aspects.of(stack).add(instrumentAll());
  return stack;
};

if (import.meta.main) {
  const app = new App();
  accountWide(app);
  app.synth();
}
