import { expect, it } from 'vitest';
import { DEFAULT_RESERVE_MS, deadlineOf } from './deadline.ts';

it.each([
  [60_000, 5_000, 55_000],
  [900_000, 5_000, 895_000],
  [25_000, 5_000, 20_000],
  [3_000, 5_000, 2_400],
  [60_000, 0, 60_000],
  [0, 5_000, 0],
])('D8: with %d ms left and a reserve of %d ms exporters may work for %d ms', (remainingMs, reserveMs, workMs) => {
  const context = { getRemainingTimeInMillis: (): number => remainingMs };
  expect(deadlineOf(context, reserveMs, 1_000_000)).toBe(1_000_000 + workMs);
});

it('D8: keeps 5 s free by default', () => {
  expect(DEFAULT_RESERVE_MS).toBe(5_000);
});
