/** What {@link renewing} keeps. */
export interface RenewingOptions<Value> {
  readonly fetch: () => Promise<Value>;
  /** From when a value is worth nothing, in epoch milliseconds; `undefined`: never. */
  readonly expiresAtMs: (value: Value) => number | undefined;
  /** How long before that another one is fetched, in milliseconds. */
  readonly marginMs: number;
  readonly now: () => number;
}

/** Gives the value; `fresh` asks for another than the last. Rejects with what fetching rejected with. */
export type Renewing<Value> = (options?: { readonly fresh?: boolean }) => Promise<Value>;

/** How long a value that still serves is used without asking again, after asking failed. */
const PAUSE_MS = 10_000;

/**
 * Keeps a value that expires and fetches the next one in time, one at a time: whoever asks meanwhile waits for the same one. When that
 * fails, the old one serves until it expires.
 */
export const renewing = <Value>({ fetch, expiresAtMs, marginMs, now }: RenewingOptions<Value>): Renewing<Value> => {
  let kept: Value | undefined;
  let underway: Promise<Value> | undefined;
  let failedAtMs = -Infinity;

  const serves = (value: Value | undefined, marginMs: number): value is Value =>
    value !== undefined && now() < (expiresAtMs(value) ?? Infinity) - marginMs;

  const renew = (): Promise<Value> =>
    (underway ??= fetch()
      .then((value) => (kept = value))
      .finally(() => (underway = undefined)));

  return async ({ fresh = false } = {}) => {
    if (fresh) return renew();
    if (serves(kept, marginMs)) return kept;
    const paused = now() < failedAtMs + PAUSE_MS;
    if (paused && serves(kept, 0)) return kept;
    try {
      return await renew();
    } catch (error) {
      failedAtMs = now();
      if (serves(kept, 0)) return kept;
      throw error;
    }
  };
};
