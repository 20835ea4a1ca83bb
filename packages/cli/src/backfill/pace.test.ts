import { expect, it } from 'vitest';
import type { Chunk } from './chunks.ts';
import { createPace } from './pace.ts';

const LIMITS = { maxLines: 100, maxBytes: 1_000 };
const chunk = (lines: number, bytes: number, newestMs = 0): Chunk => ({
  lines: Array.from({ length: lines }, () => ({ id: '', logStream: '', timestamp: 0, message: '' })),
  bytes,
  last: true,
  newestMs,
});

it('D28: windows grow fourfold where nothing is, and never pass the end', () => {
  const pace = createPace(LIMITS);
  expect(pace.window(0, 1e12)).toEqual({ fromMs: 0, toMs: 900_000 });
  expect(pace.window(5, 6)).toEqual({ fromMs: 5, toMs: 6 });
  pace.fitted({ fromMs: 0, toMs: 900_000 }, chunk(0, 0));
  expect(pace.window(0, 1e12).toMs).toBe(3_600_000);
});

it('D28: windows aim at half of what is held at once, by lines or by bytes', () => {
  const pace = createPace(LIMITS, 1_000);
  pace.fitted({ fromMs: 0, toMs: 1_000 }, chunk(25, 0));
  expect(pace.window(0, 1e12).toMs).toBe(2_000);
  pace.fitted({ fromMs: 0, toMs: 2_000 }, chunk(1, 2_000));
  expect(pace.window(0, 1e12).toMs).toBe(500);
  pace.fitted({ fromMs: 0, toMs: 1 }, chunk(100, 0));
  expect(pace.window(0, 1e12).toMs).toBe(1);
});

it('D28: a window that holds too much ends at its newest line, at half of it, or after a millisecond', () => {
  const pace = createPace(LIMITS, 1_000);
  pace.overflowed({ fromMs: 0, toMs: 1_000 }, chunk(200, 0, 300));
  expect(pace.window(0, 1e12).toMs).toBe(300);
  pace.overflowed({ fromMs: 0, toMs: 300 }, chunk(200, 0, 299));
  expect(pace.window(0, 1e12).toMs).toBe(150);
  pace.overflowed({ fromMs: 0, toMs: 150 }, chunk(200, 0, 0));
  expect(pace.window(0, 1e12).toMs).toBe(1);
});
