import { type CommandRecord, mayNotKnow, unsureIn } from './command.ts';
import { type ItemCounts, itemCounts } from './item-counts.ts';
import type { World } from './world.ts';

/**
 * What a redrive that was killed, or was not alone, may have sent twice: what it sent and what is still there. An item of which the
 * store held a copy before is excused for every copy that is left besides the one that was sent.
 */
export interface Excuses {
  /** Items in pending letters. */
  copies(): ItemCounts;
  /** @param failed items of events that Lambda gave up: they are sent from there as well. */
  add(before: ItemCounts, commands: readonly CommandRecord[], failed: ReadonlySet<number>): void;
  of(destination: string, id: number): number;
}

/** Excuses of a world, none at first. */
export const excusesOf = (world: World): Excuses => {
  const excused = itemCounts();

  const copies = (): ItemCounts => {
    const counts = itemCounts();
    for (const { state, destination, ids } of world.store.contents().letters)
      if (state === 'pending') for (const id of ids) counts.add(destination, id);
    return counts;
  };

  return {
    copies,
    add: (before, commands, failed) => {
      const after = copies();
      const [sent, surely] = [itemCounts(), itemCounts()];
      for (const command of commands) {
        const wasKilled = command.status === 'killed';
        for (const record of command.records)
          for (const id of [...record.taken, ...record.rejected]) {
            const isSure = !mayNotKnow(command, record);
            if (isSure) surely.add(record.destination, id);
            if (wasKilled || isSure) sent.add(record.destination, id);
          }
        // What a run that was killed sent again by itself is excused already.
        if (wasKilled) for (const [destination, id] of unsureIn(command)) sent.add(destination, id, -1);
      }
      for (const [destination, id, there] of before.entries()) {
        const times = sent.get(destination, id);
        const extra = after.get(destination, id) + times - there;
        if (extra > 0) excused.add(destination, id, extra);
        if (surely.get(destination, id) > commands.length * there && !failed.has(id))
          world.violation(`item ${id} was sent to ${destination} too often in ${commands.length} runs at once`);
      }
    },
    of: (destination, id) => excused.get(destination, id),
  };
};
