import type { InnerFaults } from '../environment/protocol.ts';
import type { Aws } from '../world/aws.ts';
import { type Behaviour, BEHAVIOURS, HEALTHY } from '../world/behaviours.ts';
import type { CommandOptions, CommandRecord } from '../world/command.ts';
import type { EventSource } from '../world/events.ts';
import type { World } from '../world/world.ts';
import { plantFailures, plantLetters, plantOldLetters, UNKNOWN } from './planting.ts';

/** Where recipes are carried out. */
export interface Stage {
  readonly world: World;
  readonly aws: Aws;
  readonly source: EventSource;
}

/** A situation in which many kill points are passed. */
export interface Recipe {
  readonly name: string;
  prepare(stage: Stage): Promise<void>;
  /** The command in which they are passed, and what AWS does after it. */
  run(stage: Stage, faults: InnerFaults): Promise<CommandRecord>;
}

const behaviour = (name: string): Behaviour => {
  const found = BEHAVIOURS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no behaviour ${name}`);
  return found;
};

/** Takes two requests, fails the next two, and takes the rest: a redrive pauses and goes on. */
const hesitant = (): Behaviour => {
  let asked = 0;
  return {
    name: 'hesitant',
    decide: (request) => {
      asked++;
      return asked === 3 || asked === 4 ? { answer: { status: 503 } } : (HEALTHY.decide?.(request) ?? { answer: {} });
    },
  };
};

const behaveAll = async ({ world }: Stage, behaviours: Readonly<Record<string, Behaviour>>): Promise<void> => {
  for (const { name } of world.destinations) await world.behave(name, behaviours[name] ?? HEALTHY);
};

/** All is well again. */
export const heal = (stage: Stage): Promise<void> => behaveAll(stage, {});

/** Delivers an event, the faults being there at its first try. */
const deliverOne = async (world: World, aws: Aws, source: EventSource, faults: InnerFaults): Promise<CommandRecord> => {
  const first = world.commands.length;
  let tries = 0;
  await aws.deliver([source.mixed(world.nowMs())], {
    concurrency: 1,
    optionsFor: () => (tries++ === 0 ? { faults } : {}),
  });
  const command = world.commands[first];
  if (command === undefined) throw new Error('nothing was done');
  return command;
};

/** An event, and everything that can go wrong on its way. */
const forwarding: Recipe = {
  name: 'forwarding',
  prepare: async (stage) => {
    await behaveAll(stage, {
      alpha: behaviour('503'),
      gamma: behaviour('resets before'),
      delta: behaviour('413 above 20 items'),
      epsilon: behaviour('422 on one in fifty'),
    });
    stage.world.store.plant('.unfinished/abandoned', 'half an object', Date.now() - 7_200_000);
  },
  run: ({ world, aws, source }, faults) => {
    // The file system fails once as well.
    const file = { operation: 'rename', code: 'EIO', times: 1 };
    return deliverOne(world, aws, source, { ...faults, file });
  },
};

/** A destination that comes back while everybody waits for it: one asks, the others wait for what it says. */
const probing: Recipe = {
  name: 'probing',
  prepare: async (stage) => {
    const { world, aws, source } = stage;
    await behaveAll(stage, { alpha: behaviour('503') });
    await aws.deliver([source.mixed(world.nowMs())], { concurrency: 1 });
    await behaveAll(stage, { alpha: behaviour('slow') });
    world.advance(60_000);
  },
  run: ({ world, aws, source }, faults) => deliverOne(world, aws, source, faults),
};

/** Letters for everybody. */
const backlog = async (stage: Stage, events: number): Promise<void> => {
  const { world, aws, source } = stage;
  const refusing = behaviour('500');
  await behaveAll(stage, Object.fromEntries(world.destinations.map(({ name }) => [name, refusing])));
  const mixed = Array.from({ length: events }, () => source.mixed(world.nowMs()));
  await aws.deliver(mixed, { concurrency: 1 });
};

const redriveOnce = async ({ aws }: Stage, options: CommandOptions): Promise<CommandRecord> => {
  const [command] = await aws.redrive({ remainingMs: 60_000, ...options });
  if (command === undefined) throw new Error('nothing was done');
  return command;
};

/** A backlog of all destinations, and everything that can be wrong with it. */
const redriving: Recipe = {
  name: 'redriving',
  prepare: async (stage) => {
    const { world, aws, source } = stage;
    await backlog(stage, 2);
    plantLetters(world, 'otlp_http/alpha');
    plantOldLetters(world, 'otlp_http/alpha', 1);
    world.store.plant(UNKNOWN, 'nobody knows whose');
    aws.fail(source.mixed(world.nowMs()));
    aws.fail(source.mixed(world.nowMs()));
    plantFailures(world, world.store.contents().failures[0] ?? '');
    world.advance(60_000);
    await behaveAll(stage, {
      alpha: hesitant(),
      beta: behaviour('503'),
      delta: behaviour('413 above 20 items'),
      epsilon: behaviour('422 on one in fifty'),
    });
  },
  run: (stage, faults) => redriveOnce(stage, { faults }),
};

/** A person asks for letters by their reason, most of which are too old. */
const asking: Recipe = {
  name: 'asking',
  prepare: async (stage) => {
    await backlog(stage, 1);
    plantOldLetters(stage.world, 'otlp_http/alpha', 70);
    await behaveAll(stage, {});
  },
  run: (stage, faults) => redriveOnce(stage, { faults, reason: 'planted' }),
};

/** A person asks what a redrive would do. */
const planning: Recipe = {
  name: 'planning',
  prepare: async (stage) => {
    const { world, aws, source } = stage;
    await backlog(stage, 1);
    plantOldLetters(world, 'otlp_http/alpha', 70);
    aws.fail(source.mixed(world.nowMs()));
  },
  run: ({ world }, faults) => world.plan({ faults }),
};

/** All recipes, the quickest first. */
export const RECIPES: readonly Recipe[] = [forwarding, probing, redriving, planning, asking];
