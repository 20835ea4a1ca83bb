import { terminalOf } from '@serverless-otlp/dev-server';
import { type Assumptions, assumptionsOf } from '../cost/assumptions.ts';
import { FORMATS, TYPICAL_LINE } from '../cost/formats.ts';
import { collectorBill, linesBill, type Usage } from '../cost/model.ts';
import { assumptionsText, pricesText } from '../cost/notes.ts';
import { ageWarning, givenPrices, type PriceList, priceListOf } from '../cost/price-list.ts';
import { measure, type Sample, sampleText } from '../cost/sample.ts';
import { type Column, tableText } from '../cost/table.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';
import { inputsOf, typingHint } from '../sources/inputs.ts';

/** Options of `cost`. */
export interface CostOptions {
  readonly invocations: number;
  readonly linesPerInvocation: number;
  readonly bytesPerLine?: number;
  readonly sample?: string;
  readonly durationMs: number;
  readonly memory: number;
  readonly retentionDays: number;
  readonly region: string;
  readonly price?: ReadonlyMap<string, number>;
  readonly assume?: ReadonlyMap<string, number>;
  readonly explain?: boolean;
  readonly json?: boolean;
}

const INTERRUPTED = 130;

/** What the lines measure: as given, as measured, or as the project measured its own. */
const widthsOf = (
  { bytesPerLine }: CostOptions,
  sample: Sample | undefined,
): readonly (readonly [string, number])[] => {
  if (sample !== undefined)
    return [['as they are', sample.bytes.sample], ...FORMATS.map((format) => [format, sample.bytes[format]] as const)];
  if (bytesPerLine !== undefined) return [['lines', bytesPerLine]];
  return FORMATS.map((format) => [format, TYPICAL_LINE[format]]);
};

const basisOf = ({ bytesPerLine }: CostOptions, sample: Sample | undefined): string => {
  if (sample !== undefined) return sampleText(sample);
  return bytesPerLine === undefined
    ? 'A line is taken for a trace of ten spans; --sample measures yours.'
    : 'Lines as long as given; --sample measures yours in each format.';
};

interface Given {
  readonly prices: PriceList;
  readonly assumed: Assumptions;
}

interface Calculated extends Given {
  readonly usage: Usage;
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
}

const jsonText = ({ usage, columns, prices, notes, assumed }: Calculated): string =>
  `${JSON.stringify({
    region: prices.region,
    currency: 'USD',
    usage,
    ways: columns.map(({ name, bytesPerLine, bill }) => ({ name, bytesPerLine, usd: bill.usd, items: bill.items })),
    assumptions: Object.values(assumed),
    prices: prices.used(),
    notes,
  })}\n`;

const humanText = ({ columns, prices, notes, assumed }: Calculated, explain: boolean): string => {
  const told = explain
    ? `\nAssumptions:\n${assumptionsText(assumed)}\nPrices, USD, ${prices.region}:\n${pricesText(prices)}`
    : '';
  return `${tableText(columns, terminalOf(process.stdout))}\n${notes.join('\n')}\n${told}`;
};

const calculate = (options: CostOptions, given: Given, sample: Sample | undefined): Calculated => {
  const { invocations, linesPerInvocation, durationMs, memory: memoryMb, retentionDays, explain = false } = options;
  const usage = { invocations, linesPerInvocation, durationMs, memoryMb, retentionDays };
  const { prices, assumed } = given;
  const lines = widthsOf(options, sample).map(([name, bytesPerLine]) => ({
    name,
    bytesPerLine,
    bill: linesBill(usage, bytesPerLine, assumed, prices),
  }));
  const columns: readonly Column[] = [...lines, { name: 'in-function', bill: collectorBill(usage, assumed, prices) }];
  const isPartly = columns.some(({ bill }) => bill.items.some(({ usd }) => usd === undefined));
  const notes = [
    basisOf(options, sample),
    `List prices of ${prices.region}, without tax and free tier. "in-function" is what a Collector adds to your functions.`,
    ...(isPartly ? ['"?": no price of it was found for this Region; the sum is without it.'] : []),
    ...(explain ? [] : ['--explain says what was assumed, and where each price is from.']),
  ];
  return { ...given, usage, columns, notes };
};

/** `serverless-otlp cost`: what a month costs. Asks nothing of AWS. Returns the exit code. */
export const cost = async (options: CostOptions): Promise<number> => {
  const given = {
    prices: priceListOf(options.region, givenPrices(options.price ?? new Map())),
    assumed: assumptionsOf(options.assume ?? new Map(), options.memory),
  };
  const [input] = options.sample === undefined ? [] : inputsOf([options.sample]);
  using interruption = onInterruption();
  const [stdout, stderr] = [outputTo(process.stdout), outputTo(process.stderr)];
  if (input !== undefined) await stderr.write(typingHint([input]));
  const sample = input === undefined ? undefined : await measure(input, interruption.signal);
  if (interruption.signal.aborted) return INTERRUPTED;
  if (sample?.lines === 0) {
    await stderr.write(`error: the sample holds no line of telemetry. ${sampleText(sample)}\n`);
    return 1;
  }
  const calculated = calculate(options, given, sample);
  const warning = ageWarning(calculated.prices, Date.now());
  if (warning !== undefined) await stderr.write(`warning: ${warning}\n`);
  await stdout.write(options.json === true ? jsonText(calculated) : humanText(calculated, options.explain ?? false));
  return 0;
};
