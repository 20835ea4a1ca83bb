/**
 * The store out of order, two redrives at once, an object that kills whoever reads it, objects of nobody.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type SourcesFile, writeSources } from './kill-points/sources.ts';
import { plantOldLetters, UNKNOWN } from './kill-points/planting.ts';
import { type Aws, awsOf } from './world/aws.ts';
import { type Behaviour, BEHAVIOURS, HEALTHY } from './world/behaviours.ts';
import { checkCommand } from './world/check-command.ts';
import { checkEnd } from './world/check-world.ts';
import { type EventSource, eventSource, type WorldEvent } from './world/events.ts';
import { drainAll } from './world/phases.ts';
import type { Breakage, StoredLetter } from './world/store-folder.ts';
import { startWorld, type World } from './world/world.ts';

let sources: SourcesFile;
beforeAll(() => {
  sources = writeSources();
});
afterAll(() => sources.remove());

interface Scene {
  readonly world: World;
  readonly aws: Aws;
  readonly source: EventSource;
  readonly events: (count: number) => readonly WorldEvent[];
  /** The faults are over; what must not have happened, at the end of everything. */
  readonly finish: () => Promise<readonly string[]>;
}

const sceneOf = async (seed: number): Promise<Scene> => {
  const world = await startWorld({ seed, sources: sources.path });
  onTestFinished(() => world.close());
  const aws = awsOf(world, (command) => checkCommand(world, command));
  const source = eventSource(world.random, 0, () => '');
  const events = (count: number): readonly WorldEvent[] =>
    Array.from({ length: count }, () => source.mixed(world.nowMs()));
  const finish = async (): Promise<readonly string[]> => {
    for (const { name } of world.destinations) await world.behave(name, HEALTHY);
    world.breakStore(undefined);
    await drainAll(world, aws);
    checkEnd(world, aws);
    return world.violations;
  };
  return { world, aws, source, events, finish };
};

const behaviour = (name: string): Behaviour => {
  const found = BEHAVIOURS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no behaviour ${name}`);
  return found;
};

const spoilAll = async (world: World, how: Behaviour): Promise<void> => {
  for (const { name } of world.destinations) await world.behave(name, how);
};

const pendingLetters = (world: World, name: string): readonly StoredLetter[] =>
  world.store
    .contents()
    .letters.filter(({ state, destination }) => state === 'pending' && destination === `otlp_http/${name}`);

const BREAKAGES: readonly Breakage[] = ['root', 'pending', 'quarantine'];

describe('the store is out of order', () => {
  it.each(BREAKAGES)('D3: %s, and all destinations are well: only lines that cannot be read go back', async (how) => {
    const { world, aws, events, finish } = await sceneOf(11);
    world.breakStore(how);
    await aws.deliver(events(3), { concurrency: 1 });
    const statuses = new Set(world.commands.map(({ status }) => status));
    // Each event has such a line; the folder of the pending letters is none of theirs.
    expect([...statuses]).toEqual([how === 'pending' ? 'done' : 'failed']);
    expect(await finish()).toEqual([]);
  });

  it('D3: and a destination as well: the event goes back, three times, and is redriven from where Lambda put it', async () => {
    const { world, aws, events, finish } = await sceneOf(12);
    world.breakStore('root');
    await world.behave('alpha', behaviour('503'));
    const given = events(2);
    await aws.deliver(given, { concurrency: 1 });
    expect(world.commands.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'failed'));
    world.breakStore(undefined);
    expect(world.store.contents().failures).toHaveLength(2);
    // The redrive cannot help yet; what is owed to alpha waits for it, the rest is with the others.
    await aws.redrive();
    expect(world.store.contents().failures).toHaveLength(0);
    expect(pendingLetters(world, 'alpha')).not.toEqual([]);
    expect(await finish()).toEqual([]);
  });

  it('D8: it comes back within the invocation: it is tried again, and nothing goes back', async () => {
    const { world, aws, events, finish } = await sceneOf(13);
    await world.behave('alpha', behaviour('503'));
    const file = { operation: 'rename', code: 'ENOSPC', times: 3 };
    await aws.deliver(events(2), { concurrency: 1, optionsFor: () => ({ faults: { file } }) });
    expect(world.commands.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(await finish()).toEqual([]);
  });

  it('D8: it does not: the handler is back before the timeout', async () => {
    const { world, aws, events, finish } = await sceneOf(14);
    await world.behave('alpha', behaviour('503'));
    const file = { operation: 'rename', code: 'ENOSPC', times: 1_000 };
    const started = performance.now();
    await aws.deliver(events(1), { concurrency: 1, optionsFor: () => ({ remainingMs: 2_000, faults: { file } }) });
    expect(performance.now() - started).toBeLessThan(3 * 2_000 + 3_000);
    expect(world.commands.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(await finish()).toEqual([]);
  });

  it('D22a: a redrive finds it so, says it, and sends nothing', async () => {
    const { world, aws, events, finish } = await sceneOf(15);
    await spoilAll(world, behaviour('500'));
    await aws.deliver(events(2), { concurrency: 1 });
    await spoilAll(world, HEALTHY);
    world.breakStore('root');
    const [command] = await aws.redrive();
    expect(command?.redrive?.errors?.join()).toContain('store');
    expect(command?.records).toEqual([]);
    expect(await finish()).toEqual([]);
  });
});

describe('the redrive', () => {
  it('D24: two at the same time lose nothing, and send each item at most twice', async () => {
    const { world, aws, events, finish } = await sceneOf(21);
    await spoilAll(world, behaviour('500'));
    await aws.deliver(events(20), { concurrency: 2 });
    await spoilAll(world, HEALTHY);
    world.advance(3_600_000);
    const commands = await aws.redrive({ remainingMs: 60_000 }, 2);
    expect(commands.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(world.destinations.flatMap(({ name }) => pendingLetters(world, name))).toEqual([]);
    expect(await finish()).toEqual([]);
  });

  it('D22b: an object that kills whoever sends it is set aside after three runs, and the others are sent', async () => {
    const { world, aws, events, finish } = await sceneOf(22);
    await world.behave('alpha', behaviour('500'));
    await aws.deliver(events(6), { concurrency: 1 });
    const letters = pendingLetters(world, 'alpha');
    const { key = '', ids = [] } = letters[4] ?? {};
    const deadly: Behaviour = {
      name: 'kills',
      decide: (asked) => {
        if (!asked.ids.includes(ids[0] ?? -1)) return HEALTHY.decide?.(asked) ?? { answer: {} };
        world.kill(asked.environment);
        return { answer: { fault: 'hang' } };
      },
    };
    await world.behave('alpha', deadly);
    for (let run = 0; run < 6; run++) {
      world.advance(3_600_000);
      // What the world makes of a run that may be killed, it has to know before.
      await aws.redrive({ remainingMs: 60_000, killAfterMs: 50_000 });
    }
    expect(pendingLetters(world, 'alpha')).toEqual([]);
    const killed = world.commands.filter(({ status }) => status === 'killed');
    expect(killed).toHaveLength(3);
    const aside = world.store.contents().letters.filter(({ state }) => state === 'quarantine');
    expect(aside.map((letter) => letter.key)).toContain(key.replace('pending/', 'quarantine/'));
    expect((await finish()).filter((text) => !text.includes('never refused what is in its quarantine'))).toEqual([]);
  });

  it('D22b: while an object kills whoever reads it, the others are sent all the same', async () => {
    const { world, aws, events, finish } = await sceneOf(26);
    await world.behave('alpha', behaviour('500'));
    await aws.deliver(events(6), { concurrency: 1 });
    await world.behave('alpha', HEALTHY);
    const { key = '' } = pendingLetters(world, 'alpha')[4] ?? {};
    const file = { operation: 'open', path: key.split('/').at(-1) ?? '', code: 'kill', times: 1 };
    for (let run = 0; run < 6; run++) {
      world.advance(3_600_000);
      await aws.redrive({ remainingMs: 60_000, faults: { file } });
    }
    expect(pendingLetters(world, 'alpha').map((letter) => letter.key)).toEqual([key]);
    expect((await finish()).filter((text) => !text.includes('never refused what is in its quarantine'))).toEqual([]);
  });

  it('D22a: objects of a destination nobody configured are counted and left alone', async () => {
    const { world, aws, events, finish } = await sceneOf(23);
    await world.behave('alpha', behaviour('500'));
    await aws.deliver(events(1), { concurrency: 1 });
    const [letter] = world.store.contents().letters.filter(({ state }) => state === 'pending');
    const body = world.store.read(letter?.key ?? '');
    world.store.plant(UNKNOWN, body);
    expect(await finish()).toEqual([]);
    const [command] = await aws.redrive();
    expect(command?.redrive?.unknown).toEqual({ 'otlp_http/gone': 1 });
    expect(world.store.read(UNKNOWN).equals(body)).toBe(true);
  });

  it('D22a: what is too old moves to expired, and is not sent', async () => {
    const { world, aws, events, finish } = await sceneOf(24);
    await world.behave('alpha', behaviour('500'));
    await aws.deliver(events(1), { concurrency: 1 });
    await world.behave('alpha', HEALTHY);
    plantOldLetters(world, 'otlp_http/alpha', 3);
    world.advance(60_000);
    const [command] = await aws.redrive();
    expect(command?.redrive?.destinations['otlp_http/alpha']).toMatchObject({ found: 6, redriven: 3, expired: 3 });
    expect(await finish()).toEqual([]);
  });

  it('D22a: it goes on where the last run had to stop', async () => {
    const { world, aws, events, finish } = await sceneOf(25);
    await world.behave('alpha', behaviour('500'));
    await aws.deliver(events(30), { concurrency: 2 });
    await world.behave('alpha', { ...behaviour('slow'), decide: slowly(150) });
    world.advance(60_000);
    const before = pendingLetters(world, 'alpha').length;
    const [first] = await aws.redrive({ remainingMs: 1_200 });
    const between = pendingLetters(world, 'alpha').length;
    expect(first?.redrive?.destinations['otlp_http/alpha']).toMatchObject({ more: true });
    expect([between > 0, between < before]).toEqual([true, true]);
    expect(await finish()).toEqual([]);
  });
});

const slowly =
  (delayMs: number): NonNullable<Behaviour['decide']> =>
  ({ ids }) => ({ answer: { delayMs }, taken: ids, plain: true });
