import { Command, CommanderError, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { backfillCommand } from './commands/backfill-command.ts';
import { costCommand } from './commands/cost-command.ts';
import type { DecodeOptions } from './commands/decode.ts';
import type { DevOptions } from './commands/dev.ts';
import type { ForwardOptions } from './commands/forward.ts';
import { doctorCommand } from './commands/doctor-command.ts';
import { portOf } from './commands/port.ts';
import { redriveCommand } from './commands/redrive-command.ts';
import { whyLost } from './output.ts';
import { UsageError } from './usage-error.ts';

const versionOf = (packageJson: string): string => (JSON.parse(packageJson) as { readonly version: string }).version;

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

const FILES = 'files to read; standard input when there are none, or as "-"';

/** A mistyped `--headers=api-key=…` or `--protocol=$KEY` must not end in the log of a build (D27): what is refused is named, not its value. */
const withoutValues = (text: string): string =>
  text.replace(/(unknown option '[^'=]*)=.*'/s, "$1'").replace(/argument '.*' is invalid/s, 'argument is invalid');

/** The commands; each loads its code only when it runs, so that help is there at once. */
const createProgram = (done: (exitCode: number) => void): Command => {
  const program = new Command('serverless-otlp')
    .description('Forward, decode and watch OpenTelemetry that programs print to stdout.')
    .version(versionOf(readFileSync(new URL('../package.json', import.meta.url), 'utf8')))
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(withoutValues(text)) })
    .showHelpAfterError('(add --help to see how it is used)')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp dev                                        watch what arrives
  $ node app.js | serverless-otlp forward                      send what a program prints
  $ serverless-otlp decode --pretty lines.log                  read what was printed

Exit codes: 0 all is well, 1 something was not delivered or could not be read, 2 wrong usage.`,
    );

  program
    .command('forward')
    .summary('send telemetry in stdout lines or Lambda events to an OTLP endpoint')
    .description(
      'Sends the telemetry in stdout lines to an OTLP endpoint, through the same code as the deployed forwarder: lines are packed into CloudWatch Logs subscription events (at most 1 MiB or 10 000 lines, waiting 500 ms at most; a line over 1 MiB is split, as CloudWatch does, and then cannot be read). The report comes on standard output, everything else on standard error.',
    )
    .argument('[files...]', FILES)
    .option('--endpoint <url>', 'base URL; default OTEL_EXPORTER_OTLP_ENDPOINT or http://localhost:4318')
    .option(
      '--header <name=value>',
      'sent with every request; repeatable. Other users see it in the list of processes: put secrets into OTEL_EXPORTER_OTLP_HEADERS instead',
      collect,
    )
    .option(
      '--config <file>',
      'configuration file of the forwarder, JSON or YAML, instead of endpoint, headers and the like',
    )
    .addOption(new Option('--protocol <protocol>', 'encoding on the wire').choices(['http/protobuf', 'http/json']))
    .addOption(new Option('--compression <method>', 'of requests').choices(['gzip', 'none']))
    .option('--event', 'the input is whole Lambda events in JSON, one document or one per line')
    .addOption(
      new Option('--passthrough', 'copy all other lines to standard output unchanged; the report comes last').conflicts(
        'event',
      ),
    )
    .option('--log-group <name>', 'log group the lines seem to come from, for filters', '/aws/lambda/local')
    .option('--json', 'the report as JSON also on a terminal')
    .addHelpText(
      'after',
      `
Examples:
  $ node app.js | serverless-otlp forward --endpoint http://localhost:4318
  $ node app.js | serverless-otlp forward --passthrough | less
  $ serverless-otlp forward --event event.json --config forwarder.yaml
  $ OTEL_EXPORTER_OTLP_HEADERS="api-key=$KEY" serverless-otlp forward --endpoint https://otlp.example lines.log`,
    )
    .action(async (files: string[], options: Omit<ForwardOptions, 'headers'> & { readonly header?: string[] }) => {
      const { forward } = await import('./commands/forward.ts');
      done(await forward(files, { ...options, headers: options.header ?? [] }));
    });

  program
    .command('decode')
    .summary('print the telemetry in stdout lines or Lambda events')
    .description(
      'Prints the telemetry in stdout lines as OTLP/JSON, one request per line. Other lines are left out; lines that claim to be telemetry but cannot be read are named on standard error, by number and reason.',
    )
    .argument('[files...]', FILES)
    .option('--event', 'the input is whole Lambda events in JSON, one document or one per line')
    .option('--pretty', 'a tree of spans by trace and parent, points and records as lines')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp decode lines.log | jq .resourceSpans
  $ node app.js | serverless-otlp decode --pretty
  $ serverless-otlp decode --event --pretty event.json`,
    )
    .action(async (files: string[], options: DecodeOptions) => {
      const { decode } = await import('./commands/decode.ts');
      done(await decode(files, options));
    });

  program
    .command('dev')
    .summary('receive OTLP on this machine and draw it in the terminal')
    .description(
      'Receives OTLP/HTTP on 127.0.0.1, protobuf and JSON, and draws traces as waterfalls, data points and log records as lines. A span that comes after its trace was drawn makes it be drawn again. Ctrl-C ends with a summary.',
    )
    .option(
      '--port <number>',
      'port to listen on, 0 for a free one; default 4318, or a free one when that is taken',
      portOf,
    )
    .option('--json', 'what arrives as OTLP/JSON, one request per line')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp dev
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 node app.js
  $ serverless-otlp dev --port 0 --json > received.jsonl`,
    )
    .action(async (options: DevOptions) => {
      const { dev } = await import('./commands/dev.ts');
      done(await dev(options));
    });

  // It inherits nothing by itself: only `command` copies these settings.
  program.addCommand(backfillCommand(done).copyInheritedSettings(program));
  program.addCommand(doctorCommand(done).copyInheritedSettings(program));
  program.addCommand(costCommand(done).copyInheritedSettings(program));
  redriveCommand(done, program);

  return program;
};

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : 'an unknown error');

/** Runs the command line with these arguments (without node and script). Returns the exit code; never throws. */
export const run = async (args: readonly string[]): Promise<number> => {
  let exitCode = 0;
  try {
    await createProgram((code) => (exitCode = code)).parseAsync(args, { from: 'user' });
    const lost = whyLost(process.stdout);
    if (lost === undefined) return exitCode;
    process.stderr.write(`error: cannot write to standard output: ${lost}\n`);
    return exitCode === 0 ? 1 : exitCode;
  } catch (error) {
    // Commander has said what it has to say. Help and version are 0; no command at all prints the help, but does not do anything.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`error: ${problemOf(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
};
