/** Runs a task when there is room for it. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

/** At most `size` tasks run at once; the others wait in the order they came, and cost nothing but a promise each. */
export const limiter = (size: number): Limiter => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running < size) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next(); // takes over the place
    }
  };
};
