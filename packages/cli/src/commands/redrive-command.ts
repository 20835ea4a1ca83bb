import { Command, InvalidArgumentError, Option } from 'commander';
import type { DiscardOptions } from './redrive-discard.ts';
import type { ListOptions } from './redrive-list.ts';
import type { RunOptions } from './redrive-run.ts';
import type { ShowOptions } from './redrive-show.ts';

type Done = (exitCode: number) => void;

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

const countOf = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number from 1.');
};

/** Where to look; all commands have these. */
const withStore = (command: Command): Command =>
  command
    .option('--store <place>', 's3://bucket/prefix, or the path of a folder; default that of the configuration')
    .option(
      '--config <file>',
      'configuration file of the forwarder, JSON or YAML; default OTLP_FORWARDER_CONFIG, or the variables',
    );

/** What is meant; all commands on many objects have these. */
const withFilters = (command: Command, state: string): Command =>
  command
    .option('--destination <id>', 'of this exporter; repeatable. "lines" and "events" are what is for none', collect)
    .option('--since <time>', 'first log line at or after: 2h or 3d (ago), 2026-01-31T12:00:00Z, 2026-01-31')
    .option('--until <time>', 'first log line before')
    .option('--reason <text>', 'part of the reason, such as 401 or ECONNREFUSED; every object is read for it')
    .addOption(new Option('--state <state>', state).choices(['pending', 'quarantine', 'expired']));

const listCommand = (done: Done, command: Command): Command =>
  withFilters(
    withStore(
      command
        .summary('what waits, by state, destination and signal')
        .description(
          'Lists what waits in a dead-letter store, and why. Reasons and items are of the 100 oldest objects of each row; a + says that there are more.',
        ),
    ),
    'default all states',
  )
    .option('--long', 'a line per object, with its key')
    .option('--limit <number>', 'stop after so many objects', countOf)
    .option('--json', 'JSON, a line per row or object')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp redrive list --store s3://otlp-dead-letters-123456789012
  $ serverless-otlp redrive list --config forwarder.yaml --state quarantine
  $ serverless-otlp redrive list --store ./dead-letters --long --since 2h --reason 401`,
    )
    .action(async (options: ListOptions) => {
      const { list } = await import('./redrive-list.ts');
      done(await list(options));
    });

const showCommand = (done: Done, command: Command): Command =>
  withStore(
    command
      .summary('what an object says and holds')
      .description(
        'Prints what objects say of themselves, then their content as OTLP/JSON. Lines that could not be read are shown with escapes for what would act on a terminal.',
      )
      .argument('<key...>', 'a key, or at least 4 digits of the SHA-256 at its end'),
  )
    .option('--pretty', 'a tree of spans by trace and parent, points and records as lines')
    .option('--json', 'one JSON object per object')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp redrive show --store s3://otlp-dead-letters-123456789012 3f9a
  $ serverless-otlp redrive show --store ./dead-letters --pretty quarantine/otlp_http/traces/20260131T120000.000Z/3f9a…`,
    )
    .action(async (keys: string[], options: ShowOptions) => {
      const { show } = await import('./redrive-show.ts');
      done(await show(keys, options));
    });

const runCommand = (done: Done, command: Command): Command =>
  withFilters(
    withStore(
      command
        .summary('send what waits now')
        .description(
          'Sends what waits to the destinations that did not take it, with the code of the deployed redrive, until nothing is left or nothing more is taken. Without filters this includes events that Lambda gave up. It does not wait for the time a destination asked for. The report comes on standard output, everything else on standard error.',
        ),
    ),
    'default pending; "quarantine" and "expired" send what was set aside again',
  )
    .option('--dry-run', 'say what would be sent, expire or be set aside; change nothing')
    .option('--json', 'the report as JSON also on a terminal')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp redrive run --config forwarder.yaml --dry-run
  $ serverless-otlp redrive run --config forwarder.yaml --destination otlp_http/vendor
  $ serverless-otlp redrive run --config forwarder.yaml --state quarantine --reason 413

Exit codes: 0 nothing is left, 1 something is left or was set aside, 2 wrong usage, 130 interrupted.`,
    )
    .action(async (options: RunOptions) => {
      const { run } = await import('./redrive-run.ts');
      done(await run(options));
    });

const discardCommand = (done: Done, command: Command): Command =>
  withFilters(
    withStore(
      command
        .summary('remove objects for ever')
        .description('Removes objects from a dead-letter store. What was in them is lost for the destination.')
        .argument('[key...]', 'a key, or at least 4 digits of the SHA-256 at its end'),
    ),
    'default pending',
  )
    .option('--all', 'everything of the state')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'count only')
    .option('--json', 'the counts as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp redrive discard --store ./dead-letters --destination otlp_http/old --dry-run
  $ serverless-otlp redrive discard --store s3://otlp-dead-letters-123456789012 --state quarantine --until 30d --yes
  $ serverless-otlp redrive discard --store ./dead-letters 3f9a`,
    )
    .action(async (keys: string[], options: DiscardOptions) => {
      const { discard } = await import('./redrive-discard.ts');
      done(await discard(keys, options));
    });

/** The command `redrive` and what it can do; the code of each is loaded when it runs. */
export const redriveCommand = (done: Done, program: Command): Command => {
  const redrive = program
    .command('redrive')
    .summary('look at what waits in a dead-letter store, send it again, or discard it')
    .description(
      'Works on the dead-letter store of a forwarder, in S3 or in a folder: what its destinations did not take, lines that cannot be read, and events that Lambda gave up.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp redrive list --store s3://otlp-dead-letters-123456789012     what waits, and why
  $ serverless-otlp redrive run --config forwarder.yaml --dry-run                what would be sent
  $ serverless-otlp redrive run --config forwarder.yaml                          send it`,
    );
  listCommand(done, redrive.command('list'));
  showCommand(done, redrive.command('show'));
  runCommand(done, redrive.command('run'));
  discardCommand(done, redrive.command('discard'));
  return redrive;
};
