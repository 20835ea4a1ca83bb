import { ConfigError, type ConfigProblem } from './config-error.ts';
import { unavailable } from '../exporters/unavailable.ts';
import type { DeadLetters, Destination, Exporter, Metadata, Processor } from '../types.ts';
import { defined } from './defined.ts';
import { maxElapsedMsOf, otlpHttpFrom } from './otlp-http.ts';
import type { Config, DestinationSettings, FilterSettings, OtlpHttpSettings } from './settings.ts';

/** What an exporter is made for: the forwarder tries again and spares what is down; to a redrive, that is its own affair. */
export type Purpose = 'forward' | 'redrive';

/** Makes a component of checked settings. Throws with a clear message when a file it needs is no good. */
export type Factory<Component> = (id: string, settings: never, purpose: Purpose) => Component;

/** What a configuration can name. A file brings all of `registry.ts`; variables alone need, and load, no more than this. */
export interface Components {
  /** `undefined` for a type nobody knows. */
  exporter(type: string): Factory<Exporter> | undefined;
  /** By id. What cannot be made goes to `problems`. */
  processors(config: Config, problems: ConfigProblem[]): ReadonlyMap<string, Processor>;
  matcher(settings: FilterSettings): (metadata: Metadata) => boolean;
}

const OF_VARIABLES: Components = {
  exporter: () => otlpHttpFrom,
  processors: () => new Map(),
  matcher: () => () => false, // no variable says so; it fails closed
};

/** What the ids of a configuration can name. */
export const componentsOf = ({ components = OF_VARIABLES }: Config): Components => components;

/** The part of a component's id before `/`: its type. */
export const typeOf = (id: string): string => id.split('/', 1)[0] ?? id;

/** What to say of a component that could not be made. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'cannot be made');

/** Whether what this exporter did not take waits in the store, instead of going back to the source. */
export const isKept = (config: Pick<Config, 'dead_letter'>, { dead_letter = true }: DestinationSettings): boolean =>
  // Settings of a broken exporter are as they stand in the file: a variable is text.
  config.dead_letter !== undefined && String(dead_letter).toLowerCase() !== 'false';

/** What to make destinations for, and whom to tell about those that are broken. */
export interface DestinationsOptions {
  readonly purpose: Purpose;
  readonly onWarning: (warning: string) => void;
  /** Keeps what they do not take. */
  readonly deadLetters?: DeadLetters | undefined;
}

/**
 * The destinations of a configuration by id. Each exists once, however many pipelines use it, and so do its connections. One that
 * cannot be made goes to `problems`, unless its telemetry can wait in the store: then it fails alone (D4).
 */
export const destinationsOf = (
  config: Config,
  problems: ConfigProblem[],
  { purpose, onWarning, deadLetters }: DestinationsOptions,
): ReadonlyMap<string, Destination> => {
  const components = componentsOf(config);

  const exporterOf = (id: string, settings: DestinationSettings): Exporter | undefined => {
    const path = `exporters.${id}`;
    const factory = components.exporter(typeOf(id));
    let reason = config.broken?.[id];
    try {
      if (factory === undefined) return undefined; // what uses it will tell
      const living = config.closed?.[id] === undefined ? config.live : undefined;
      const renewed = living?.exporterOf(id, (made) => factory(id, made as never, purpose));
      if (renewed !== undefined) {
        if (reason !== undefined) onWarning(`${path}: ${reason}; its telemetry waits until then`);
        return renewed;
      }
      if (reason === undefined) return factory(id, settings as never, purpose);
    } catch (error) {
      reason = reasonOf(error);
    }
    if (!isKept(config, settings)) {
      problems.push({ path, message: reason });
      return undefined;
    }
    onWarning(`${path}: ${reason}; its telemetry waits in the store until then`);
    return unavailable(id, reason);
  };

  const destinations = new Map<string, Destination>();
  for (const [id, given] of Object.entries(config.exporters)) {
    const settings = (given ?? {}) as DestinationSettings;
    const exporter = exporterOf(id, settings);
    if (exporter !== undefined)
      destinations.set(
        id,
        destinationOf(
          exporter,
          settings,
          isKept(config, settings) ? deadLetters : undefined,
          both(settings.match && components.matcher(settings.match), config.matchers?.get(id)),
        ),
      );
  }
  return destinations;
};

type Matches = Destination['matches'];

const both = (one: Matches, other: Matches): Matches =>
  one !== undefined && other !== undefined ? (metadata) => one(metadata) && other(metadata) : (one ?? other);

const destinationOf = (
  exporter: Exporter,
  settings: DestinationSettings,
  deadLetters: DeadLetters | undefined,
  matches: Matches | undefined,
): Destination =>
  defined({
    exporter,
    matches,
    maxElapsedMs: maxElapsedMsOf(settings as OtlpHttpSettings),
    deadLetters,
  });

/** @throws {ConfigError} when there is any. */
export const throwProblems = (problems: readonly ConfigProblem[]): void => {
  if (problems.length > 0) throw new ConfigError(problems);
};
