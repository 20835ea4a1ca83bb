import { expect, it } from 'vitest';
import { inflateBudget, MAX_INVOCATION_BYTES } from './budget.ts';

it('D17: 24 MiB in all, unless told otherwise', () => {
  expect(MAX_INVOCATION_BYTES).toBe(25_165_824);
  expect(inflateBudget().allow(Infinity)).toBe(25_165_824);
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
