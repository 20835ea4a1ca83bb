import {
  ConfigError,
  type DeadLetterStores,
  type Environment,
  loadForwarder,
  loadRedrive,
  loadRedrivePlan,
  type LoadPlanOptions,
  type LoadRedriveOptions,
  loadStores,
} from '@serverless-otlp/forwarder/config';
import type { Redrive, RedrivePlan } from '@serverless-otlp/forwarder';
import { statSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';
import { needConfigFile } from './config-file.ts';

/** What the command line says about where dead letters are. */
export interface StoreSettings {
  /** `s3://bucket/prefix`, or the path of a folder. */
  readonly store?: string;
  /** Configuration file of the forwarder. */
  readonly config?: string;
}

type Common = Pick<LoadRedriveOptions, 'env' | 'store' | 'configFile'>;

/** Names the store for all that is loaded, also for a forwarder that keeps what it cannot deliver. */
const STORE_VARIABLE = 'OTLP_FORWARDER_DEAD_LETTER';

const commonOf = ({ store, config }: StoreSettings, env: Environment): Common => {
  if (store?.trim() === '') throw new UsageError('--store needs s3://bucket/prefix, or the path of a folder.');
  needConfigFile(config);
  return {
    env: store === undefined ? env : { ...env, [STORE_VARIABLE]: store },
    ...(store === undefined ? {} : { store }),
    ...(config === undefined ? {} : { configFile: config }),
  };
};

/** A mistake in a configuration is one of the person at the keyboard. */
const asUsage = async <T>(load: () => Promise<T>, hint: string): Promise<T> => {
  try {
    return await load();
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`${error.message}\n${hint}`, { cause: error });
    throw error;
  }
};

const NO_STORE = 'Name the store with --store s3://bucket/prefix or --store ./folder, or a file with --config.';
const NO_CONFIGURATION =
  'Sending needs the configuration of the forwarder: --config FILE, or the variables of the deployed function.';

/**
 * Where dead letters are; what they are for does not have to be configured.
 *
 * @throws {UsageError} when nothing says where.
 */
export const storesOf = (settings: StoreSettings, env: Environment = process.env): Promise<DeadLetterStores> =>
  asUsage(async () => {
    const common = commonOf(settings, env);
    const stores = await loadStores({ ...common, onWarning: () => undefined });
    // A folder that is not there yet would look like one in which nothing waits.
    const path = common.store ?? '';
    if (path !== '' && !path.startsWith('s3://') && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new UsageError(`--store "${path}" is no folder.`);
    return stores;
  }, NO_STORE);

/**
 * The redrive of the forwarder's configuration, which takes events that Lambda gave up, too.
 *
 * @throws {UsageError} for every mistake in options, variables and file.
 */
export const redriveOf = (
  settings: StoreSettings,
  options: Omit<LoadRedriveOptions, keyof Common | 'forward'>,
  env: Environment = process.env,
): Promise<Redrive> =>
  asUsage(async () => {
    const common = commonOf(settings, env);
    const forward = await loadForwarder({ ...common, onWarning: () => undefined, onReport: () => undefined });
    return loadRedrive({ ...options, ...common, forward });
  }, NO_CONFIGURATION);

/**
 * What a redrive would do.
 *
 * @throws {UsageError} for every mistake in options, variables and file.
 */
export const planOf = (
  settings: StoreSettings,
  options: Omit<LoadPlanOptions, keyof Common>,
  env: Environment = process.env,
): Promise<RedrivePlan> => asUsage(() => loadRedrivePlan({ ...options, ...commonOf(settings, env) }), NO_CONFIGURATION);
