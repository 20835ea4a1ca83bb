import type { LineState } from './line-state.ts';

/** Something that takes bytes at once: a file descriptor, or a test. */
export interface Device {
  /** Writes some of `bytes` from `offset` on and tells how many. @throws an error with the code of the system call. */
  readonly write: (bytes: Uint8Array, offset: number) => number;
  /** Holds the thread up for this long. */
  readonly sleep: (ms: number) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Sleeps double from one millisecond up to this: a pipe that drains is noticed soon, a dead one costs no processor. */
const MAX_SLEEP_MS = 16;

/** A busy machine wakes a sleeper late by less than this, in milliseconds. */
const MAX_OVERSLEPT_MS = 50;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** One attempt; 0 when the device is full. */
const attempt = (device: Device, bytes: Uint8Array, offset: number): number => {
  try {
    return device.write(bytes, offset);
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 0;
    if (codeOf(error) === 'EINTR') return attempt(device, bytes, offset);
    throw error;
  }
};

/**
 * Writes all of `bytes`, however short the writes are. Waits at most `maxWaitMs` altogether, and always tries once more after a
 * sleep: a process that was frozen meanwhile finds the clock far ahead and the reader ready.
 *
 * @param stalled the reader has stalled before: nobody waits for it until it takes something.
 * @returns the bytes that are out; less than all when the reader stalled or went away.
 */
export const writeAll = (device: Device, bytes: Uint8Array, maxWaitMs: number, stalled = false): number => {
  let out = 0;
  let waitedMs = 0;
  let sleepMs = 1;
  try {
    while (out < bytes.length) {
      const taken = attempt(device, bytes, out);
      out += taken;
      if (taken > 0) continue;
      if (waitedMs >= maxWaitMs || (stalled && out === 0)) break;
      const before = device.now();
      const restMs = Math.min(sleepMs, maxWaitMs - waitedMs);
      device.sleep(restMs);
      // What a frozen environment did not live through is no waiting: its reader was frozen as well.
      waitedMs += Math.min(Math.max(device.now() - before, 0.5), restMs + MAX_OVERSLEPT_MS);
      sleepMs = Math.min(2 * sleepMs, MAX_SLEEP_MS);
    }
  } catch {
    // EPIPE, ENOSPC, EIO …: nothing a function should hear about more than that its line is not out.
  }
  return out;
};

/** Writes what is left of an interrupted line; whether nothing is left. */
export const finishLine = (state: LineState, device: Device, maxWaitMs: number): boolean => {
  if (state.rest === undefined) return true;
  const out = writeAll(device, state.rest, maxWaitMs, state.stalled);
  state.rest = out < state.rest.length ? state.rest.subarray(out) : undefined;
  state.stalled = state.rest !== undefined;
  return !state.stalled;
};

/** The line as it goes out: with the number of lines lost before it, and its line feed. */
const bytesOf = (line: string, dropped: number): Uint8Array =>
  Buffer.from(dropped === 0 ? `${line}\n` : `${line.slice(0, -1)},"dropped":${dropped}}\n`);

/**
 * Writes one line completely or not at all (E4). A line that the reader stopped in the middle of is finished before the next one
 * begins; a line that was not begun when the wait was over is dropped, and the next one says how many were.
 *
 * @param line an object as JSON.
 * @param maxWaitMs how long to wait for a reader that stalls; not at all for one that has stalled before and not read since.
 * @returns whether the line is out, or begun.
 */
export const writeLine = (state: LineState, device: Device, line: string, maxWaitMs: number): boolean => {
  if (!finishLine(state, device, maxWaitMs)) {
    state.dropped++;
    return false;
  }
  const bytes = bytesOf(line, state.dropped);
  const out = writeAll(device, bytes, maxWaitMs, state.stalled);
  state.stalled = out < bytes.length;
  if (out === 0) {
    state.dropped++;
    return false;
  }
  state.dropped = 0;
  if (out < bytes.length) state.rest = bytes.subarray(out);
  return true;
};
