/** Something to measure; may be asynchronous. */
export type Work = () => unknown;

declare const gc: (() => void) | undefined;

/** How often {@link interleaved} runs each side. */
export interface Rounds {
  readonly rounds: number;
  /** Runs of one side in one round; their CPU time is averaged. Enough of them that garbage collection is part of every round. */
  readonly runs: number;
  /** Rounds that are thrown away, until the compiler has settled. */
  readonly warmups: number;
  /** Collect all garbage before every turn, so that no side pays for what another left; for turns of many milliseconds. */
  readonly collect: boolean;
}

const cpuUs = async (work: Work, runs: number, collect: boolean): Promise<number> => {
  if (collect && typeof gc === 'function') gc();
  const before = process.cpuUsage();
  for (let run = 0; run < runs; run++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / runs;
};

/**
 * CPU time per run in microseconds, of all threads of this process, user and system: one list per side, one value per round.
 * The sides take turns, forwards and backwards, so that whatever else the machine does hits them alike.
 */
export const interleaved = async (sides: readonly Work[], options: Rounds): Promise<readonly (readonly number[])[]> => {
  const { rounds, runs, warmups, collect } = options;
  const times = sides.map((): number[] => []);
  for (let round = -warmups; round < rounds; round++) {
    const order = [...sides.keys()];
    if (round % 2 !== 0) order.reverse();
    for (const index of order) {
      const time = await cpuUs(sides[index] ?? (() => undefined), runs, collect);
      if (round >= 0) times[index]?.push(time);
    }
  }
  return times;
};

/** The middle value. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
};

/** The median over the rounds of `a / b`, each taken within one round. */
export const medianRatio = (a: readonly number[], b: readonly number[]): number =>
  median(a.map((value, round) => value / (b[round] ?? NaN)));
