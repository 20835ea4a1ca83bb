import { Command, Option } from 'commander';
import { namedNumber, numberOf, numberWithin } from '../cost/numbers.ts';
import type { CostOptions } from './cost.ts';

/** The command `cost`; its code is loaded when it runs. */
export const costCommand = (done: (exitCode: number) => void): Command =>
  new Command('cost')
    .summary('what a month costs, per format, against a Collector in every function')
    .description(
      'Calculates a month on AWS of functions that print their telemetry: the lines in CloudWatch Logs, the forwarder, its logs, metrics and alarms, for each format of the stdout exporter; beside it, what a Collector as an extension of each function would add to them. List prices in USD without tax, of a dated table; nothing is asked of AWS. What your functions cost anyway, what leaves AWS and the free tier are left out.',
    )
    .requiredOption('--invocations <number>', 'of your functions in a month, such as 10M', numberOf)
    .option('--lines-per-invocation <number>', 'lines of telemetry', numberOf, 1)
    .addOption(
      new Option('--bytes-per-line <number>', 'mean bytes of a line; default a trace of ten spans in each format')
        .argParser(numberWithin(1, 1_000_000))
        .conflicts('sample'),
    )
    .option('--sample <file>', 'lines of your functions, - for standard input: measured in each format')
    .option('--duration-ms <number>', 'of an invocation of your functions', numberWithin(0, 900_000), 100)
    .option('--memory <mb>', 'of your functions', numberWithin(128, 10_240), 512)
    .option('--retention-days <number>', 'that log groups keep lines', numberWithin(1, 3653), 30)
    .option('--region <region>', 'AWS Region whose prices count', 'us-east-1')
    .option('--price <name=usd>', 'a price of your own; repeatable. --explain names them', namedNumber)
    .option('--assume <name=number>', 'another assumption; repeatable. --explain names them', namedNumber)
    .option('--explain', 'every assumption and every price with its source')
    .option('--json', 'everything as JSON, not rounded')
    .addHelpText(
      'after',
      `
Examples:
  $ serverless-otlp cost --invocations 10M --duration-ms 80 --memory 256
  $ serverless-otlp cost --invocations 10M --sample lines.log --region eu-west-1
  $ node app.js | serverless-otlp cost --invocations 1M --sample - --json
  $ serverless-otlp cost --invocations 10M --assume forwarder_ms=120 --price logs_ingested_gb=0.45 --explain`,
    )
    .action(async (options: CostOptions) => {
      const { cost } = await import('./cost.ts');
      done(await cost(options));
    });
