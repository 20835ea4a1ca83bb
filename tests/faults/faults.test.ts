/**
 * The fault suite: a world per seed, in which everything goes wrong and nothing may get lost.
 *
 * - This process is the world: five OTLP servers that misbehave (`world/behaviours.ts`), CloudWatch Logs and Lambda's asynchronous
 *   invocation (`world/aws.ts`), the folder of dead letters (`world/store-folder.ts`), the clock.
 * - Each child process is an execution environment (`environment/main.ts`): the real forwarder and redrive, made of a configuration
 *   file. It is killed, frozen, and finds its file system or its names out of order.
 * - Every item has an id that servers find in the bytes of a request. The world writes down who was told what and who took what
 *   (`world/record.ts`, `world/command.ts`), and computes from that alone what the promise allows.
 * - `world/check-command.ts` says what must hold of each invocation, `world/check-world.ts` what must hold in the end.
 * - `kill-points.test.ts` kills at every `await` there is; the other files here are small worlds with one thing wrong.
 *
 * The seeds are divided between this file and `faults-even.test.ts`, which runs beside it.
 *
 * FAULTS_SEEDS=100 runs a hundred worlds, FAULTS_FIRST_SEED=7 begins at the seventh, FAULTS_ITEMS=20000 makes them smaller.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SourcesFile, writeSources } from './kill-points/sources.ts';
import { seedsOf, violationsOf } from './world/run-seed.ts';

let sources: SourcesFile;
beforeAll(() => {
  sources = writeSources();
});
afterAll(() => sources.remove());

it.each(seedsOf('odd'))(
  'D1, D2, D3, D5a, D14, D16, D22a, D24, D26, D27: each item is delivered, stored or with its source, and no more often than promised (seed %i)',
  async (seed) => {
    expect(await violationsOf(seed, sources.path)).toEqual([]);
  },
);
