/**
 * What the stdout exporter prints is there line by line or not at all, and it says how many lines are not: with slow and stalling
 * readers, when the process is killed, and when it is frozen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Findings, Progress, ReaderOrder } from './pipes/protocol.ts';
import { ended, openStage, type Stage } from './pipes/stage.ts';

const MILLION = 1_000_000;
/** Longer than any machine is busy. */
const PATIENT_MS = 60_000;
const STEADY: ReaderOrder = { pauseMs: 0, pauseBytes: Infinity };
/** Slower than the writer, by a little: the pipe is full nearly always. */
const SLOW: ReaderOrder = { pauseMs: 2, pauseBytes: 64 * 1024 };
/** Stalls now and then, for less than anybody waits. */
const STALLING: ReaderOrder = { pauseMs: 300, pauseBytes: 32 * 1024 * 1024 };

const stages: Stage[] = [];
afterAll(() => {
  for (const stage of stages.splice(0)) stage.close();
});
const stageOf = (kind: Parameters<typeof openStage>[0]): Stage => {
  const stage = openStage(kind);
  stages.push(stage);
  return stage;
};

const complete = (lines: number): Findings => ({ lines, droppedSaid: 0, last: lines - 1, wrong: [], rest: 0 });

/** Every line is there or counted, and what is there is whole. */
const expectExact = (findings: Findings, { attempts, written, dropped }: Progress): void => {
  expect(findings).toMatchObject({ lines: written, droppedSaid: dropped, last: attempts - 1, wrong: [], rest: 0 });
  expect(written + dropped).toBe(attempts);
};

describe.concurrent('a million lines', () => {
  it.each([
    ['a pipe that is slower than the writer', SLOW],
    ['a pipe whose reader stalls for less than the limit', STALLING],
  ])('E4: nothing is lost into %s', async (_, order) => {
    const stage = stageOf('pipe');
    const reader = await stage.startReader(order);
    const writer = stage.startWriter({ lines: MILLION, maxWaitMs: PATIENT_MS });
    expect(await reader.findings()).toEqual(complete(MILLION));
    expect(await writer.progress()).toEqual({ attempts: MILLION, written: MILLION, dropped: 0, done: true });
  });

  it('E4: nothing is lost into a file', async () => {
    const stage = stageOf('file');
    const writer = stage.startWriter({ lines: MILLION, maxWaitMs: 0 });
    expect(await writer.progress()).toMatchObject({ written: MILLION, dropped: 0 });
    expect(await (await stage.startReader(STEADY)).findings()).toEqual(complete(MILLION));
  });
});

describe('a reader that stalls for longer than the limit', () => {
  it.each(['pipe', 'socket'] as const)('E4: costs lines, every one of them counted: %s', async (kind) => {
    const stage = stageOf(kind);
    const reader = await stage.startReader({ pauseMs: 100, pauseBytes: 256 * 1024, largeBytes: 9000 });
    const writer = stage.startWriter({ lines: 100_000, maxWaitMs: 5, largeBytes: 9000, untilHeard: true });
    const findings = await reader.findings();
    expectExact(findings, await writer.progress());
    expect(findings.droppedSaid).toBeGreaterThan(0);
  });
});

/** Large lines take several writes, small ones are one. */
const LARGE_BYTES = 40_000;

describe('a writer that is killed', () => {
  it.each(['pipe', 'file'] as const)('E4: between exports leaves whole lines, and all of them: %s', async (kind) => {
    for (const lines of [1, 8, 50]) {
      const stage = stageOf(kind);
      const order = { ...SLOW, largeBytes: LARGE_BYTES };
      const reader = kind === 'pipe' ? await stage.startReader(order) : undefined;
      const writer = stage.startWriter({
        lines: MILLION,
        maxWaitMs: PATIENT_MS,
        stopEvery: lines,
        largeBytes: LARGE_BYTES,
      });
      await writer.progress(lines);
      writer.child.kill('SIGKILL');
      await ended(writer.child);
      const { findings } = reader ?? (await stage.startReader(order));
      expect(await findings()).toEqual(complete(lines));
    }
  });

  it.each([0, 20, 150])(
    'E4: anywhere leaves whole small lines, and all that it has exported: after %i ms',
    async (ms) => {
      const stage = stageOf('pipe');
      const reader = await stage.startReader({ pauseMs: 1, pauseBytes: 64 * 1024 });
      const writer = stage.startWriter({ lines: MILLION, maxWaitMs: PATIENT_MS, sayEvery: 50 });
      await writer.progress(50);
      await sleep(ms);
      writer.child.kill('SIGKILL');
      const { attempts } = await writer.progress();
      const findings = await reader.findings();
      expect(findings).toEqual(complete(findings.lines));
      expect(findings.lines).toBeGreaterThanOrEqual(attempts);
    },
  );
});

describe('a writer that is frozen', () => {
  it('E4: between exports, for longer than the limit, loses nothing', async () => {
    const stage = stageOf('pipe');
    const reader = await stage.startReader({ ...STEADY, largeBytes: LARGE_BYTES });
    const order = { lines: 30, maxWaitMs: 2000, stopEvery: 10, largeBytes: LARGE_BYTES };
    const writer = stage.startWriter(order);
    for (let stop = order.stopEvery; stop <= order.lines; stop += order.stopEvery) {
      await writer.progress(stop);
      writer.child.kill('SIGSTOP');
      await sleep(order.maxWaitMs + 200);
      writer.goOn();
      writer.child.kill('SIGCONT');
    }
    expect(await reader.findings()).toEqual(complete(order.lines));
  });

  it('E4: anywhere counts what it loses', async () => {
    const stage = stageOf('pipe');
    const reader = await stage.startReader({ ...SLOW, largeBytes: LARGE_BYTES });
    const writer = stage.startWriter({ lines: 20_000, maxWaitMs: 200, largeBytes: LARGE_BYTES, untilHeard: true });
    for (let freeze = 0; freeze < 5; freeze++) {
      await sleep(50);
      writer.child.kill('SIGSTOP');
      await sleep(400);
      writer.child.kill('SIGCONT');
    }
    expectExact(await reader.findings(), await writer.progress());
  });

  it('E4: while it waits for a reader does not count the time it did not have', async () => {
    const stage = stageOf('pipe');
    const reader = await stage.startReader({ ...STEADY, held: true });
    const writer = stage.startWriter({ lines: 3000, maxWaitMs: 5000, sayEvery: 10 });
    // The pipe is full: the writer waits.
    await writer.progress(100);
    await sleep(300);
    for (const signal of ['SIGSTOP', 'SIGCONT'] as const) {
      writer.child.kill(signal);
      await sleep(signal === 'SIGSTOP' ? 6000 : 200);
    }
    reader.begin();
    expect(await reader.findings()).toEqual(complete(3000));
  });
});
