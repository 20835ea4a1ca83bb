import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { Figure } from './figure.ts';
import { median, medianRatio } from './measure.ts';

/** CPU times in microseconds that a process tells of itself on descriptor 3. What it prints goes nowhere, at no cost but the call. */
export const told = async <Times>(args: readonly string[]): Promise<Times> => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  return JSON.parse(await text(child.stdio[3] as Readable)) as Times;
};

/** Times of ours and of the other side, round by round. */
export type Both = readonly [ours: number[], theirs: number[]];

/** Both sides start in turns; for each name that they tell, their times. */
export const race = async <Side>(
  sides: readonly [ours: Side, theirs: Side],
  rounds: number,
  start: (side: Side) => Promise<Readonly<Record<string, number>>>,
): Promise<ReadonlyMap<string, Both>> => {
  const times = new Map<string, Both>();
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    for (const side of order) {
      const found = await start(sides[side]);
      for (const [name, time] of Object.entries(found)) {
        const both: Both = times.get(name) ?? [[], []];
        times.set(name, both);
        both[side].push(time);
      }
    }
  }
  return times;
};

const ms = (values: readonly number[]): string => (median(values) / 1000).toPrecision(3);

/** CPU of ours as a part of theirs. @param against what theirs is. */
export const cpuFigure = (
  { against, atMost, name, part }: Pick<Figure, 'name' | 'part' | 'atMost'> & { readonly against: string },
  [ours, theirs]: Both,
): Figure => ({
  name,
  ...(part === undefined ? {} : { part }),
  value: medianRatio(ours, theirs),
  ...(atMost === undefined ? {} : { atMost }),
  note: `CPU against ${against}: ${ms(ours)} against ${ms(theirs)} ms`,
});
