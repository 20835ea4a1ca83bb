import { setTimeout as sleep } from 'node:timers/promises';

import type { RedriveReport, Report } from '@serverless-otlp/forwarder';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';

import { type AwsEmulator, createBucket, startAwsEmulator } from './aws-emulator.ts';
import { type Lambda, startLambda } from './lambda.ts';
import { errorsOf, expectAll, expectPending } from './outage-checks.ts';
import { eventOf, type Forward, linesOf, openWorld, SICK, type World, type WorldOptions } from './outage-world.ts';
import { waitFor } from './wait.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
/** More than the interval of a breaker, so that its next export is a probe. */
const PROBE_AFTER_MS = 400;
const RUN_WITHIN_MS = 20_000;
/** Far less than the timeout of one try, and than all tries together. */
const MAX_WAIT_MS = 4_000;
const NOT_SENT = 'not sent, the breaker is open';

/** An event and what became of it. */
interface Done {
  readonly lines: readonly string[];
  readonly report: Report;
}

let emulator: AwsEmulator;
beforeAll(async () => {
  for (const [name, value] of Object.entries({ ...CREDENTIALS, AWS_REGION: 'eu-north-1' })) vi.stubEnv(name, value);
  emulator = await startAwsEmulator();
});
afterAll(async () => {
  await emulator.close();
  vi.unstubAllEnvs();
});

const inBucket = async (): Promise<WorldOptions> => ({
  deadLetter: { s3: { bucket: await createBucket(emulator), endpoint: emulator.endpoint, force_path_style: true } },
});

describe.each([
  { store: 'a folder', options: async (): Promise<WorldOptions> => Promise.resolve({}) },
  { store: 'S3', options: inBucket },
])('a Collector that is stopped before and during a run, dead letters in $store', ({ options }) => {
  it('D2, D22a: gets everything once: what it missed comes with the redrive', async () => {
    const world = await openWorld(await options());
    const forward = await world.environment();

    const errors: string[] = [];
    for (const seed of ['a', 'b', 'c']) {
      const report = await forward(linesOf(seed));
      expectPending(report);
      errors.push(...errorsOf(report));
    }
    expect(errors.join()).toContain('ECONNREFUSED');
    const inVain = await world.redrive();
    expect(inVain.destinations[SICK]).toMatchObject({ redriven: 0, items: 0, more: true });

    await world.sick.start();
    await sleep(PROBE_AFTER_MS);
    // One request of it is the probe; what comes beside it is not sent.
    await forward(linesOf('d'));
    expect(errorsOf(await forward(linesOf('e')))).toEqual([]);

    await world.sick.stop();
    for (const seed of ['f', 'g', 'h']) expectPending(await forward(linesOf(seed)));

    await world.sick.start();
    await world.redriveAll();
    await expectAll(world);
  });
});

describe('a Collector that ends or stands still in the middle of a run of many events', () => {
  const ENVIRONMENTS = 4;
  const EVENTS = 80;
  /** How many events have begun when it happens, and how many more before it is over. */
  const BEFORE = 16;
  const DURING = 24;

  const begun = async ({ sent }: World, events: number): Promise<void> => {
    const lines = events * linesOf('').length;
    await waitFor(`${events} events`, RUN_WITHIN_MS, () => (sent.length >= lines ? true : undefined));
  };

  /** Each environment takes the next event when it is done with one. */
  const runAll = async (environments: readonly Forward[]): Promise<readonly Done[]> => {
    const seeds = Array.from({ length: EVENTS }, (_, index) => `event ${index}`).values();
    const done: Done[] = [];
    const work = environments.map(async (forward) => {
      for (const seed of seeds) {
        const lines = linesOf(seed);
        done.push({ lines, report: await forward(lines) });
      }
    });
    await Promise.all(work);
    return done;
  };

  const start = async (sick = {}): Promise<{ readonly world: World; readonly run: Promise<readonly Done[]> }> => {
    const world = await openWorld();
    await world.configure(sick);
    await world.sick.start();
    const environments = await Promise.all(Array.from({ length: ENVIRONMENTS }, world.environment));
    const run = runAll(environments);
    run.catch(() => undefined);
    await begun(world, BEFORE);
    return { world, run };
  };

  /** The lines of those events that were sent, and of which nobody knows whether they arrived. */
  const uncertain = (done: readonly Done[], among: ReadonlySet<readonly string[]>): readonly string[] =>
    done
      .filter(({ lines, report }) => among.has(lines) && errorsOf(report).some((error) => !error.startsWith(NOT_SENT)))
      .flatMap(({ lines }) => lines);

  const redriven = async (world: World): Promise<void> => {
    expect(await world.storedKeys()).not.toEqual([]);
    await world.redriveAll();
  };

  it('D2, D22a: killed: everything arrives, and only what was in flight can be there twice', async () => {
    const { world, run } = await start();
    const inFlight = await world.during(world.sick.kill);
    expect(inFlight.size).toBeGreaterThan(0);
    await begun(world, BEFORE + DURING);
    await world.sick.start();
    const done = await run;
    await redriven(world);
    await expectAll(world, uncertain(done, inFlight));
  });

  it('D7a, D10: frozen: nobody waits for it, and only what it was sent meanwhile can be there twice', async () => {
    const { world, run } = await start({ retry: {} });
    const inFlight = await world.during(async () => {
      world.sick.freeze();
      await begun(world, BEFORE + DURING);
    });
    world.sick.thaw();
    const done = await run;
    for (const { report } of done) expect(report.durationMs).toBeLessThan(MAX_WAIT_MS);
    await redriven(world);
    await expectAll(world, uncertain(done, inFlight));
  });

  it('D9: restarted again and again: nothing is lost, and nothing is there twice', async () => {
    const { world, run } = await start();
    for (let restarts = 1; restarts <= 5; restarts++) {
      await world.sick.stop();
      await world.sick.start();
      await begun(world, BEFORE + restarts * 4);
    }
    await run;
    await world.redriveAll();
    await expectAll(world);
  });
});

describe('the deployment package under the real runtime client', () => {
  it('D2, D22a: keeps in S3 what a stopped Collector misses; its redrive brings all of it', async () => {
    const world = await openWorld(await inBucket());
    const lambdaOf = async (handler: string): Promise<Lambda> => {
      const { runtimeClient } = inject('parts');
      const env = { ...CREDENTIALS, OTLP_FORWARDER_CONFIG: world.file };
      const lambda = await startLambda({ node: process.execPath, runtimeClient, zip: inject('zip'), handler, env });
      onTestFinished(lambda.stop);
      return lambda;
    };
    const forwarder = await lambdaOf('index.handler');
    for (const seed of ['a', 'b', 'c']) {
      world.sent.push(...linesOf(seed));
      expect(await forwarder.invoke(eventOf(linesOf(seed)))).toHaveProperty('response');
    }
    expect(await world.storedKeys()).not.toEqual([]);

    await world.sick.start();
    const redrive = await lambdaOf('index.redrive');
    await waitFor('the redrive to bring all', RUN_WITHIN_MS, async () => {
      const result = await redrive.invoke({});
      expect(result).toHaveProperty('response.balanced', true);
      const { destinations } = (result as { readonly response: RedriveReport }).response;
      return destinations[SICK]?.remaining === 0 ? true : undefined;
    });
    await expectAll(world);
  });
});
