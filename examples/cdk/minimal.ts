import { App, Stack } from 'aws-cdk-lib';
import { OtlpForwarder } from '@serverless-otlp/cdk';

/** One collector, one log group. */
export const minimal = (app: App): Stack => {
  const stack = new Stack(app, 'Minimal');
  new OtlpForwarder(stack, 'Telemetry', {
    endpoint: 'https://collector.example:4318',
    subscriptions: { logGroups: ['/aws/lambda/checkout'] },
  });
  return stack;
};

if (import.meta.main) {
  const app = new App();
  minimal(app);
  app.synth();
}
