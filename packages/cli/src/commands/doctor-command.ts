import { Command, InvalidArgumentError } from 'commander';
import type { DoctorOptions } from '../doctor/arguments.ts';

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

const secondsOf = (text: string): number => {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number of seconds from 1.');
};

/** The command `doctor`; its code and the AWS SDK are loaded when it runs. */
export const doctorCommand = (done: (exitCode: number) => void): Command =>
  new Command('doctor')
    .summary('find out what is wrong with a configuration, or with what is installed in an account')
    .description(
      'Looks at a configuration, its destinations and, with --stack or --function, at everything a forwarder needs in an AWS account, and says what to do about what is not well. It reads and changes nothing, and sends each destination one request without telemetry. --canary alone writes: one line of telemetry, which is then followed on its whole way.',
    )
    .option('--config <file>', 'configuration file of the forwarder, JSON or YAML; alone it needs no account')
    .option('--stack <name>', 'CloudFormation stack that holds the forwarder')
    .option('--function <name>', 'name or ARN of the forwarder function')
    .option('--redrive-function <name>', 'of the redrive; default that of the stack, or the name with -redrive')
    .option('--producer <name>', 'function that prints telemetry; repeatable', collect)
    .option('--log-group <name>', 'log group that is or should be subscribed; repeatable', collect)
    .option('--region <region>', 'AWS Region; default that of the ARN, or of your AWS configuration')
    .option('--function-timeout <seconds>', 'timeout of the function, with --config alone; default 60', secondsOf)
    .option('--offline', 'connect to no destination')
    .option('--canary', 'write one trace to the log group, and follow it to the destinations')
    .option('--timeout <seconds>', 'end after this time; default 60, with --canary 300', secondsOf)
    .option('--quiet', 'only what is not well')
    .option('--json', 'the findings as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp doctor --config forwarder.yaml
  $ serverless-otlp doctor --stack otlp-forwarder --region eu-central-1
  $ serverless-otlp doctor --function otlp-forwarder --producer checkout --quiet
  $ serverless-otlp doctor --function otlp-forwarder --log-group /aws/lambda/checkout --canary

Exit codes: 0 nothing failed, 1 something failed, 2 wrong usage, 130 interrupted.`,
    )
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.ts');
      done(await doctor(options));
    });
