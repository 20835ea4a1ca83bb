import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Side, Sides } from './exporter-sides.ts';
import { SINGLE_SPANS } from './exporter-spans.ts';
import type { Figure } from './figure.ts';

/** Bytes of the lines that a function prints, line feeds included: the spans are the same in every run. */
const lineBytes = async ({ child, sdkFolder }: Sides, side: Side, options: object): Promise<readonly number[]> => {
  const args = [child, sdkFolder, 'lines', JSON.stringify(options), side.unbundled.import];
  const env = { ...process.env, OTEL_SERVICE_NAME: 'checkout-orders' };
  const { stdout } = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  return (await text(stdout)).split('\n').flatMap((line) => (line === '' ? [] : [Buffer.byteLength(line) + 1]));
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Lines of 1, 10 and 21 spans, and of one span of each kind. */
export const lineFigures = async (sides: Sides): Promise<readonly Figure[]> => {
  const published = await lineBytes(sides, sides.published, {});
  const figures: Figure[] = [];
  for (const format of ['compatible', 'compact'] as const) {
    const ours = await lineBytes(sides, sides.ours, { format });
    if (ours.length !== 3 + SINGLE_SPANS.length || ours.length !== published.length)
      throw new Error(`${ours.length} lines against ${published.length}`);
    const figure = (spans: string, from: number, to: number, atMost: number): Figure => {
      const [some, others] = [sum(ours.slice(from, to)), sum(published.slice(from, to))];
      const note = `bytes against the published exporter: ${some} against ${others}`;
      return { name: 'line_bytes', part: `${format} ${spans}`, value: some / others, atMost, note };
    };
    const one = format === 'compact' ? 0.6 : 1;
    figures.push(figure('1', 0, 1, one), figure('10', 1, 2, 1), figure('21', 2, 3, 1));
    figures.push(figure('1 of each kind', 3, ours.length, one));
  }
  return figures;
};
