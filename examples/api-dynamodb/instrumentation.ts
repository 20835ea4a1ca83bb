import { AwsInstrumentation } from '@opentelemetry/instrumentation-aws-sdk';

// Libraries are instrumented while they are loaded, so this is imported before the SDK of AWS.
new AwsInstrumentation();
