import { expect, it } from 'vitest';
import { droppedOf } from './dropped.ts';

it.each([1, 7, 1_000_000_000])('E4: %d lines that were not written are counted', (dropped) => {
  expect(droppedOf({ dropped })).toEqual({ dropped });
});

it.each([0, -1, 1.5, NaN, Infinity, 1_000_000_001, '7', null, undefined, {}])('E4: %j is no count', (dropped) => {
  expect(droppedOf({ dropped })).toEqual({});
});
