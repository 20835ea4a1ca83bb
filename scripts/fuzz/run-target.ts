import { Worker } from 'node:worker_threads';
import { inputOf, loadTarget } from './target.ts';
import type { FuzzAnswer, FuzzTask } from './worker.ts';

/** How long and from which seed a target is run. */
export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
  /** An input that takes longer than this counts as a hang. */
  readonly hangSeconds: number;
}

/** A finding carries its input; `iterations` says how much was tried. */
export type FuzzResult =
  | { readonly found: false; readonly iterations: number }
  | { readonly found: true; readonly iteration: number; readonly error: string; readonly input: Uint8Array };

/**
 * Runs one target in a thread of its own, so that an endless loop is a finding like any other.
 *
 * A target that cannot be loaded rejects: it must never look like one without findings.
 */
export const runTarget = async (path: string, name: string, options: FuzzOptions): Promise<FuzzResult> => {
  const progress = new SharedArrayBuffer(4);
  const counter = new Int32Array(progress);
  const task: FuzzTask = { path, name, seed: options.seed, milliseconds: options.seconds * 1000, progress };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<FuzzAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error(`${name}: ended without an answer`)));
      let last = -1;
      timer = setInterval(() => {
        const now = Atomics.load(counter, 0);
        if (now === last) resolve({ iteration: now, error: `no answer within ${options.hangSeconds} s` });
        last = now;
      }, options.hangSeconds * 1000);
    });
    if ('iterations' in answer) return { found: false, iterations: answer.iterations };
    const input = inputOf(await loadTarget(path), name, options.seed, answer.iteration);
    return { found: true, ...answer, input };
  } finally {
    clearInterval(timer);
    await worker.terminate();
  }
};
