import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOptions, CommandRecord } from './command.ts';
import type { WorldEvent } from './events.ts';
import { type Excuses, excusesOf } from './excuses.ts';
import { sha256 } from './store-folder.ts';
import type { World } from './world.ts';

/** Tries of an asynchronous invocation, the first included. */
const TRIES = 3;

/** Where an event is. */
export type EventState = 'owed' | 'acknowledged' | 'set aside';

/** How events are delivered for a while. */
export interface Delivery {
  /** Environments at once. */
  readonly concurrency: number;
  /** Decides about each invocation. */
  readonly optionsFor?: (event: WorldEvent) => CommandOptions;
  /** Whether the source delivers this event a second time. */
  readonly twice?: (event: WorldEvent) => boolean;
  /** Between two events, in milliseconds of the world's clock. */
  readonly paceMs?: () => number;
}

/** CloudWatch Logs, Lambda's queue of asynchronous invocations, and its schedule. */
export interface Aws {
  readonly events: readonly WorldEvent[];
  readonly excuses: Excuses;
  stateOf(event: WorldEvent): EventState;
  /** The event an on-failure object holds. */
  eventOf(key: string): WorldEvent | undefined;
  /** Until every one of them is acknowledged or in the on-failure destination. */
  deliver(events: readonly WorldEvent[], delivery: Delivery): Promise<void>;
  /** As if all its tries had failed already. */
  fail(event: WorldEvent): void;
  /** So many runs of the redrive at the same time. */
  redrive(options?: CommandOptions, runs?: number): Promise<readonly CommandRecord[]>;
}

/** Plays AWS for a world. */
export const awsOf = (world: World, onCommand: (command: CommandRecord) => void): Aws => {
  const { store } = world;
  const events: WorldEvent[] = [];
  const states = new Map<WorldEvent, EventState>();
  const failures = new Map<string, WorldEvent>();
  const excuses = excusesOf(world);

  const giveUp = (event: WorldEvent): void => {
    failures.set(store.putFailure(event.payload, world.nowMs()), event);
  };

  /** What became of the on-failure objects. */
  const look = (): void => {
    const { failures: left, letters } = store.contents();
    const aside = letters.filter(({ destination }) => destination === 'events').map((letter) => letter.key);
    for (const [key, event] of failures) {
      if (left.includes(key)) continue;
      const isAside = aside.some((letter) => letter.endsWith(sha256(key)));
      if (states.get(event) !== 'acknowledged') states.set(event, isAside ? 'set aside' : 'acknowledged');
    }
  };

  const deliver: Aws['deliver'] = async (given, delivery) => {
    const { concurrency, optionsFor = () => ({}), twice = () => false, paceMs = () => 1_000 } = delivery;
    const queue = given
      .flatMap((event) => (twice(event) ? [event, event] : [event]))
      .map((event) => ({ event, tries: 0 }));
    for (const event of given) {
      if (!states.has(event)) events.push(event);
      states.set(event, 'owed');
    }
    let open = queue.length;
    const work = async (): Promise<void> => {
      while (open > 0) {
        const next = queue.shift();
        if (next === undefined) {
          await sleep(5); // somebody else's may come back
          continue;
        }
        const { event, tries } = next;
        world.advance(paceMs());
        const command = await world.invoke(event.payload, { ...optionsFor(event), as: event });
        onCommand(command);
        if (command.status !== 'done' && tries + 1 < TRIES) {
          queue.push({ event, tries: tries + 1 });
          continue;
        }
        if (command.status === 'done') states.set(event, 'acknowledged');
        else giveUp(event);
        open--;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  };

  return {
    events,
    excuses,
    stateOf: (event) => states.get(event) ?? 'owed',
    eventOf: (key) => failures.get(key),
    deliver,
    fail: (event) => {
      events.push(event);
      states.set(event, 'owed');
      giveUp(event);
    },
    redrive: async (options = {}, runs = 1) => {
      const { faults, killAfterMs } = options;
      const apart = runs > 1 || faults?.kill !== undefined || faults?.file !== undefined || killAfterMs !== undefined;
      const before = apart ? excuses.copies() : undefined;
      const failed = new Set([...failures.values()].flatMap(({ ids }) => Object.values(ids).flat()));
      const commands = await Promise.all(Array.from({ length: runs }, () => world.redrive(options)));
      if (before !== undefined) excuses.add(before, commands, failed);
      commands.forEach(onCommand);
      look();
      return commands;
    },
  };
};
