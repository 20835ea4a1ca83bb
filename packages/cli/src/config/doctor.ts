import type { Environment } from '@serverless-otlp/forwarder/config';

/** What leads to AWS, and who asks there: credentials, profile, endpoints of emulators. */
const OURS = /^AWS_(?!LAMBDA_|EXECUTION_ENV$)/;

/**
 * The variables of a deployed function as somebody else reads a configuration with them: its own, but with the way to AWS of whoever
 * looks. The Region is that of the function, since names of secrets mean those of its Region.
 */
export const environmentOfFunction = (
  variables: Environment,
  region: string,
  own: Environment = process.env,
): Environment => ({
  ...variables,
  ...Object.fromEntries(Object.entries(own).filter(([name]) => OURS.test(name))),
  AWS_REGION: region,
});
