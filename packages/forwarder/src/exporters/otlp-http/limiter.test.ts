import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { limiter } from './limiter.ts';

it('R8: runs so many at once and no more, in order, also when some fail', async () => {
  const limit = limiter(3);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const tasks = Array.from({ length: 20 }, (_, index) =>
    limit(async () => {
      order.push(index);
      most = Math.max(most, ++running);
      await setImmediate();
      running--;
      if (index % 4 === 0) throw new Error(`task ${index}`);
      return index;
    }),
  );
  const results = await Promise.allSettled(tasks);
  expect(most).toBe(3);
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  // Its places are free again.
  await expect(Promise.all([1, 2, 3].map((n) => limit(() => Promise.resolve(n))))).resolves.toEqual([1, 2, 3]);
});
