import { expect, it } from 'vitest';
import { listed } from './pages.ts';

it('a list of empty pages that never ends is not read for ever', async () => {
  let pages = 0;
  const { items, more } = await listed(() => Promise.resolve({ items: [], next: `${(pages += 1)}` }), 10);
  expect([items, more, pages]).toEqual([[], true, 1_000]);
});

it('no more is kept than was asked for', async () => {
  expect(await listed(() => Promise.resolve({ items: [1, 2, 3], next: undefined }), 2)).toEqual({
    items: [1, 2],
    more: true,
  });
});
