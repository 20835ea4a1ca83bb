import { Command } from 'commander';
import type { BackfillOptions } from '../backfill/arguments.ts';

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

/** The command `backfill`; its code and the AWS SDK are loaded when it runs. */
export const backfillCommand = (done: (exitCode: number) => void): Command =>
  new Command('backfill')
    .summary('send lines that CloudWatch Logs still has through the forwarder once more')
    .description(
      'Reads the lines of log groups back from CloudWatch Logs, and sends the telemetry in them through the same code as the deployed forwarder. It is the way back after a subscription filter was off, a forwarder was deleted, a pattern was wrong, or a destination and the store were lost together. Interrupted, it goes on where it stopped when the same command is run again. It sends what was delivered before, too: choose the times. Credentials and Region come from where the AWS CLI has them.',
    )
    .requiredOption('--log-group <name>', 'name or ARN of a log group; repeatable', collect)
    .requiredOption(
      '--since <time>',
      'first time: 2h or 3d (ago), 2026-01-31T12:00:00Z, 2026-01-31, epoch milliseconds',
    )
    .option('--until <time>', 'time to stop before', 'now')
    .option('--destination <id>', 'send to this exporter of the configuration only; repeatable', collect)
    .option('--dry-run', 'read and count, send nothing')
    .option(
      '--config <file>',
      'configuration file of the forwarder, JSON or YAML; default OTLP_FORWARDER_CONFIG, or the OTEL_EXPORTER_OTLP_* variables',
    )
    .option('--filter-pattern <pattern>', 'let CloudWatch Logs choose the lines; default all of them')
    .option('--owner <account>', 'account of the log groups, when CloudWatch Logs may not be asked for it')
    .option('--region <region>', 'AWS Region; default that of the ARN, or of your AWS configuration')
    .option('--endpoint-url <url>', 'CloudWatch Logs elsewhere, such as an emulator')
    .option('--state <file>', 'where to note what is settled; default a file below $XDG_STATE_HOME or ~/.local/state')
    .option('--restart', 'begin anew instead of going on with an interrupted run')
    .option('--json', 'the report as JSON also on a terminal')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp backfill --log-group /aws/lambda/checkout --since 3h --dry-run
  $ serverless-otlp backfill --log-group /aws/lambda/checkout --since 2026-01-31T10:00Z --until 2026-01-31T12:30Z --config forwarder.yaml
  $ serverless-otlp backfill --log-group /aws/lambda/a --log-group /aws/lambda/b --since 2d --config forwarder.yaml --destination otlp_http/backup

Exit codes: 0 all is settled, 1 something was not delivered or could not be read, 2 wrong usage, 130 interrupted.`,
    )
    .action(async (options: BackfillOptions) => {
      const { backfill } = await import('./backfill.ts');
      done(await backfill(options));
    });
