import type { InnerFaults } from './protocol.ts';

/** What instrumented sources call; see `kill-points/instrument.ts`. */
export interface Passing {
  /** Before an `await`. */
  before(point: number): void;
  /** After it, with its value. */
  after<T>(point: number, value: T): T;
  /** In place of what `for await` goes through. */
  through<T>(point: number, values: AsyncIterable<T> | Iterable<T>): AsyncIterable<T>;
}

let armed: InnerFaults['kill'];
let left = 0;
const hits = new Map<number, [before: number, after: number]>();

/** Nothing runs after this: no handler, no `finally`, no flush. */
export const killSelf = (): void => void process.kill(process.pid, 'SIGKILL');

const pass = (point: number, when: 0 | 1): void => {
  const counts = hits.get(point) ?? [0, 0];
  hits.set(point, counts);
  counts[when]++;
  if (armed?.point !== point || (armed.when === 'before') !== (when === 0)) return;
  if (--left <= 0) killSelf();
};

async function* through<T>(point: number, values: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  pass(point, 0);
  for await (const value of values) {
    pass(point, 1);
    yield value;
    pass(point, 0);
  }
}

const passing: Passing = {
  before: (point) => pass(point, 0),
  after: (point, value) => {
    pass(point, 1);
    return value;
  },
  through,
};

/** Makes instrumented sources work in this process. */
export const installPassing = (): void => {
  Object.assign(globalThis, { passing });
};

/** Arms a kill point, or none, and counts from zero. */
export const arm = (kill: InnerFaults['kill']): void => {
  armed = kill;
  left = kill?.nth ?? 0;
  hits.clear();
};

/** How often each point was passed since {@link arm}. */
export const hitsSoFar = (): readonly (readonly [number, number, number])[] =>
  [...hits].map(([point, [before, after]]) => [point, before, after] as const);
