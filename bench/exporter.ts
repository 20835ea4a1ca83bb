import type { Benchmark } from './benchmark.ts';
import { lineFigures } from './exporter-lines.ts';
import { type ModuleForm, type Sides, withSides } from './exporter-sides.ts';
import type { Figure } from './figure.ts';
import { type Both, cpuFigure, race, told } from './race.ts';

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

const AGAINST = 'the published exporter';

const initFigures = async (sides: Sides, rounds: number): Promise<readonly Figure[]> => {
  const figures: Figure[] = [];
  for (const [kind, atMost] of [
    ['unbundled', 0.25],
    ['bundled', 1],
  ] as const) {
    for (const form of ['require', 'import'] as const) {
      const times = await race([sides.ours, sides.published], rounds, (side) =>
        told([...LOAD[form], side[kind][form]]),
      );
      for (const both of times.values())
        figures.push(cpuFigure({ name: 'exporter_init', part: `${kind} ${form}`, atMost, against: AGAINST }, both));
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
  const cold = await race([ours, published], rounds, (side) =>
    told([child, sdkFolder, 'cold', '{}', side.unbundled.import]),
  );
  // Both in one process, in turns: most of it is the SDK's work, and the same for both.
  const warm: Both = [[], []];
  for (let round = 0; round < rounds / 3; round++) {
    const files = [ours.unbundled.import, published.unbundled.import];
    const swap = round % 2;
    if (swap === 1) files.reverse();
    const times = await told<number[][]>([child, sdkFolder, 'warm', '{}', ...files]);
    times.forEach((side, index) => warm[index === swap ? 0 : 1].push(...side));
  }
  return [...cold, ['warm', warm] as const].map(([part, both]) => {
    const limit = part === 'first' ? {} : { atMost: 1 };
    return cpuFigure({ name: 'exporter_invocation', part, ...limit, against: AGAINST }, both);
  });
};

/** Our exporter against the published one it can replace, in what users pay for: start, invocation, bytes. */
export const exporterBenchmark: Benchmark = ({ quick }) =>
  withSides(async (sides) => [
    ...(await initFigures(sides, quick ? 7 : 31)),
    ...(await invocationFigures(sides, quick ? 5 : 21)),
    ...(await lineFigures(sides)),
  ]);
