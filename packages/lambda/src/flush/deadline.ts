/** The longest delay a timer takes. */
const MAX_DELAY_MS = 2_147_483_647;

/**
 * Calls `act` once, shortly before the sandbox is stopped. The timer keeps no process alive.
 *
 * @param remainingMs until then; `undefined` when nobody knows.
 * @param marginMs how long before; 0 for never. An invocation that has less than twice as much left is watched from its middle.
 * @returns what stops the watch.
 */
export const watchDeadline = (remainingMs: number | undefined, marginMs: number, act: () => void): (() => void) => {
  if (remainingMs === undefined || !(remainingMs > 0) || marginMs === 0) return () => undefined;
  const delay = Math.max(remainingMs - marginMs, remainingMs / 2);
  const timer = setTimeout(act, Math.min(delay, MAX_DELAY_MS)).unref();
  return () => clearTimeout(timer);
};
