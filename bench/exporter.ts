import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { Benchmark } from './benchmark.ts';
import { lineFigures } from './exporter-lines.ts';
import { type ModuleForm, type Side, type Sides, withSides } from './exporter-sides.ts';
import type { Figure } from './figure.ts';
import { median, medianRatio } from './measure.ts';

/** Plain JavaScript on the command line, loaded the way it is written. What it took is written to descriptor 3. */
const LOAD: Readonly<Record<ModuleForm, readonly string[]>> = {
  import: ['--input-type=module', '--eval', program('await import(process.argv[1])')],
  require: ['--input-type=commonjs', '--eval', program('require(process.argv[1])')],
};

function program(load: string): string {
  return `
    const before = process.cpuUsage();
    const { OTLPStdoutSpanExporter } = ${load};
    new OTLPStdoutSpanExporter();
    const { user, system } = process.cpuUsage(before);
    process.getBuiltinModule('fs').writeSync(3, JSON.stringify({ init: user + system }));
  `;
}

/** CPU times in microseconds that a process tells of itself. What it prints goes nowhere, at no cost but the call. */
const told = async <Times>(args: readonly string[]): Promise<Times> => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  return JSON.parse(await text(child.stdio[3] as Readable)) as Times;
};

type Start = (side: Side) => Promise<Readonly<Record<string, number>>>;

/** Both sides start in turns; for each name that they tell, the times of ours and of the published one, round by round. */
const race = async (
  { ours, published }: Sides,
  rounds: number,
  start: Start,
): Promise<ReadonlyMap<string, readonly [number[], number[]]>> => {
  const times = new Map<string, readonly [number[], number[]]>();
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    for (const side of order) {
      const found = await start(side === 0 ? ours : published);
      for (const [name, time] of Object.entries(found)) {
        const both = times.get(name) ?? [[], []];
        times.set(name, both);
        both[side].push(time);
      }
    }
  }
  return times;
};

const ms = (values: readonly number[]): string => (median(values) / 1000).toPrecision(3);

const figureOf = (
  name: string,
  part: string,
  [ours, published]: readonly [readonly number[], readonly number[]],
  atMost: number | undefined,
): Figure => ({
  name,
  part,
  value: medianRatio(ours, published),
  ...(atMost === undefined ? {} : { atMost }),
  note: `CPU against the published exporter: ${ms(ours)} against ${ms(published)} ms`,
});

const initFigures = async (sides: Sides, rounds: number): Promise<readonly Figure[]> => {
  const figures: Figure[] = [];
  for (const [kind, atMost] of [
    ['unbundled', 0.25],
    ['bundled', 1],
  ] as const) {
    for (const form of ['require', 'import'] as const) {
      const times = await race(sides, rounds, (side) => told([...LOAD[form], side[kind][form]]));
      for (const both of times.values()) figures.push(figureOf('exporter_init', `${kind} ${form}`, both, atMost));
    }
  }
  return figures;
};

/**
 * A handler's span and 20 below it, through the SDK and its batch processor, flushed at the end: `cold` with loading the exporter,
 * `warm` when the compiler has settled. `first` is `cold` without the loading; what one exporter loads then the other has loaded
 * before, hence no limit.
 */
const invocationFigures = async (sides: Sides, rounds: number): Promise<readonly Figure[]> => {
  const { child, sdkFolder, ours, published } = sides;
  const cold = await race(sides, rounds, (side) => told([child, sdkFolder, 'cold', '{}', side.unbundled.import]));
  // Both in one process, in turns: most of it is the SDK's work, and the same for both.
  const warm: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds / 3; round++) {
    const files = [ours.unbundled.import, published.unbundled.import];
    const swap = round % 2;
    if (swap === 1) files.reverse();
    const times = await told<number[][]>([child, sdkFolder, 'warm', '{}', ...files]);
    times.forEach((side, index) => warm[index === swap ? 0 : 1].push(...side));
  }
  return [...cold, ['warm', warm] as const].map(([part, both]) =>
    figureOf('exporter_invocation', part, both, part === 'first' ? undefined : 1),
  );
};

/** Our exporter against the published one it can replace, in what users pay for: start, invocation, bytes. */
export const exporterBenchmark: Benchmark = ({ quick }) =>
  withSides(async (sides) => [
    ...(await initFigures(sides, quick ? 7 : 31)),
    ...(await invocationFigures(sides, quick ? 5 : 21)),
    ...(await lineFigures(sides)),
  ]);
