import { expect, it } from 'vitest';
import { interleaved, median, medianRatio } from './measure.ts';

it('the median is the middle, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 9])).toBe(3);
  expect(median([])).toBeNaN();
});

it('a ratio is taken within each round, so that a slow round does not count twice', () => {
  expect(medianRatio([2, 200, 6], [1, 100, 2])).toBe(2);
});

it('the sides take turns, forwards and backwards, and warm up first', async () => {
  const order: string[] = [];
  const side = (name: string) => (): void => void order.push(name);
  const times = await interleaved([side('a'), side('b')], { rounds: 2, runs: 2, warmups: 1, collect: false });
  expect(order.join('')).toBe('bbaaaabbbbaa');
  expect(times.map((values) => values.length)).toEqual([2, 2]);
});

it('waits for what is asynchronous', async () => {
  let done = 0;
  await interleaved([() => Promise.resolve().then(() => done++)], { rounds: 3, runs: 1, warmups: 0, collect: false });
  expect(done).toBe(3);
});
