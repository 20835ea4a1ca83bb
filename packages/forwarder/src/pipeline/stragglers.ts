/** How long the last destination may take once all others have settled: with storing what it did not take, below a second (D7a). */
export const DEFAULT_GRACE_MS = 900;

/** Watches the destinations of one invocation. */
export interface Stragglers {
  /** Fires when the destination has used up its time. */
  signalOf(destination: string): AbortSignal | undefined;
  /** Says that one leg (a signal's telemetry at this destination) has settled, and whether anything was delivered. */
  settled(destination: string, delivered: boolean): void;
}

const NOBODY: Stragglers = { signalOf: () => undefined, settled: () => undefined };

/**
 * Once all destinations but one have settled, that one gets `graceMs` more: a dead destination must not stretch invocations and
 * eat the account's concurrency (D7a). Not when all others have failed: how fast a dead one is turned away is no measure for one that
 * is slow and well (D1).
 *
 * @param legs the destination of each leg; one may have several.
 */
export const stragglers = (legs: readonly string[], graceMs: number): Stragglers => {
  if (legs.length < 2) return NOBODY;
  const open = new Map<string, number>();
  for (const name of legs) open.set(name, (open.get(name) ?? 0) + 1);
  if (open.size < 2) return NOBODY;
  const controllers = new Map([...open.keys()].map((name) => [name, new AbortController()]));
  let timer: NodeJS.Timeout | undefined;
  const well = new Set<string>();
  const giveUp = (): void => {
    const reason = new Error(`given up ${graceMs} ms after all other destinations had settled`);
    for (const name of open.keys()) controllers.get(name)?.abort(reason);
  };
  return {
    signalOf: (destination) => controllers.get(destination)?.signal,
    settled: (destination, delivered) => {
      if (delivered) well.add(destination);
      const left = (open.get(destination) ?? 1) - 1;
      if (left > 0) open.set(destination, left);
      else open.delete(destination);
      if (open.size === 0) clearTimeout(timer);
      else if (open.size === 1 && [...well].some((name) => !open.has(name))) timer ??= setTimeout(giveUp, graceMs);
    },
  };
};
