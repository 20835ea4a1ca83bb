/** The other half of `faults.test.ts`. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SourcesFile, writeSources } from './kill-points/sources.ts';
import { seedsOf, violationsOf } from './world/run-seed.ts';

let sources: SourcesFile;
beforeAll(() => {
  sources = writeSources();
});
afterAll(() => sources.remove());

it.each(seedsOf('even'))(
  'D1, D2, D3, D5a, D14, D16, D22a, D24, D26, D27: each item is delivered, stored or with its source, and no more often than promised (seed %i)',
  async (seed) => {
    expect(await violationsOf(seed, sources.path)).toEqual([]);
  },
);
