import { createHash } from 'node:crypto';
import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { awsEndpointOf } from '../auth/aws-endpoint.ts';
import type { Metadata } from '../types.ts';
import type { Environment } from './endpoint.ts';
import { signalUrl } from './endpoint.ts';
import { compilePattern, type Pattern } from './secrets-prefix-pattern.ts';
import { PatternError } from './secrets-prefix-pattern-parser.ts';
import { folderOf, type ListedSecret } from './secrets-prefix-list.ts';
import { readSecret, type SecretSettings } from './secrets-prefix-secret.ts';
import type { OtlpHttpSettings, PipelineSettings } from './settings.ts';
import type { AuthSettings } from './settings-auth.ts';
import { regionOf } from './values/aws-json-endpoint.ts';

/** The metadata under which the `source` of an envelope has to be for `exclude`: the function's own word (D19). */
export const SOURCE_KEY = 'source';

/** The reference's variable, which ends in a slash there. */
const PREFIX_VARIABLE = 'COLLECTORS_SECRETS_KEY_PREFIX';

/** Destinations that secrets describe, to be merged into a configuration. */
export interface SecretDestinations {
  /** By id, `otlp_http/<last part of the secret's name>`: for `exporters`. Empty settings for those in `broken`. */
  readonly exporters: Readonly<Record<string, OtlpHttpSettings>>;
  /** Which exporters a pipeline gets besides its own. */
  readonly pipelines: Readonly<Record<Signal, PipelineSettings>>;
  /**
   * For `broken`: why it is not sent to, by id. Each fails alone, and its telemetry waits (D4); what it excludes is judged again when
   * it is redriven.
   */
  readonly broken: Readonly<Record<string, string>>;
  /**
   * Those whose `exclude` is no expression: nobody can tell what they may have, so they get nothing (D1). For the redrive they are as
   * good as broken: what waits for them goes on waiting.
   */
  readonly closed: Readonly<Record<string, string>>;
  /** Whether a destination takes telemetry of this origin; those that are not here take all. */
  readonly matchers: ReadonlyMap<string, (metadata: Metadata) => boolean>;
  /** For a person; each names its secret. */
  readonly warnings: readonly string[];
}

/** The prefix in a setting or the reference's variable; `undefined` when neither is set. */
export const prefixOf = (env: Environment, setting?: string): string | undefined =>
  [setting, env[PREFIX_VARIABLE]].find((prefix) => (prefix ?? '') !== '');

const MAX_ID = 64;

/** Stays the same whatever a secret says and whatever else there is: dead letters are kept under it. */
const idOf = (name: string, folder: string): string => {
  const own = name.slice(folder.length);
  const safe = own.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, MAX_ID);
  const hash = createHash('sha256').update(own).digest('hex').slice(0, 8);
  return `otlp_http/${safe === own ? own : `${safe}-${hash}`}`;
};

const AWS_HOST = /\.(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws)$/;
/** X-Ray takes spans and nothing else. */
const XRAY_HOST = /^xray[.-]/;

/** The reference signs for X-Ray in the Region of the function; an endpoint that names a Region means that one. */
const sigv4Of = (endpoint: URL, env: Environment): AuthSettings => {
  const home = awsEndpointOf(endpoint) === undefined ? regionOf(env) : undefined;
  return { sigv4: { service: 'xray', ...(home !== undefined && 'region' in home ? home : {}) } };
};

const settingsOf = (
  { endpoint, auth }: SecretSettings,
  signals: readonly Signal[],
  env: Environment,
): OtlpHttpSettings => ({
  ...(signals.length === SIGNALS.length
    ? { endpoint: endpoint.href }
    : Object.fromEntries(signals.map((signal) => [`${signal}_endpoint`, signalUrl(endpoint.href, signal)]))),
  ...(auth.kind === 'header' ? { headers: { [auth.name]: auth.value } } : {}),
  ...(auth.kind === 'sigv4' ? { auth: sigv4Of(endpoint, env) } : {}),
});

/** AWS writes the spans it is sent into this log group: whoever forwards that back to AWS goes round in circles. */
const SPANS = 'aws/spans';

/** Either match excludes: the log group is what CloudWatch says, the source what a function says of itself. It can only exclude. */
const matcherOf = (pattern: Pattern | undefined, host: string): ((metadata: Metadata) => boolean) | undefined => {
  const circular = AWS_HOST.test(host);
  if (pattern === undefined && !circular) return undefined;
  // What is too long to tell is excluded.
  const isExcluded = (name: string): boolean => pattern !== undefined && pattern.foundIn(name) !== false;
  const excludes = (name: string | undefined): boolean =>
    name !== undefined && ((circular && name === SPANS) || isExcluded(name));
  return (metadata) => !excludes(metadata['log_group']) && !excludes(metadata[SOURCE_KEY]);
};

const compiled = (exclude: string | undefined): Pattern | { readonly problem: string } | undefined => {
  if (exclude === undefined) return undefined;
  try {
    return compilePattern(exclude);
  } catch (error) {
    if (error instanceof PatternError) return { problem: `has an "exclude" that cannot be used: ${error.message}` };
    throw error;
  }
};

/**
 * The destinations of the reference's secrets `{name, endpoint, auth, exclude, disabled}` under a prefix, as they are. Every one gets
 * all signals, through the default processors. One that is wrong fails alone (D4, F18).
 *
 * @param env for the Region to sign in, where an endpoint names none.
 * @example
 * const listing = await listSecrets({ credentials, env }, prefix, 3000);
 * const found = 'secrets' in listing ? destinationsOfSecrets(listing.secrets, prefix, env) : undefined;
 */
export const destinationsOfSecrets = (
  secrets: readonly ListedSecret[],
  prefix: string,
  env: Environment,
): SecretDestinations => {
  const exporters: Record<string, OtlpHttpSettings> = {};
  const ids: Record<Signal, string[]> = { traces: [], metrics: [], logs: [] };
  const broken: Record<string, string> = {};
  const closed: Record<string, string> = {};
  const matchers = new Map<string, (metadata: Metadata) => boolean>();
  const warnings: string[] = [];
  for (const { name, found } of secrets) {
    const id = idOf(name, folderOf(prefix) ?? '');
    const warn = (what: string): void => void warnings.push(`the secret ${name} ${what}`);
    const read = readSecret(found);
    if ('disabled' in read) continue;
    const pattern = compiled(read.exclude);
    const host = 'settings' in read ? read.settings.endpoint.hostname : '';
    const signals: readonly Signal[] = AWS_HOST.test(host) && XRAY_HOST.test(host) ? ['traces'] : SIGNALS;
    if ('settings' in read) {
      exporters[id] = settingsOf(read.settings, signals, env);
      read.warnings.forEach(warn);
    } else {
      exporters[id] = {};
      broken[id] = `the secret ${name} ${read.problem}`;
    }
    if (pattern !== undefined && 'problem' in pattern) {
      closed[id] = `the secret ${name} ${pattern.problem}`;
      matchers.set(id, () => false);
      warn(`${pattern.problem}; nothing is sent to its destination`);
    } else {
      const matches = matcherOf(pattern, host);
      if (matches !== undefined) matchers.set(id, matches);
      if (read.exclude === '') warn('has an empty "exclude", which matches everything: remove it to send anything');
    }
    for (const signal of signals) ids[signal].push(id);
  }
  const pipelines = {
    traces: { exporters: ids.traces },
    metrics: { exporters: ids.metrics },
    logs: { exporters: ids.logs },
  };
  return { exporters, pipelines, broken, closed, matchers, warnings };
};
