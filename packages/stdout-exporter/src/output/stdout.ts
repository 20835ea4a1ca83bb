import { fileDevice, fs } from './file-device.ts';
import { type LineState, newLineState } from './line-state.ts';
import { type Device, finishLine, writeLine } from './write-line.ts';

const STDOUT = 1;

/**
 * A descriptor of standard output that never blocks. The flag belongs to the open file, which other processes share, so a pipe is
 * opened a second time; a file or a terminal does not stall. A socket cannot be opened again: Node makes it non-blocking itself
 * as soon as somebody looks at `process.stdout`, which in a worker thread has no descriptor.
 */
const openStdout = (): number => {
  const { closeSync, constants, fstatSync, openSync } = fs();
  try {
    const stat = fstatSync(STDOUT);
    if (!stat.isFIFO()) return (stat.isSocket() ? (process.stdout as { fd?: number }).fd : undefined) ?? STDOUT;
    const fd = openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).ino === stat.ino) return fd;
    closeSync(fd);
  } catch {
    // No /proc, or no permission: then writes wait as long as the system lets them.
  }
  return STDOUT;
};

interface Output {
  readonly device: Device;
  readonly state: LineState;
}

const SHARED = Symbol.for('@serverless-otlp/stdout-exporter 1');

const shared = (): Output => {
  const holder = globalThis as unknown as Record<symbol, Output | undefined>;
  return (holder[SHARED] ??= { device: fileDevice(openStdout()), state: newLineState() });
};

let finishesAtExit = false;

/** Writes one line to file descriptor 1; whether it is out. See {@link writeLine}. */
export const writeToStdout = (line: string, maxWaitMs: number): boolean => {
  const { device, state } = shared();
  const written = writeLine(state, device, line, maxWaitMs);
  if (state.rest !== undefined && !finishesAtExit) {
    finishesAtExit = true;
    process.once('exit', () => finishStdout(maxWaitMs));
  }
  return written;
};

/** Writes what a stalled reader left of a line. */
export const finishStdout = (maxWaitMs: number): void => {
  const { device, state } = shared();
  finishLine(state, device, maxWaitMs);
};

/** What is said when a reader took nothing for so long. */
export const stalled = (lines: number, maxWaitMs: number): string =>
  `standard output took no more within ${maxWaitMs} ms: ${lines} lines dropped`;
