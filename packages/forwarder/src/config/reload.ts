import type { Forwarder } from '../forwarder.ts';
import { until } from '../until.ts';
import type { Live } from './live.ts';
import type { Config } from './settings.ts';

/** How {@link reloading} keeps a forwarder up to date. */
export interface ReloadOptions {
  readonly reload: Live['reload'];
  /** Makes a forwarder of another configuration. Throws a `ConfigError`. */
  readonly make: (config: Config) => Forwarder;
  readonly onWarning: (warning: string) => void;
  /** How long a configuration is good, in milliseconds; default 300 000. */
  readonly lifetimeMs?: number;
  readonly now?: () => number;
}

/** How soon a reading that failed is tried again, in milliseconds. */
const FAILED_MS = 60_000;

/** How much longer an invocation may last for it, in milliseconds: what is under way freezes with the environment. */
const WAIT_MS = 1_000;

/**
 * A forwarder that looks for another version of its configuration once it is old, beside its work. A version that is wrong changes
 * nothing, and says so; an invocation keeps the configuration it began with.
 */
export const reloading = (first: Forwarder, options: ReloadOptions): Forwarder => {
  const { reload, make, onWarning, lifetimeMs = 300_000, now = Date.now } = options;
  let current = first;
  let readMs = now();
  let goodMs = lifetimeMs;
  let underway: Promise<void> | undefined;

  /** Also when the clock was set back. */
  const isOld = (): boolean => now() >= readMs + goodMs || now() < readMs;

  const renew = async (): Promise<void> => {
    goodMs = lifetimeMs;
    try {
      await reload((config) => (current = make(config)));
    } catch (error) {
      goodMs = Math.min(FAILED_MS, lifetimeMs);
      const reason = error instanceof Error ? error.message : 'it cannot be read';
      onWarning(`the last good configuration stays in use: ${reason}`);
    }
    readMs = now();
    underway = undefined;
  };

  return async (event, context) => {
    if (underway === undefined && isOld()) underway = renew();
    try {
      return await current(event, context);
    } finally {
      if (underway !== undefined) await until(underway, Math.min(WAIT_MS, context.getRemainingTimeInMillis() / 2));
    }
  };
};
