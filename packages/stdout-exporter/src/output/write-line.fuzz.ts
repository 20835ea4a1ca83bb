import { newLineState } from './line-state.ts';
import { finishLine, writeLine } from './write-line.ts';

/** Each byte is what the device does with one attempt: above 250 it fails, otherwise it takes so many bytes. */
export const seeds: readonly Uint8Array[] = [
  Uint8Array.of(250, 250, 250),
  Uint8Array.of(1, 251, 2, 251, 251, 252, 3),
  Uint8Array.of(251, 251, 251, 251, 251, 251, 253, 5, 253, 251, 9),
];

const CODES: Readonly<Record<number, string>> = {
  251: 'EAGAIN',
  252: 'EINTR',
  253: 'EPIPE',
  254: 'ENOSPC',
  255: 'EAGAIN',
};

/** Whatever the device does: lines are complete or absent, in order, and the sum of what is told to be dropped is what is missing. */
export const fuzz = (bytes: Uint8Array): void => {
  let attempts = 0;
  const out: Uint8Array[] = [];
  const device = {
    write: (line: Uint8Array, offset: number): number => {
      const what = bytes[attempts++] ?? 250;
      const code = CODES[what];
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      out.push(line.subarray(offset, offset + what));
      return Math.min(what, line.length - offset);
    },
    sleep: () => undefined,
    now: () => attempts,
  };
  const state = newLineState();
  let last = 0;
  while (attempts < bytes.length || state.rest !== undefined || !writeLine(state, device, `{"id":${last}}`, 5)) {
    if (attempts < bytes.length) writeLine(state, device, `{"id":${last}}`, 5);
    else finishLine(state, device, 5);
    last++;
  }
  check(Buffer.concat(out).toString());
};

const check = (text: string): void => {
  let next = 0;
  for (const line of text.trimEnd().split('\n')) {
    const { id, dropped = 0 } = JSON.parse(line) as { readonly id: number; readonly dropped?: number };
    if (id < next) throw new Error('out of order');
    if (dropped > id - next) throw new Error('more is told to be dropped than is missing');
    next = id + 1;
  }
};
