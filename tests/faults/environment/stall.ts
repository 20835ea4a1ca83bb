/** How long this process did nothing although it wanted to: a busy machine, or a loop that does not end. */
export interface StallWatch {
  /** The longest pause since the last call, in milliseconds. */
  longestMs(): number;
  stop(): void;
}

const TICK_MS = 20;

/** Watches from now on. */
export const watchStalls = (): StallWatch => {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK_MS);
    last = now;
  };
  const timer = setInterval(look, TICK_MS).unref();
  return {
    longestMs: () => {
      look();
      const found = longest;
      longest = 0;
      return found;
    },
    stop: () => clearInterval(timer),
  };
};
