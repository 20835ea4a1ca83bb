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

/** How long nobody is asked again after asking failed: while a value still serves, or where the same is the answer to the same. */
const PAUSE_MS = 10_000;

/** What an `AuthenticationError` says that only a person can change. */
const isFinal = (error: unknown): boolean => (error as { readonly retryable?: unknown }).retryable === false;

/**
 * Keeps a value that expires and fetches the next one in time, one at a time: whoever asks meanwhile waits for the same one. When that
 * fails, the old one serves until it expires.
 */
export const renewing = <Value>({ fetch, expiresAtMs, marginMs, now }: RenewingOptions<Value>): Renewing<Value> => {
  let kept: { readonly value: Value; readonly renewAtMs: number; readonly endMs: number } | undefined;
  let underway: Promise<Value> | undefined;
  let failedAtMs = -Infinity;
  let failure: unknown;

  const isPaused = (): boolean => {
    const agoMs = now() - failedAtMs;
    return agoMs >= 0 && agoMs < PAUSE_MS; // a clock that was set back is no reason to wait
  };

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
    if (old !== undefined && now() < old.endMs && isPaused()) return old.value;
    if (isPaused() && isFinal(failure)) throw failure;
    try {
      return await renew();
    } catch (error) {
      failedAtMs = now();
      failure = error;
      if (old !== undefined && now() < old.endMs) return old.value;
      throw error;
    }
  };
};
