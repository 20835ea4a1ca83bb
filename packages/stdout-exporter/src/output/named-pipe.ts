import { fileDevice, fs } from './file-device.ts';
import { type Device, writeAll } from './write-line.ts';

/** Pipes whose reader has stalled: nobody waits for it again until it takes something. */
const stalled = new Set<string>();

/** Writes one line; whether all of it is out. */
const writeOne = (path: string, device: Device, line: string, maxWaitMs: number): boolean => {
  const bytes = Buffer.from(`${line}\n`);
  const whole = writeAll(device, bytes, maxWaitMs, stalled.has(path)) === bytes.length;
  if (whole) stalled.delete(path);
  else stalled.add(path);
  return whole;
};

/**
 * Opens the pipe, writes these lines and closes it, so that its reader sees an end for each export; without lines it opens and
 * closes it (E5). Nothing is created: a missing pipe, one that nobody reads, and a path that is no pipe are refused alike.
 *
 * @returns how many of the lines the reader has got completely.
 */
export const writeToPipe = (path: string, lines: readonly string[], maxWaitMs: number): number => {
  const { closeSync, constants, fstatSync, openSync } = fs();
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    if (!fstatSync(fd).isFIFO()) return 0;
    const device = fileDevice(fd);
    let written = 0;
    for (const line of lines) {
      if (!writeOne(path, device, line, maxWaitMs)) break;
      written++;
    }
    return written;
  } catch {
    return 0;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
};
