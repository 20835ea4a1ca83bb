import { createForwarder, type Forwarder } from '../forwarder.ts';
import type { Report } from '../pipeline/report.ts';
import { buildForwarder } from './build.ts';
import { defined } from './defined.ts';
import type { Environment } from './endpoint.ts';
import { loadConfig, type LoadConfigOptions, metricsNamespace } from './load.ts';
import type { Config, DeadLetterSettings } from './settings.ts';
import type { DeadLetterStores, LoadPlanOptions, LoadRedriveOptions, LoadStoresOptions } from './redrive.ts';
import type { RedrivePlan } from '../dead-letter/plan.ts';
import type { Redrive } from '../dead-letter/redrive.ts';
import type { Store } from '../types.ts';

export { ConfigError, type ConfigProblem } from './config-error.ts';
export { buildForwarder } from './build.ts';
export { configOfEnvironment, type EnvironmentConfig } from './environment.ts';
export type { Environment } from './endpoint.ts';
export type { DeadLetterStores, LoadPlanOptions, LoadRedriveOptions, LoadStoresOptions } from './redrive.ts';
export { loadConfig, type LoadConfigOptions } from './load.ts';
export type { Config } from './settings.ts';

/** What {@link loadForwarder} needs. */
export interface LoadOptions extends LoadConfigOptions {
  /** Is given the report of every invocation, and the namespace of its metrics unless they are switched off. */
  readonly onReport: (report: Report, namespace?: string) => void;
  /** Ids of the exporters to send to; default all. */
  readonly destinations?: readonly string[];
}

/**
 * The log groups that are never processed: what this function itself writes to, as Lambda tells it, and those that a variable and
 * the configuration name besides (D21).
 */
export const ownLogGroupsOf = (env: Environment, config: Config): readonly string[] => {
  const { AWS_LAMBDA_LOG_GROUP_NAME: group, AWS_LAMBDA_FUNCTION_NAME: name } = env;
  const others = env['OTLP_FORWARDER_OWN_LOG_GROUPS']?.split(',') ?? [];
  const told = [group, name === undefined ? '' : `/aws/lambda/${name}`, ...others].map((own) => own?.trim() ?? '');
  return [...told, ...(config.service.own_log_groups ?? [])].filter((own) => own !== '');
};

/**
 * A forwarder from a configuration file, or from the standard `OTEL_EXPORTER_OTLP_*` variables alone.
 *
 * @throws {ConfigError} with every mistake at once.
 */
export const loadForwarder = async (options: LoadOptions): Promise<Forwarder> => {
  const { env = process.env, onReport, onWarning, destinations } = options;
  const select = destinations && (await import('./select-destinations.ts')).selectDestinations;
  const make = (loaded: Config): Forwarder => {
    const config = select === undefined ? loaded : select(loaded, destinations ?? []);
    const namespace = metricsNamespace(config);
    return createForwarder({
      ...buildForwarder(config, { ownLogGroups: ownLogGroupsOf(env, config), onWarning }),
      onReport: (report) => onReport(report, namespace),
    });
  };
  const config = await loadConfig(options);
  const forwarder = make(config);
  if (config.live === undefined) return forwarder;
  const { reload } = config.live;
  const lifetimeMs = config.service.reload_ms;
  return (await import('./reload.ts')).reloading(forwarder, defined({ reload, make, onWarning, lifetimeMs }));
};

/**
 * A redrive from the same configuration as the forwarder's. Nothing of it is loaded in a forwarder.
 *
 * @throws {ConfigError} with every mistake at once; also when there is no dead-letter store.
 */
export const loadRedrive = async (options: LoadRedriveOptions): Promise<Redrive> =>
  (await import('./redrive.ts')).redriveFrom(options);

/**
 * What a redrive from this configuration would do; changes nothing.
 *
 * @throws {ConfigError} with every mistake at once; {StoreError} what the store fails with.
 */
export const loadRedrivePlan = async (options: LoadPlanOptions): Promise<RedrivePlan> =>
  (await import('./redrive.ts')).planFrom(options);

/**
 * Where dead letters are; no destination has to be configured.
 *
 * @throws {ConfigError} when no store is named.
 */
export const loadStores = async (options: LoadStoresOptions): Promise<DeadLetterStores> =>
  (await import('./redrive.ts')).storesFrom(options);

/** The store in settings. */
export const storeOf = async (settings: DeadLetterSettings): Promise<Store> =>
  (await import('./store.ts')).storeOf(settings);
