import { expect, it } from 'vitest';
import { DEFAULT_RESERVE_MS, deadlinesOf } from './deadline.ts';

it.each([
  [60_000, 5_000, 55_000],
  [900_000, 5_000, 895_000],
  [25_000, 5_000, 20_000],
  [3_000, 5_000, 2_400],
  [60_000, 0, 60_000],
  [0, 5_000, 0],
])('D8: with %d ms left and a reserve of %d ms exporters may work for %d ms', (remainingMs, reserveMs, workMs) => {
  const context = { getRemainingTimeInMillis: (): number => remainingMs };
  expect(deadlinesOf(context, reserveMs, 1_000_000).deadline).toBe(1_000_000 + workMs);
});

it.each([
  [60_000, 5_000, 59_500],
  [900_000, 5_000, 899_500],
  [3_000, 5_000, 2_500],
  [60_000, 0, 60_000],
  [2_000, 5_000, 1_600],
  [100, 5_000, 80],
  [0, 5_000, 0],
])('D8: with %d ms left and a reserve of %d ms the store is tried for %d ms', (remainingMs, reserveMs, workMs) => {
  const context = { getRemainingTimeInMillis: (): number => remainingMs };
  expect(deadlinesOf(context, reserveMs, 1_000_000).storeUntil).toBe(1_000_000 + workMs);
});

it('D8: keeps 5 s free by default', () => {
  expect(DEFAULT_RESERVE_MS).toBe(5_000);
});
