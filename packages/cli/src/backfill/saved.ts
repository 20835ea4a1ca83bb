import type { BackfillArguments, BackfillOptions } from './arguments.ts';
import { backfillKey, backfillStatePath, type BackfillIdentity } from '../config/backfill.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { lock } from './lock.ts';

/** A checkpoint that nobody else can open meanwhile. */
export interface Saved {
  readonly checkpoint: Checkpoint;
  /** Gives it back; what is not finished stays for the next run. */
  close(): Promise<void>;
}

const identityOf = (options: BackfillOptions, { logGroups }: BackfillArguments): BackfillIdentity => {
  const { since, until = 'now', filterPattern, owner, region, endpointUrl, config, destination } = options;
  return {
    logGroups: logGroups.map(({ identifier }) => identifier),
    since,
    until,
    ...(filterPattern === undefined ? {} : { filterPattern }),
    ...(owner === undefined ? {} : { owner }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(config === undefined ? {} : { config }),
    ...(destination === undefined ? {} : { destinations: destination }),
  };
};

/**
 * Opens the state that belongs to the arguments.
 *
 * @throws {UsageError} while the same backfill is under way, or when `--state` names something else.
 */
export const openSaved = async (options: BackfillOptions, given: BackfillArguments): Promise<Saved> => {
  const identity = identityOf(options, given);
  const key = backfillKey(identity);
  const path = options.state ?? backfillStatePath(key);
  const unlock = await lock(`${path}.lock`);
  try {
    const { sinceMs, untilMs } = given;
    const restart = options.restart === true;
    const checkpoint = await openCheckpoint({ path, key, logGroups: identity.logGroups, sinceMs, untilMs, restart });
    return {
      checkpoint,
      close: async () => {
        await checkpoint.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
};
