import { writeSync } from 'node:fs';
import { metricsOf } from './metrics.ts';
import type { Report } from './pipeline/report.ts';

/** How often a full pipe is tried again, 1 ms apart, before the line is given up. */
const MAX_WAITS = 1_000;

/** What JSON leaves as it is and a terminal takes for a command: C1 controls, and characters that turn the direction of text. */
const UNESCAPED = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (json: string): string =>
  json.replace(UNESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Writes one line of JSON to file descriptor 1 itself: `console` would wrap it, and Node's stream may lose it when the environment
 * freezes. Short writes and a full pipe are waited for.
 */
export const writeLine = (line: string): void => {
  const bytes = Buffer.from(`${escaped(line)}\n`);
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
    : errors !== undefined || unrouted !== undefined || lines.returned !== undefined || lines.dropped !== undefined
      ? 'WARN'
      : 'INFO';

/**
 * A report as a line of JSON, and its metrics (D26): the first of them in the same line, which costs a warm invocation least, each of
 * the others in a line of its own, because a line in CloudWatch's format has one value per dimension.
 */
export const writeWithMetrics = (report: object, [first, ...others]: readonly string[]): void => {
  const line = JSON.stringify(report);
  const lines = first === undefined ? [line] : [`${line.slice(0, -1)},${first}}`, ...others.map((one) => `{${one}}`)];
  writeLine(lines.join('\n'));
};

/**
 * One JSON line per invocation on standard output, with its metrics when they have a namespace (D26). Their keys are ours, so none can
 * ever look like an envelope (D21).
 */
export const writeReport = (report: Report, namespace?: string): void => {
  const metrics = namespace === undefined ? [] : metricsOf(report, namespace, Date.now());
  writeWithMetrics({ level: levelOf(report), message: 'otlp forwarder report', ...report }, metrics);
};
