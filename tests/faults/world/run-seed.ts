import { awsOf } from './aws.ts';
import { checkCommand } from './check-command.ts';
import { checkEnd } from './check-world.ts';
import { eventSource } from './events.ts';
import { drainAll, phasesOf, runPhase } from './phases.ts';
import { startWorld } from './world.ts';

const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** Seeds that were asked for. */
export const seedsOf = (half: 'odd' | 'even'): readonly number[] => {
  const first = setting('FAULTS_FIRST_SEED', 1);
  const all = Array.from({ length: setting('FAULTS_SEEDS', 5) }, (_, index) => first + index);
  return all.filter((seed) => (seed % 2 === 1) === (half === 'odd'));
};

/** Lives through the world of a seed; what happened in it that must not have happened. */
export const violationsOf = async (seed: number, sources: string): Promise<readonly string[]> => {
  const world = await startWorld({ seed, sources });
  try {
    const aws = awsOf(world, (command) => checkCommand(world, command));
    const items = setting('FAULTS_ITEMS', 100_000);
    const source = eventSource(world.random, items, () => world.output.split('\n')[0] ?? '');
    const names = world.destinations.map(({ name }) => name);
    const phases = phasesOf(world.random, names);
    for (const [index, phase] of phases.entries())
      await runPhase(world, aws, phase, source, Math.ceil(source.left / (phases.length - index)));
    await world.renew();
    await drainAll(world, aws);
    checkEnd(world, aws);
    if (source.left > 0) world.violation(`${source.left} items were never sent`);
    return world.violations;
  } finally {
    await world.close();
  }
};
