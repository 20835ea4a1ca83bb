import type { InvocationContext } from '../pipeline/deadline.ts';
import { until } from '../until.ts';
import type { Live } from './live.ts';
import type { Config } from './settings.ts';

/** What is made of a configuration: a forwarder, a redrive. */
export type Handler<Result> = (event: unknown, context: InvocationContext) => Promise<Result>;

/** How {@link reloading} keeps a handler up to date. */
export interface ReloadOptions<Result> {
  readonly reload: Live['reload'];
  /** Makes a handler of another configuration. Throws or rejects with a `ConfigError`. */
  readonly make: (config: Config) => Handler<Result> | Promise<Handler<Result>>;
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
 * A handler that looks for another version of its configuration once it is old, beside its work. A version that is wrong changes
 * nothing, and says so; an invocation keeps the configuration it began with.
 */
export const reloading = <Result>(first: Handler<Result>, options: ReloadOptions<Result>): Handler<Result> => {
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
      await reload(async (config) => (current = await make(config)));
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
