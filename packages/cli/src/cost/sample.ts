import { counted } from '@serverless-otlp/dev-server';
import { MAX_MESSAGE_BYTES } from '../forward/subscription-event.ts';
import type { Input } from '../sources/inputs.ts';
import { linesOf, textOfLine } from '../sources/lines.ts';
import { decodeLine } from '../sources/telemetry-line.ts';
import { bytesUntil } from '../sources/until.ts';
import { type Format, FORMATS, lineBytes } from './formats.ts';

/** What lines of a log say about lines of telemetry. */
export interface Sample {
  /** Lines that hold telemetry. */
  readonly lines: number;
  /** Other lines: they cost the same either way and are not counted. */
  readonly others: number;
  /** Lines that claim to be telemetry and cannot be read. */
  readonly unreadable: number;
  /** Mean bytes of a line: as it stands there, and in each format. */
  readonly bytes: Readonly<Record<Format | 'sample', number>>;
}

/** The writer's service name; the length of a line depends on it a little. */
const sourceOf = (text: string): string => /"source":"((?:[^"\\]|\\.){1,200})"/.exec(text)?.[1] ?? 'service';

/** Reads a sample to its end, one line at a time, and encodes each request in every format. */
export const measure = async (input: Input, signal: AbortSignal): Promise<Sample> => {
  let [lines, others, unreadable] = [0, 0, 0];
  const totals: Record<Format | 'sample', number> = { sample: 0, compatible: 0, compact: 0, otlp_json: 0 };
  for await (const chunk of linesOf(bytesUntil(input, signal), MAX_MESSAGE_BYTES))
    for (const line of chunk) {
      const text = textOfLine(line);
      const decoded = decodeLine(text);
      if (decoded === undefined || 'ignored' in decoded) others += text.trim() === '' ? 0 : 1;
      else if ('request' in decoded) {
        lines += 1;
        totals.sample += Buffer.byteLength(text);
        const bytes = lineBytes(decoded.request, sourceOf(text));
        for (const format of FORMATS) totals[format] += bytes[format];
      } else unreadable += 1;
    }
  const mean = (total: number): number => (lines === 0 ? 0 : total / lines);
  const { sample, compatible, compact, otlp_json } = totals;
  const bytes = {
    sample: mean(sample),
    compatible: mean(compatible),
    compact: mean(compact),
    otlp_json: mean(otlp_json),
  };
  return { lines, others, unreadable, bytes };
};

/** What was measured, in one sentence. */
export const sampleText = ({ lines, others, unreadable }: Sample): string =>
  `Measured on ${counted(lines, 'line')} of telemetry; ${counted(others, 'other line')} left out` +
  (unreadable === 0 ? '.' : `, and ${counted(unreadable, 'line')} that cannot be read.`);
