import { expect, it } from 'vitest';
import { createTracker } from './tracker.ts';

it('D28: tells how far it is over all log groups, by time, lines and items', () => {
  let delivered = 0;
  const tracker = createTracker(2, () => delivered);
  tracker.begin(1_000, 2_000);
  expect(tracker.howFar()).toBeUndefined();
  tracker.onRead('/a', { lines: 5, bytes: 50 }, 1_500);
  expect(tracker.howFar()).toEqual({ logGroup: '/a', doneMs: 1_500, part: 0.25, lines: 5, items: 0 });
  delivered = 7;
  tracker.onRead('/a', { lines: 9, bytes: 90 }, 2_000);
  tracker.onRead('/b', { lines: 1, bytes: 10 }, 1_200);
  expect(tracker.howFar()).toEqual({ logGroup: '/b', doneMs: 1_200, part: 0.6, lines: 10, items: 7 });
  expect(tracker.counts()).toEqual({ '/a': { lines: 9, bytes: 90 }, '/b': { lines: 1, bytes: 10 } });
});
