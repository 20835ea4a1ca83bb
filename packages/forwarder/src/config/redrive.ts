import { createRedrive, type Redrive, type RedriveOptions } from '../dead-letter/redrive.ts';
import type { RedriveReport } from '../dead-letter/redrive-report.ts';
import type { LaneDestination } from '../dead-letter/lane-context.ts';
import { type PlanOptions, planRedrive, type RedrivePlan } from '../dead-letter/plan.ts';
import { deadLetters } from '../dead-letter/dead-letters.ts';
import type { Forwarder } from '../forwarder.ts';
import type { Metadata, Store } from '../types.ts';
import { destinationsOf, isKept, throwProblems } from './components.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { deadLetterSettings, storeOf } from './store.ts';
import { defined } from './defined.ts';
import { loadConfig, type LoadConfigOptions, metricsNamespace, STORE_VARIABLE } from './load.ts';
import { limitsOf } from './otlp-http.ts';
import type { Config, DeadLetterSettings, DestinationSettings, OtlpHttpSettings } from './settings.ts';

/** Where to look for dead letters. */
export interface LoadStoresOptions extends LoadConfigOptions {
  /** Wins over configuration and variables: `s3://bucket/prefix`, or the path of a folder. */
  readonly store?: string;
}

/** What {@link redriveFrom} needs besides a configuration. */
export interface LoadRedriveOptions
  extends LoadStoresOptions, Pick<RedriveOptions, 'selection' | 'onProgress' | 'intervalMs' | 'abort'> {
  /** Is given the report of every run, and the namespace of its metrics unless they are switched off. */
  readonly onReport: (report: RedriveReport, namespace?: string) => void;
  /** Takes Lambda's own on-failure objects; absent: they are left alone. */
  readonly forward?: Forwarder;
}

/** What {@link planFrom} needs besides a configuration. */
export interface LoadPlanOptions
  extends LoadStoresOptions, Pick<PlanOptions, 'selection' | 'onProgress' | 'abort' | 'now'> {}

/** Where dead letters are. */
export interface DeadLetterStores {
  readonly store: Store;
  /** The root of the bucket: Lambda writes events it gave up there and nowhere else. */
  readonly eventStore: Store;
}

const HOUR_MS = 3_600_000;

/**
 * Whether all kept envelope headers are ones that the configuration keeps. The store is shared with people: who can write to it must
 * not choose what is sent besides the telemetry, such as another tenant's name or key (D19).
 */
const headersKept = ({ encodings }: Config): ((metadata: Metadata) => boolean) => {
  const kept = new Set(encodings?.otlp_stdout?.headers?.map((name) => `header.${name.toLowerCase()}`));
  return (metadata) => Object.keys(metadata).every((name) => !name.startsWith('header.') || kept.has(name));
};

/** What waits for those that take nothing because nobody can tell what they may have goes on waiting: they are as good as broken. */
const withClosed = (config: Config): Config => {
  const { broken, closed = {}, matchers = new Map<string, never>() } = config;
  const known = [...matchers].filter(([id]) => !Object.hasOwn(closed, id));
  return { ...config, broken: { ...broken, ...closed }, matchers: new Map(known) };
};

/** The destinations whose telemetry waits in the store, as the redrive sees them. */
const lanesOf = (config: Config, onWarning: (warning: string) => void): readonly LaneDestination[] => {
  const problems: ConfigProblem[] = [];
  const waiting = withClosed(config);
  const destinations = destinationsOf(waiting, problems, { purpose: 'redrive', onWarning });
  throwProblems(problems);
  const isKnown = headersKept(config);
  return [...destinations].flatMap(([id, { exporter, matches: meant = () => true }]) => {
    const settings = (config.exporters[id] ?? {}) as DestinationSettings & OtlpHttpSettings;
    if (!isKept(config, settings)) return [];
    const { max_age_hours: hours, concurrency } = settings;
    const maxAgeMs = hours === undefined ? undefined : hours * HOUR_MS;
    const matches = (metadata: Metadata): boolean => isKnown(metadata) && meant(metadata);
    return [defined({ exporter, matches, maxAgeMs, concurrency, limits: limitsOf(settings) })];
  });
};

const storesOf = async (settings: DeadLetterSettings | undefined): Promise<DeadLetterStores> => {
  if (settings === undefined) {
    const message = 'is missing: name a store there, or in OTLP_FORWARDER_DEAD_LETTER';
    throw new ConfigError([{ path: 'dead_letter', message }]);
  }
  const store = await storeOf(settings);
  const { prefix, ...bucket } = settings.s3 ?? { bucket: '' };
  return { store, eventStore: prefix === undefined ? store : await storeOf({ s3: bucket }) };
};

const settingsOf = (store: string): DeadLetterSettings => deadLetterSettings(store, 'the store');

/** The configuration with the store that was asked for. */
const withStore = (config: Config, { store }: LoadStoresOptions): Config =>
  store === undefined ? config : { ...config, dead_letter: settingsOf(store) };

const configOf = async (options: LoadStoresOptions): Promise<Config> => withStore(await loadConfig(options), options);

/**
 * The stores of dead letters alone. Destinations are not needed: without a configuration file the variable is enough.
 *
 * @throws {ConfigError} when none is named.
 */
export const storesFrom = async (options: LoadStoresOptions): Promise<DeadLetterStores> => {
  const { env = process.env, store, configFile } = options;
  if (store !== undefined) return storesOf(settingsOf(store));
  if ((configFile ?? env['OTLP_FORWARDER_CONFIG'] ?? '') !== '')
    return storesOf((await loadConfig(options)).dead_letter);
  const named = env[STORE_VARIABLE]?.trim() ?? '';
  return storesOf(named === '' ? undefined : deadLetterSettings(named, STORE_VARIABLE));
};

const checkSelection = (ids: readonly string[] = [], lanes: readonly LaneDestination[]): void => {
  const known = lanes.map(({ exporter }) => exporter.name);
  const problems = ids
    .filter((id) => !known.includes(id))
    .map((id) => ({ path: 'destinations', message: `nothing is kept for "${id}"; known: ${known.join(', ')}` }));
  throwProblems(problems);
};

const redriveOf = async (loaded: Config, options: LoadRedriveOptions): Promise<Redrive> => {
  const { onReport, onWarning, forward, selection, onProgress, intervalMs, abort } = options;
  const config = withStore(loaded, options);
  const stores = await storesOf(config.dead_letter);
  const destinations = lanesOf(config, onWarning);
  checkSelection(selection?.destinations, destinations);
  const namespace = metricsNamespace(config);
  return createRedrive({
    ...stores,
    deadLetters: deadLetters({ store: stores.store }),
    destinations,
    onReport: (report) => onReport(report, namespace),
    ...defined({ forward, selection, onProgress, intervalMs, abort, reserveMs: config.service.reserve_ms }),
  });
};

/**
 * A redrive from the same configuration as the forwarder's, and as long as that one's: what is kept elsewhere is read again.
 *
 * @throws {ConfigError} with every mistake at once; also when there is no dead-letter store.
 */
export const redriveFrom = async (options: LoadRedriveOptions): Promise<Redrive> => {
  const make = (config: Config): Promise<Redrive> => redriveOf(config, options);
  const config = await loadConfig(options);
  const redrive = await make(config);
  if (config.live === undefined) return redrive;
  const { reload } = config.live;
  const { onWarning } = options;
  const lifetimeMs = config.service.reload_ms;
  return (await import('./reload.ts')).reloading(redrive, defined({ reload, make, onWarning, lifetimeMs }));
};

/**
 * What a redrive from this configuration would do.
 *
 * @throws {ConfigError} like {@link redriveFrom}; {StoreError} what the store fails with.
 */
export const planFrom = async (options: LoadPlanOptions): Promise<RedrivePlan> => {
  const { onWarning, selection, onProgress, abort, now } = options;
  const config = await configOf(options);
  const destinations = lanesOf(config, onWarning);
  checkSelection(selection?.destinations, destinations);
  const stores = await storesOf(config.dead_letter);
  return planRedrive({ ...stores, destinations, ...defined({ selection, onProgress, abort, now }) });
};
