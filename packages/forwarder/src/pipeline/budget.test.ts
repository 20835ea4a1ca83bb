import { expect, it } from 'vitest';
import { inflateBudget, MAX_INVOCATION_BYTES } from './budget.ts';

it('D17: 32 MiB in all, unless told otherwise', () => {
  expect(MAX_INVOCATION_BYTES).toBe(33_554_432);
  expect(inflateBudget().allow(Infinity)).toBe(33_554_432);
});

it('D17: allows the smaller of what is asked and what is left, and never less than nothing', () => {
  const budget = inflateBudget(100);
  expect(budget.allow(30)).toBe(30);
  budget.spend(80);
  expect(budget.allow(30)).toBe(20);
  budget.spend(1_000);
  expect(budget.allow(30)).toBe(0);
  budget.spend(0);
  expect(budget.allow(30)).toBe(0);
});
