import { parentPort, workerData } from 'node:worker_threads';
import { inputOf, loadTarget } from './target.ts';

/** What a worker is asked to do. */
export interface FuzzTask {
  readonly path: string;
  readonly name: string;
  readonly seed: number;
  readonly milliseconds: number;
  /** One 32-bit counter: the iteration being run, so that a hang can be replayed from outside. */
  readonly progress: SharedArrayBuffer;
}

/** What a worker answers when the time is over or something was thrown. */
export type FuzzAnswer = { readonly iterations: number } | { readonly iteration: number; readonly error: string };

const run = async ({ path, name, seed, milliseconds, progress }: FuzzTask): Promise<FuzzAnswer> => {
  const target = await loadTarget(path);
  const counter = new Int32Array(progress);
  const end = performance.now() + milliseconds;
  const atLeast = target.seeds?.length ?? 0;
  let iteration = 0;
  for (; iteration <= atLeast || performance.now() < end; iteration += 1) {
    Atomics.store(counter, 0, iteration);
    const input = inputOf(target, name, seed, iteration);
    try {
      const pending = target.fuzz(input);
      if (pending !== undefined) await pending;
    } catch (error) {
      return { iteration, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }
  return { iterations: iteration };
};

if (parentPort !== null) parentPort.postMessage(await run(workerData as FuzzTask));
