import { writeSync } from 'node:fs';
import type { Report } from './pipeline/report.ts';

/** How often a full pipe is tried again, 1 ms apart, before the line is given up. */
const MAX_WAITS = 1_000;

/**
 * Writes one line to file descriptor 1 itself: `console` would wrap it, and Node's stream may lose it when the environment
 * freezes. Short writes and a full pipe are waited for.
 */
export const writeLine = (line: string): void => {
  const bytes = Buffer.from(`${line}\n`);
  let written = 0;
  for (let waits = 0; written < bytes.length && waits < MAX_WAITS;) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      waits++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
};

/** How loud a report is: errors are telemetry set aside, or counts that do not add up; warnings are what is still owed or refused. */
const levelOf = ({ balanced, lines, quarantined, errors, unrouted }: Report): 'INFO' | 'WARN' | 'ERROR' =>
  !balanced || lines.quarantined > 0 || quarantined !== undefined
    ? 'ERROR'
    : errors !== undefined || unrouted !== undefined
      ? 'WARN'
      : 'INFO';

/** One JSON line per invocation on standard output (D26). Its keys are ours, so it can never look like an envelope (D21). */
export const writeReport = (report: Report): void => {
  writeLine(JSON.stringify({ level: levelOf(report), message: 'otlp forwarder report', ...report }));
};
