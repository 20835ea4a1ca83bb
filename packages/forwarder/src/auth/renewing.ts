/** What {@link renewing} keeps. */
export interface RenewingOptions<Value> {
  readonly fetch: () => Promise<Value>;
  /** From when a value is worth nothing, in epoch milliseconds; `undefined`: never. */
  readonly expiresAtMs: (value: Value) => number | undefined;
  /** How long before that another one is fetched, in milliseconds; at most half of what was left of its life. */
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
  let kept: { readonly value: Value; readonly renewAtMs: number; readonly endMs: number } | undefined;
  let underway: Promise<Value> | undefined;
  let failedAtMs = -Infinity;

  const keep = (value: Value): Value => {
    const endMs = expiresAtMs(value) ?? Infinity;
    const margin = Math.min(marginMs, (endMs - now()) / 2);
    kept = { value, renewAtMs: endMs - margin, endMs };
    return value;
  };

  const renew = (): Promise<Value> =>
    (underway ??= fetch()
      .then(keep)
      .finally(() => (underway = undefined)));

  return async ({ fresh = false } = {}) => {
    if (fresh) return renew();
    const old = kept;
    if (old !== undefined && now() < old.renewAtMs) return old.value;
    if (old !== undefined && now() < Math.min(old.endMs, failedAtMs + PAUSE_MS)) return old.value;
    try {
      return await renew();
    } catch (error) {
      failedAtMs = now();
      if (old !== undefined && now() < old.endMs) return old.value;
      throw error;
    }
  };
};
