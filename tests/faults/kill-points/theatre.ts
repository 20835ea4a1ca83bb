import { hashOf, randomOf } from '../../../scripts/fuzz/random.ts';
import { awsOf } from '../world/aws.ts';
import { checkCommand } from '../world/check-command.ts';
import { checkEnd, checkSettled } from '../world/check-world.ts';
import { eventSource } from '../world/events.ts';
import { drainAll } from '../world/phases.ts';
import { startWorld, type WorldOptions } from '../world/world.ts';
import type { Point } from './instrument.ts';
import { UNKNOWN } from './planting.ts';
import { heal, type Recipe, RECIPES, type Stage } from './recipes.ts';

/** How often a point is passed in a recipe. */
export interface Passage<R = Recipe> {
  readonly recipe: R;
  readonly before: number;
  readonly after: number;
}

/** A world in which recipes are carried out one after the other. */
export interface Theatre<R = Recipe> {
  readonly violations: readonly string[];
  /** Which recipes pass which points, by number; nobody dies. */
  rehearse(): Promise<ReadonlyMap<number, readonly Passage<R>[]>>;
  /** Carries out the recipe and dies at the point; whether that happened. Everything goes on afterwards. */
  die(recipe: R, point: number, when: 'before' | 'after', nth: number): Promise<boolean>;
  /** The property in the end. */
  close(): Promise<void>;
}

/** Opens a theatre; close it in the end. */
export const openTheatre = async (options: WorldOptions, points: readonly Point[]): Promise<Theatre> => {
  const world = await startWorld(options);
  const aws = awsOf(world, (command) => checkCommand(world, command));
  const stage: Stage = { world, aws, source: eventSource(randomOf(hashOf(options.seed)), 0, () => '') };

  const recover = async (when: string): Promise<void> => {
    await heal(stage);
    checkSettled(world, aws, when);
    await drainAll(world, aws);
  };

  return {
    violations: world.violations,
    rehearse: async () => {
      const passages = new Map<number, Passage[]>();
      for (const recipe of RECIPES) {
        await recipe.prepare(stage);
        const { hits } = await recipe.run(stage, {});
        for (const [point, before, after] of hits)
          passages.set(point, [...(passages.get(point) ?? []), { recipe, before, after }]);
        await recover(recipe.name);
      }
      return passages;
    },
    die: async (recipe, point, when, nth) => {
      await recipe.prepare(stage);
      const { status } = await recipe.run(stage, { kill: { point, when, nth } });
      const { file, line, text } = points[point] ?? { file: '', line: 0, text: '' };
      await recover(`${recipe.name}, killed ${when} ${file}:${line} ${text}`);
      return status === 'killed';
    },
    close: async () => {
      checkEnd(world, aws);
      const left = world.store.contents().letters.map(({ key }) => key);
      if (!left.includes(UNKNOWN)) world.violation('the letter of an unknown destination is gone');
      await world.close();
    },
  };
};
