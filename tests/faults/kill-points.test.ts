/**
 * Kills the forwarder and the redrive before and after every `await` in exporters, pipeline and dead letters, and checks that nothing
 * is lost and nothing is sent more often than promised. What is not passed by any recipe of `kill-points/recipes.ts` fails the suite.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf, randomOf } from '../../scripts/fuzz/random.ts';
import { BUCKET, type FakeS3, startFakeS3 } from './kill-points/fake-s3.ts';
import { openKeyTheatre } from './kill-points/keys.ts';
import { type SourcesFile, writeSources } from './kill-points/sources.ts';
import { openTheatre, type Passage, type Theatre } from './kill-points/theatre.ts';
import type { WorldOptions } from './world/world.ts';

const SEED = Number(process.env['FAULTS_FIRST_SEED'] ?? 1);

/** In case a point is passed by chance only. */
const MAX_TRIES = 5;

const AWS = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_REGION: 'eu-central-1',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

let sources: SourcesFile;
let bucket: FakeS3 | undefined;
beforeAll(() => {
  sources = writeSources();
});
afterAll(async () => {
  sources.remove();
  await bucket?.close();
});

const onFolder = (): WorldOptions => ({ seed: SEED, sources: sources.path });
const onS3 = (): WorldOptions => ({
  seed: SEED + 1,
  sources: sources.path,
  variables: AWS,
  storeOf: async (folder) => {
    bucket = await startFakeS3(folder);
    return { s3: { bucket: BUCKET, endpoint: bucket.url, force_path_style: true } };
  },
});

/** Both ends of these points; those at which nobody could be killed. */
const killAt = async <R>(
  theatre: Theatre<R>,
  passages: ReadonlyMap<number, readonly Passage<R>[]>,
  mine: (point: number) => boolean,
): Promise<readonly string[]> => {
  const random = randomOf(hashOf('nth', SEED));
  const missed: string[] = [];
  for (const [number, { file, line, text }] of sources.points.entries()) {
    if (!mine(number)) continue;
    for (const when of ['before', 'after'] as const) {
      const known = (passages.get(number) ?? []).filter((passage) => passage[when] > 0);
      let died = false;
      for (let tries = 0; !died && tries < MAX_TRIES * Math.min(1, known.length); tries++) {
        const { recipe, ...times } = known[tries % known.length] ?? { recipe: undefined, before: 0, after: 0 };
        const nth = tries === 0 ? 1 + random.below(times[when]) : 1;
        died = recipe !== undefined && (await theatre.die(recipe, number, when, nth));
      }
      if (!died) missed.push(`${when} ${file}:${line} ${text}`);
    }
  }
  return missed;
};

const isIn = (files: RegExp, point: number): boolean => files.test(sources.points[point]?.file ?? '');
const isOfS3 = (point: number): boolean => isIn(/\/(s3-|until-aborted)/, point);
const isOfKeys = (point: number): boolean => isIn(/\/(with-renewal|authenticated)\.ts$/, point);
const isOfFolder = (point: number): boolean => !isOfS3(point) && !isOfKeys(point);

/** Kills at these points, and tells what went wrong and what nobody passed. */
const carryOut = async <R>(
  theatre: Theatre<R>,
  mine: (point: number) => boolean,
): Promise<{ readonly violations: readonly string[]; readonly missed: readonly string[] }> => {
  const missed = await (async () => {
    try {
      return await killAt(theatre, await theatre.rehearse(), mine);
    } finally {
      await theatre.close();
    }
  })();
  return { violations: theatre.violations, missed };
};

describe('killed at every await', () => {
  it.concurrent.each([
    ['a folder', onFolder, (point: number) => isOfFolder(point) && point % 2 === 0],
    ['a folder, the other half', onFolder, (point: number) => isOfFolder(point) && point % 2 === 1],
    ['a bucket', onS3, isOfS3],
  ] as const)(
    'D1, D2, D3, D22a, D22b, D23, D24: nothing is lost, and nothing is sent more often than promised (the store is %s)',
    async (_, options, mine) => {
      const theatre = await openTheatre(options(), sources.points);
      expect(await carryOut(theatre, mine)).toEqual({ violations: [], missed: [] });
    },
  );

  it.concurrent('D4, D11: nothing is lost while it waits for a key or a token', async () => {
    const theatre = await openKeyTheatre(sources.path, sources.points);
    expect(await carryOut(theatre, isOfKeys)).toEqual({ violations: [], missed: [] });
  });
});
