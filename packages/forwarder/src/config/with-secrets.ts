import { SIGNALS } from '@serverless-otlp/otlp';
import { ConfigError } from './config-error.ts';
import type { SecretDestinations } from './secrets-prefix.ts';
import type { Config } from './settings.ts';

/** Destinations, and what changes with anything their secrets say. */
export interface VersionedDestinations extends SecretDestinations {
  readonly version: string;
}

type Mapping = Readonly<Record<string, unknown>>;

const mappingOf = (value: unknown): Mapping => (typeof value === 'object' && value !== null ? (value as Mapping) : {});

/**
 * A configuration, checked or not, with these destinations besides its own: each signal's go to its pipeline.
 *
 * @throws {ConfigError} for an exporter that has the id of one of them.
 */
export const withSecrets = (config: unknown, found: SecretDestinations): Mapping => {
  const given = mappingOf(config);
  const own = mappingOf(given['exporters']);
  const twice = Object.keys(found.exporters).filter((id) => Object.hasOwn(own, id));
  if (twice.length > 0)
    throw new ConfigError(
      twice.map((id) => ({ path: `exporters.${id}`, message: 'a secret under secrets_prefix has this name as well' })),
    );
  const service = mappingOf(given['service']);
  const pipelines: Record<string, unknown> = { ...mappingOf(service['pipelines']) };
  for (const signal of SIGNALS) {
    const { exporters } = found.pipelines[signal];
    const pipeline = mappingOf(pipelines[signal]);
    const ids = Array.isArray(pipeline['exporters']) ? (pipeline['exporters'] as readonly unknown[]) : [];
    if (exporters.length > 0) pipelines[signal] = { ...pipeline, exporters: [...ids, ...exporters] };
  }
  return { ...given, exporters: { ...own, ...found.exporters }, service: { ...service, pipelines } };
};

/** What of a configuration secrets say besides exporters and pipelines. */
export const ofSecrets = ({
  matchers,
  closed,
  version,
}: VersionedDestinations): Pick<Config, 'matchers' | 'closed' | 'secretsVersion'> => ({
  matchers,
  closed,
  secretsVersion: version,
});
