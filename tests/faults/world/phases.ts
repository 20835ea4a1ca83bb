import type { Random } from '../../../scripts/fuzz/random.ts';
import type { FileFault } from '../environment/protocol.ts';
import type { Aws } from './aws.ts';
import { type Behaviour, BEHAVIOURS, HEALTHY } from './behaviours.ts';
import { checkSettled } from './check-world.ts';
import type { CommandOptions } from './command.ts';
import type { EventSource, WorldEvent } from './events.ts';
import type { Breakage } from './store-folder.ts';
import type { World } from './world.ts';

/** What is wrong for a while. */
export interface Phase {
  readonly behaviours: ReadonlyMap<string, Behaviour>;
  readonly store?: Breakage;
  /** The file system fails now and then. */
  readonly file?: FileFault;
  /** One of so many invocations is killed, delivered twice, or comes after a freeze; 0 is never. */
  readonly kill: number;
  readonly twice: number;
  readonly freeze: number;
  /** The redrive: not at all, after the events, beside them, killed, or two at once. */
  readonly redrive: 'no' | 'after' | 'beside' | 'killed' | 'two at once';
}

const ENVIRONMENTS = 3;
const HOUR_MS = 3_600_000;

/** A file system that comes back: the store is tried again (D8). */
const FULL: FileFault = { operation: 'rename', code: 'ENOSPC', times: 1 };

const shuffled = <T>(random: Random, given: readonly T[]): readonly T[] => {
  const rest = [...given];
  return given.flatMap(() => rest.splice(random.below(rest.length), 1));
};

const REDRIVES = ['no', 'after', 'beside', 'killed', 'two at once'] as const;
const BREAKAGES: readonly Breakage[] = ['root', 'pending', 'quarantine'];

/** Every behaviour once, each phase a few of them, at destinations of chance; the rest is chance. */
export const phasesOf = (random: Random, names: readonly string[]): readonly Phase[] => {
  const behaviours = [...shuffled(random, BEHAVIOURS)];
  const phases: Phase[] = [];
  while (behaviours.length > 0) {
    const number = phases.length;
    const free = [...names];
    const chosen = behaviours.splice(0, 1 + random.below(3)).map((behaviour): [string, Behaviour] => {
      // Only one of them speaks TLS.
      const at = behaviour.outside === 'untrusted' ? free.indexOf('gamma') : random.below(free.length);
      return [free.splice(Math.max(0, at), 1)[0] ?? '', behaviour];
    });
    const store = number % 4 === 3 ? BREAKAGES[random.below(BREAKAGES.length)] : undefined;
    phases.push({
      behaviours: new Map(chosen),
      ...(store === undefined ? {} : { store }),
      ...(number % 4 === 1 ? { file: FULL } : {}),
      kill: random.below(3) === 0 ? 12 : 0,
      twice: random.below(2) === 0 ? 15 : 0,
      freeze: random.below(3) === 0 ? 3 : 0,
      redrive: store === undefined ? (REDRIVES[random.below(REDRIVES.length)] ?? 'after') : 'no',
    });
  }
  return phases;
};

const take = (source: EventSource, nowMs: () => number, items: number): readonly WorldEvent[] => {
  const events: WorldEvent[] = [];
  for (let left = items; left > 0;) {
    const event = source.next(nowMs());
    if (event === undefined) break;
    events.push(event);
    left -= Object.values(event.ids).reduce((sum, ids) => sum + ids.length, 0);
  }
  return events;
};

const redriveAs = async (world: World, aws: Aws, { redrive }: Phase): Promise<void> => {
  const { random } = world;
  const remainingMs = 3_000 + random.below(20_000);
  if (redrive === 'killed') await aws.redrive({ remainingMs, killAfterMs: random.below(60) });
  if (redrive === 'two at once') await aws.redrive({ remainingMs }, 2);
  if (redrive !== 'no') await aws.redrive({ remainingMs });
};

/** Lets things go wrong for so many items, and checks that nothing acknowledged is lost. */
export const runPhase = async (
  world: World,
  aws: Aws,
  phase: Phase,
  source: EventSource,
  items: number,
): Promise<void> => {
  const { random } = world;
  const oneIn = (n: number): boolean => n > 0 && random.below(n) === 0;
  for (const [name, behaviour] of phase.behaviours) await world.behave(name, behaviour);
  world.breakStore(phase.store);
  const optionsFor = (): CommandOptions => ({
    remainingMs: 8_000 + random.below(20_000),
    ...(oneIn(phase.kill) ? { killAfterMs: random.below(40) } : {}),
    ...(oneIn(phase.freeze) ? { thaw: true } : {}),
    ...(phase.file !== undefined && oneIn(2) ? { faults: { file: phase.file } } : {}),
  });
  const events = take(source, () => world.nowMs(), items);
  const beside = phase.redrive === 'beside' ? aws.redrive({ remainingMs: 10_000 }) : undefined;
  await aws.deliver(events, {
    concurrency: ENVIRONMENTS,
    optionsFor,
    twice: () => oneIn(phase.twice),
    paceMs: () => random.below(2_000),
  });
  await beside;
  world.breakStore(undefined);
  world.advance(random.below(3 * HOUR_MS));
  await redriveAs(world, aws, phase);
  checkSettled(world, aws, [...phase.behaviours].map(([name, { name: how }]) => `${name} ${how}`).join(', '));
  for (const name of phase.behaviours.keys()) await world.behave(name, HEALTHY);
  if ([...phase.behaviours.values()].some(({ outside }) => outside === 'key changed')) await world.renew();
};

/** More runs than any backlog of the suite takes. */
const MAX_RUNS = 40;

/** Nothing waits but what is nobody's. */
const isDrained = ({ store, destinations }: World): boolean => {
  const ids = new Set(destinations.map(({ id }) => id));
  const { letters, failures } = store.contents();
  return (
    failures.length === 0 && !letters.some(({ state, destination }) => state === 'pending' && ids.has(destination))
  );
};

/** The faults are over: redrives until nothing waits. */
export const drainAll = async (world: World, aws: Aws): Promise<void> => {
  for (let run = 0; run < MAX_RUNS; run++) {
    world.advance(HOUR_MS);
    await aws.redrive({ remainingMs: 60_000 });
    if (isDrained(world)) return;
  }
  world.violation(`after ${MAX_RUNS} runs of the redrive there is still something in the store`);
};
