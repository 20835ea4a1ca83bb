import { pathToFileURL } from 'node:url';
import { inputFrom } from './mutate.ts';
import { hashOf, randomOf } from './random.ts';

/** What a `x.fuzz.ts` exports. */
export interface FuzzTarget {
  /** Throws only on a bug. */
  fuzz(bytes: Uint8Array): void | Promise<void>;
  /** Inputs to start from; good ones reach deeper than noise. */
  readonly seeds?: readonly Uint8Array[];
}

/** Loads a `x.fuzz.ts` and checks what it exports. */
export const loadTarget = async (path: string): Promise<FuzzTarget> => {
  const module = (await import(pathToFileURL(path).href)) as Partial<FuzzTarget>;
  if (typeof module.fuzz !== 'function') throw new Error(`${path} exports no function fuzz(bytes)`);
  return module as FuzzTarget;
};

/** The input of one iteration: first the seeds as they are, then mutations; the same for the same arguments. */
export const inputOf = (target: FuzzTarget, name: string, seed: number, iteration: number): Uint8Array => {
  const seeds = target.seeds ?? [];
  return seeds[iteration]?.slice() ?? inputFrom(randomOf(hashOf(seed, name, iteration)), seeds);
};
