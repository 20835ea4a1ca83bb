import type { Metafile } from 'esbuild';
import type { Benchmark } from './benchmark.ts';
import type { ModuleForm } from './exporter-sides.ts';
import type { Figure } from './figure.ts';
import { type Deployed, type LambdaSides, withLambdaSides } from './lambda-sides.ts';
import { type Both, cpuFigure, race, told } from './race.ts';

const KB = 1024;

/** What goes on in the background after a start is over by then. */
const SETTLED_MS = 50;

/** Plain JavaScript on the command line, loaded the way it is written: a file, and what is there before the clock starts. */
const program = (form: ModuleForm): readonly string[] => {
  const load = form === 'import' ? 'await import' : 'require';
  const text = `
    const [, file, before] = process.argv;
    if (before !== undefined) ${load}(before);
    const began = process.cpuUsage();
    const { start } = ${load}(file);
    start();
    setTimeout(() => {
      const { user, system } = process.cpuUsage(began);
      process.getBuiltinModule('fs').writeSync(3, JSON.stringify({ init: user + system }));
      process.exit();
    }, ${SETTLED_MS});
  `;
  return [`--input-type=${form === 'import' ? 'module' : 'commonjs'}`, '--eval', text];
};

/** A file that is loaded, and then one that is loaded before the clock starts. */
type Loads = readonly string[];

/** One way to deploy a function. */
interface Start {
  readonly part: string;
  readonly form: ModuleForm;
  readonly sides: readonly [ours: Loads, reference: Loads];
  readonly atMost?: number;
}

/** The same for both forms of modules. */
const both = (
  loads: (deployed: Deployed, form: ModuleForm) => Loads,
  { ours, reference }: LambdaSides,
  of: Pick<Start, 'part' | 'atMost'>,
): readonly Start[] =>
  (['require', 'import'] as const).map((form) => ({
    ...of,
    part: `${of.part} ${form}`,
    form,
    sides: [loads(ours, form), loads(reference, form)],
  }));

/**
 * The API is its users' own, and in as many files as it has: unbundled, it is there before on both sides, or counts on both. A bundle
 * has it inside, and so has the layer.
 */
const startsOf = (sides: LambdaSides): readonly Start[] => [
  ...both(({ bundled }, form) => [bundled[form]], sides, { part: 'bundled', atMost: 1 }),
  ...both(({ api, unbundled }, form) => [unbundled[form], api[form]], sides, { part: 'unbundled', atMost: 0.25 }),
  ...both(({ unbundled }, form) => [unbundled[form]], sides, { part: 'unbundled + API' }),
  { part: 'layer + API', form: 'import', sides: [[sides.layer], [sides.reference.unbundled.import]], atMost: 0.25 },
];

const cpuFigures = async (sides: LambdaSides, rounds: number): Promise<readonly Figure[]> => {
  const figures: Figure[] = [];
  for (const { form, sides: loads, ...of } of startsOf(sides)) {
    const times = await race(loads, rounds, (files) => told([...program(form), ...files]));
    for (const found of times.values())
      figures.push(cpuFigure({ name: 'lambda_init', ...of, against: 'the published exporter and its SDK' }, found));
  }
  return figures;
};

/** Files of a bundle that one of them cannot do without. */
const loadedBy = ({ outputs }: Metafile, path: string, loaded: Set<string> = new Set()): ReadonlySet<string> => {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  for (const { kind, path: next } of outputs[path]?.imports ?? [])
    if (kind === 'import-statement' && next in outputs) loadedBy({ inputs: {}, outputs }, next, loaded);
  return loaded;
};

/** What the start loads, the API aside, which is its users' own; what the first line needs besides; and what few ever need. */
const byteFigures = (bundle: Metafile): readonly Figure[] => {
  const { outputs } = bundle;
  const paths = Object.keys(outputs);
  const start = loadedBy(bundle, paths.find((path) => outputs[path]?.entryPoint === '<stdin>') ?? '');
  const line = loadedBy(bundle, paths.find((path) => path.includes('line-writer')) ?? '');
  const bytes = (some: readonly string[]): number => some.reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  const api = [...start]
    .flatMap((path) => Object.entries(outputs[path]?.inputs ?? {}))
    .reduce((sum, [input, { bytesInOutput }]) => sum + (input.includes('@opentelemetry/api/') ? bytesInOutput : 0), 0);
  const figure = (part: string, value: number, note: string, atMost?: number): Figure => ({
    name: 'lambda_init',
    part,
    value: value / KB,
    ...(atMost === undefined ? {} : { atMost }),
    note,
  });
  const atStart = bytes([...start]);
  const withLine = bytes([...new Set([...start, ...line])]);
  return [
    figure('KB', atStart - api, 'minified: import, init and all triggers; without the API', 64),
    figure('KB with the API', atStart, 'the same with what it uses of the API, which a bundle has once'),
    figure('KB for the first line', withLine - atStart, 'loaded beside the start, before the first invocation'),
    figure(
      'KB late',
      bytes(paths) - withLine,
      'loaded when first used: metrics, logs, other formats, lines to be split',
    ),
  ];
};

/** A handler's span and 20 below it, warm, flushed at the end of each. */
const invocationFigure = async ({ child }: LambdaSides, processes: number): Promise<Figure> => {
  const both: Both = [[], []];
  for (let round = 0; round < processes; round++) {
    const times = await told<number[][]>([child, '20']);
    times.forEach((side, index) => both[index === 0 ? 0 : 1].push(...side));
  }
  return cpuFigure({ name: 'lambda_invocation', atMost: 1.2, against: 'the bare SDK with our exporter' }, both);
};

/** Our wrapper against what users had before: its start against the published exporter and its SDK, an invocation against none. */
export const lambdaBenchmark: Benchmark = ({ quick }) =>
  withLambdaSides(async (sides) => [
    ...byteFigures(sides.bundle),
    ...(await cpuFigures(sides, quick ? 7 : 31)),
    await invocationFigure(sides, quick ? 2 : 7),
  ]);
