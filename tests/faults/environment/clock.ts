const real = Date.now.bind(Date);
let aheadMs = 0;

/** Moves the clock of this process. */
export const setClock = (ms: number): void => {
  aheadMs = ms;
};

/** How far it is ahead. */
export const clockAheadMs = (): number => aheadMs;

/** Patched before anything else is loaded: hours of outage pass in no time. Timers stay real. */
Date.now = () => real() + aheadMs;
