import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newLineState } from './line-state.ts';
import { type Device, finishLine, writeLine } from './write-line.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** What a device does with one attempt: takes so many bytes, or fails. */
type Attempt = number | string;

interface Double extends Device {
  readonly text: () => string;
  readonly sleptMs: () => number;
}

/** A device that does as it is told, then takes everything; its clock moves only while somebody sleeps. */
const deviceOf = (attempts: readonly Attempt[], then: Attempt = Infinity): Double => {
  const left = [...attempts];
  const taken: Uint8Array[] = [];
  let clock = 0;
  return {
    write: (bytes, offset) => {
      const attempt = left.shift() ?? then;
      if (typeof attempt === 'string') throw failure(attempt);
      const part = bytes.subarray(offset, offset + attempt);
      taken.push(part);
      return part.length;
    },
    sleep: (ms) => {
      clock += ms;
    },
    now: () => clock,
    text: () => Buffer.concat(taken).toString(),
    sleptMs: () => clock,
  };
};

const LINE = '{"a":"some text"}';

describe('E4: a line', () => {
  it('goes out whole through short writes, a full device and an interrupted call', () => {
    const device = deviceOf([3, 'EAGAIN', 1, 'EINTR', 'EAGAIN', 5, 0]);
    expect(writeLine(newLineState(), device, LINE, 1000)).toBe(true);
    expect(device.text()).toBe(`${LINE}\n`);
    expect(device.sleptMs()).toBeLessThan(50);
  });

  it('is dropped when nothing of it went out within the wait, which is never exceeded', () => {
    const device = deviceOf([], 'EAGAIN');
    const state = newLineState();
    expect(writeLine(state, device, LINE, 1000)).toBe(false);
    expect(device.sleptMs()).toBe(1000);
    expect(state).toEqual({ rest: undefined, dropped: 1, stalled: true });
  });

  it('is counted in the next one that goes out, exactly and once', () => {
    const state = newLineState();
    const stalled = deviceOf([], 'EAGAIN');
    for (let i = 0; i < 3; i++) writeLine(state, stalled, LINE, 10);
    const device = deviceOf([]);
    writeLine(state, device, LINE, 10);
    writeLine(state, device, LINE, 10);
    expect(device.text()).toBe(`{"a":"some text","dropped":3}\n${LINE}\n`);
  });

  it('does not wait a second time for a reader that has stalled', () => {
    const device = deviceOf([], 'EAGAIN');
    const state = newLineState();
    for (let i = 0; i < 100; i++) writeLine(state, device, LINE, 1000);
    expect(device.sleptMs()).toBe(1000);
    expect(state.dropped).toBe(100);
  });

  it('waits again for a reader that has begun to read', () => {
    const state = { ...newLineState(), stalled: true };
    const device = deviceOf([4, ...Array<string>(20).fill('EAGAIN')]);
    expect(writeLine(state, device, LINE, 1000)).toBe(true);
    expect(device.text()).toBe(`${LINE}\n`);
    expect(state.stalled).toBe(false);
  });

  it('that was interrupted in the middle is finished before the next one, and is not dropped', () => {
    const state = newLineState();
    expect(writeLine(state, deviceOf([5], 'EAGAIN'), LINE, 10)).toBe(true);
    expect(writeLine(state, deviceOf([], 'EAGAIN'), '{"b":1}', 10)).toBe(false);
    const device = deviceOf([2, 'EAGAIN']);
    expect(writeLine(state, device, '{"c":1}', 10)).toBe(true);
    expect(device.text()).toBe(`${LINE.slice(5)}\n{"c":1,"dropped":1}\n`);
  });

  it('that was interrupted is finished by a flush, which waits no longer than a write', () => {
    const state = newLineState();
    writeLine(state, deviceOf([5], 'EAGAIN'), LINE, 10);
    const stalled = deviceOf([], 'EAGAIN');
    expect(finishLine(state, stalled, 10)).toBe(false);
    expect(stalled.sleptMs()).toBe(0);
    const device = deviceOf([]);
    expect(finishLine(state, device, 10)).toBe(true);
    expect(device.text()).toBe(`${LINE.slice(5)}\n`);
  });

  it.each(['EPIPE', 'ENOSPC', 'EIO', 'EBADF'])('is dropped without a word when the device fails with %s', (code) => {
    const device = deviceOf([], code);
    const state = newLineState();
    expect(writeLine(state, device, LINE, 1000)).toBe(false);
    expect(device.sleptMs()).toBe(0);
    expect(state.dropped).toBe(1);
  });

  it('gets one more chance when the clock jumped while the process was frozen', () => {
    let frozen = 0;
    const device = deviceOf(['EAGAIN']);
    const slept = { ...device, now: () => (frozen += 60_000) };
    expect(writeLine(newLineState(), slept, LINE, 1000)).toBe(true);
    expect(device.text()).toBe(`${LINE}\n`);
  });
});

describe('E4: whatever a device does', () => {
  const attempts = fc.array(fc.oneof(fc.nat({ max: 40 }), fc.constantFrom('EAGAIN', 'EINTR', 'EPIPE')), {
    maxLength: 80,
  });

  it('every line is complete or absent, in order, and the dropped ones are counted', () => {
    fc.assert(
      fc.property(attempts, fc.integer({ min: 1, max: 20 }), fc.nat({ max: 30 }), (given, lines, maxWaitMs) => {
        const device = deviceOf(given);
        const state = newLineState();
        const written = Array.from({ length: lines }, (_, id) => writeLine(state, device, `{"id":${id}}`, maxWaitMs));
        // What is still missing goes out with the last line, which nothing stops.
        for (let id = lines; ; id++) if (writeLine(state, device, `{"id":${id}}`, maxWaitMs)) break;
        while (!finishLine(state, device, maxWaitMs));
        const out = device
          .text()
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { readonly id: number; readonly dropped?: number });
        expect(out.slice(0, -1).map(({ id }) => id)).toEqual(written.flatMap((went, id) => (went ? [id] : [])));
        const lost = (out.at(-1)?.id ?? 0) + 1 - out.length;
        expect(out.reduce((sum, { dropped = 0 }) => sum + dropped, 0)).toBe(lost);
      }),
    );
  });
});
