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

/** @param prefix of their names, without the slash. */
export const secretsUnder = (prefix: string, env: Environment): SecretsUnder => {
  let secrets: readonly ListedSecret[] | undefined;
  let problem = { problem: 'was never read', permanent: false };
  let underway: Promise<string | undefined> | undefined;
  let made: VersionedDestinations | undefined;

  const list = async (): Promise<string | undefined> => {
    const listing = await listSecrets({ env, credentials: credentialsOf(env) }, prefix, TIMEOUT_MS);
    underway = undefined;
    if ('secrets' in listing) {
      secrets = listing.secrets;
      return undefined;
    }
    problem = listing;
    return `the secrets under ${prefix}: ${listing.problem}`;
  };

  const destinations = (): VersionedDestinations => {
    if (secrets !== undefined) {
      const version = createHash('sha256').update(JSON.stringify(secrets)).digest('hex');
      if (made?.version !== version) made = { ...destinationsOfSecrets(secrets, prefix, env), version };
      return made;
    }
    const { problem: message, permanent } = problem;
    throw new ConfigError([{ path: 'secrets_prefix', message, passing: !permanent }]);
  };

  return {
    read: () => (underway ??= list()),
    has: (id) => secrets !== undefined && Object.hasOwn(destinations().exporters, id),
    destinations,
  };
};
