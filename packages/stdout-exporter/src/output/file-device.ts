import type { Device } from './write-line.ts';

/** As `process.getBuiltinModule` gives it: an `import` would touch `fs.promises` and load half of Node. */
export const fs = (): typeof import('node:fs') => process.getBuiltinModule('node:fs');

let cell: Int32Array | undefined;

/** Holds the thread up: the only way to wait in the middle of a synchronous write. */
const sleep = (ms: number): void => {
  cell ??= new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(cell, 0, 0, ms);
};

/** The device behind a file descriptor. */
export const fileDevice = (fd: number): Device => ({
  write: (bytes, offset) => fs().writeSync(fd, bytes, offset),
  sleep,
  now: () => performance.now(),
});
