import { expect, it } from 'vitest';
import { sideBySide } from './side-by-side.ts';

const never = new AbortController().signal;

it('D28: does so many jobs at once, in order', async () => {
  let [under, most] = [0, 0];
  const begun: number[] = [];
  const all = await sideBySide([1, 2, 3, 4, 5], 2, never, async (job) => {
    begun.push(job);
    most = Math.max(most, ++under);
    await Promise.resolve();
    under--;
  });
  expect([all, most, begun]).toEqual([true, 2, [1, 2, 3, 4, 5]]);
  expect(await sideBySide([], 2, never, () => Promise.reject(new Error('no job')))).toBe(true);
});

it('D28: after a failure begins nothing, waits for what is under way, and throws the first', async () => {
  const done: number[] = [];
  const work = async (job: number): Promise<void> => {
    if (job === 1) throw new Error('first');
    await new Promise((resolve) => setTimeout(resolve, 5));
    done.push(job);
    if (job === 2) throw new Error('second');
  };
  await expect(sideBySide([1, 2, 3, 4], 2, never, work)).rejects.toThrow('first');
  expect(done).toEqual([2]);
});

it('D28: begins nothing once interrupted, and says that not all was done', async () => {
  const controller = new AbortController();
  const done: number[] = [];
  const all = await sideBySide([1, 2, 3, 4], 2, controller.signal, async (job) => {
    controller.abort();
    await Promise.resolve();
    done.push(job);
  });
  expect([all, done]).toEqual([false, [1]]);
});
