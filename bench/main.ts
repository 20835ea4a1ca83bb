/**
 * Ratios of CPU time, measured side by side in one run, against the limits the project sets itself.
 *
 *   npm run bench -- [--json] [--quick] [--only relay,small,memory,start,growth,isolation,redrive,exporter,lambda]
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BENCHMARKS, type BenchmarkName } from './benchmark.ts';
import { type Figure, figuresToJson, figuresToTable, keepsLimit } from './figure.ts';

const runner = fileURLToPath(new URL('run.ts', import.meta.url));

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

const optionsOf = (
  args: readonly string[],
): { readonly json: boolean; readonly quick: boolean; readonly only: readonly BenchmarkName[] } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
      },
    });
    const only = values.only?.split(',') ?? BENCHMARKS;
    const unknown = only.filter((name) => !(BENCHMARKS as readonly string[]).includes(name));
    if (unknown.length > 0) return fail(`unknown benchmark ${unknown.join(', ')}: there are ${BENCHMARKS.join(', ')}`);
    return { json: values.json, quick: values.quick, only: BENCHMARKS.filter((name) => only.includes(name)) };
  } catch (error) {
    return fail(`${(error as Error).message}\noptions: --json, --quick, --only ${BENCHMARKS.join(',')}`);
  }
};

/** Nothing of the caller's own telemetry settings reaches what is measured. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:OTEL_|OTLP_|AWS_|NODE_OPTIONS$|NODE_COMPILE_CACHE$)/.test(name),
    ),
  );

const run = (name: BenchmarkName, quick: boolean): Promise<readonly Figure[]> =>
  new Promise((resolve, reject) => {
    const child = fork(runner, [name, quick ? 'quick' : 'full'], {
      execArgv: ['--conditions=@serverless-otlp/source', '--expose-gc'],
      env: environment(),
      // Report lines are written, to nowhere: what stands behind standard output, and its cost, is the platform's.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let figures: readonly Figure[] | undefined;
    child.on('message', (message) => (figures = message as readonly Figure[]));
    child.on('error', reject);
    child.on('close', (code) => {
      if (figures !== undefined && code === 0) resolve(figures);
      else reject(new Error(`benchmark ${name} failed with exit code ${String(code)}`));
    });
  });

const { json, quick, only } = optionsOf(process.argv.slice(2));
const missed: string[] = [];
const found: Record<string, unknown> = {};
for (const name of only) {
  const figures = await run(name, quick);
  found[name] = figuresToJson(figures);
  if (!json) console.log(figuresToTable(name, figures));
  missed.push(...figures.filter((figure) => !keepsLimit(figure)).map((figure) => figuresToTable(name, [figure])));
}
if (json) console.log(JSON.stringify(found));
if (missed.length > 0) {
  console.error(`limits missed:\n${missed.join('\n')}`);
  process.exitCode = 1;
}
