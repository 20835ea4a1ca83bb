import { createHash } from 'node:crypto';
import { ConfigError } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { destinationsOfSecrets } from './secrets-prefix.ts';
import { type ListedSecret, listSecrets } from './secrets-prefix-list.ts';
import { credentialsOf } from './values/sources.ts';
import type { VersionedDestinations } from './with-secrets.ts';

/** As long as the values that a configuration refers to may take. */
const TIMEOUT_MS = 3_000;

/** The secrets under a prefix that are destinations, as they were last read. */
export interface SecretsUnder {
  /** Reads them again, once for all who wait; what cannot be read stays as it was. @returns why, for a person. */
  read(): Promise<string | undefined>;
  /** Whether an exporter is one of them. */
  has(id: string): boolean;
  /** @throws {ConfigError} when they could never be read. */
  destinations(): VersionedDestinations;
}

/** Another one with anything they say. */
const versionOf = (secrets: readonly ListedSecret[]): string =>
  createHash('sha256').update(JSON.stringify(secrets)).digest('hex');

/** @param prefix of their names, without the slash. */
export const secretsUnder = (prefix: string, env: Environment): SecretsUnder => {
  let problem = { problem: 'was never read', permanent: false };
  let underway: Promise<string | undefined> | undefined;
  let made: VersionedDestinations | undefined;

  const list = async (): Promise<string | undefined> => {
    const listing = await listSecrets({ env, credentials: credentialsOf(env) }, prefix, TIMEOUT_MS);
    if ('secrets' in listing) {
      const version = versionOf(listing.secrets);
      if (made?.version !== version) made = { ...destinationsOfSecrets(listing.secrets, prefix, env), version };
      return undefined;
    }
    problem = listing;
    return `the secrets under ${prefix}: ${listing.problem}`;
  };

  const destinations = (): VersionedDestinations => {
    if (made !== undefined) return made;
    const { problem: message, permanent } = problem;
    throw new ConfigError([{ path: 'secrets_prefix', message, passing: !permanent }]);
  };

  return {
    read: () => (underway ??= list().finally(() => (underway = undefined))),
    has: (id) => made !== undefined && Object.hasOwn(made.exporters, id),
    destinations,
  };
};
