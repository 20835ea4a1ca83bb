import { regionOf } from './values/aws-json-endpoint.ts';
import { type AwsSourceOptions, jsonCaller } from './values/aws-json.ts';
import { type Problem, problemOf } from './values/aws-json-failure.ts';
import { textOfSecret } from './values/secrets-manager-id.ts';
import { secretsManager } from './values/secrets-manager.ts';
import type { Found } from './values/source.ts';

/** One secret under a prefix, and what it holds. */
export interface ListedSecret {
  readonly name: string;
  readonly found: Found;
}

/** What lies under a prefix, in the order of the names; or why nobody knows. */
export type Listing = { readonly secrets: readonly ListedSecret[] } | Problem;

/** Source: CreateSecret, `Name`. An exclamation mark would turn a filter into its opposite. */
const PREFIX = /^[A-Za-z0-9/_+=.@-]{1,500}$/;
/** More than anybody sends to; fewer than all secrets of an account that has many. */
const MAX_SECRETS = 100;
/** Of BatchGetSecretValue, which may return fewer. */
const PER_PAGE = 20;
const MAX_PAGES = 50;
/** Twenty secrets of 64 KiB, with room for escapes. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** `prefix/`: without the slash `keys` would bring what is under `keys-old/`, too. `undefined` when it cannot be one. */
export const folderOf = (prefix: string): string | undefined => {
  const folder = `${prefix.replace(/\/+$/, '')}/`;
  return PREFIX.test(folder) && folder !== '/' ? folder : undefined;
};

const objectsIn = (list: unknown): readonly Readonly<Record<string, unknown>>[] =>
  (Array.isArray(list) ? (list as readonly unknown[]) : []).map(
    (one) => (one ?? {}) as Readonly<Record<string, unknown>>,
  );

/** The name of a secret in an error, which may be an ARN: six characters of AWS's own follow it there. */
const nameOf = (id: unknown): string =>
  typeof id === 'string' ? id.replace(/^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.*)-\w{6}$/, '$1') : '';

/**
 * All secrets whose names begin with a prefix and a slash, page by page; those that a page cannot bring are read one by one. Needs
 * `secretsmanager:BatchGetSecretValue` and `secretsmanager:ListSecrets`, besides what {@link secretsManager} needs for each.
 */
export const listSecrets = async (options: AwsSourceOptions, prefix: string, timeoutMs: number): Promise<Listing> => {
  const { env, clock = () => performance.now() } = options;
  const endMs = clock() + timeoutMs;
  const home = regionOf(env, options.region);
  const folder = folderOf(prefix);
  if ('problem' in home) return { problem: home.problem, permanent: true };
  if (folder === undefined)
    return { problem: 'is no prefix of names of secrets, such as my-app/keys', permanent: true };
  const { region } = home;
  const call = jsonCaller('secretsmanager', 'secretsmanager', { maxAnswerBytes: MAX_ANSWER_BYTES, ...options });
  const found = new Map<string, Found>();
  const unread = new Set<string>();
  let token: unknown;
  for (let page = 0; page < MAX_PAGES; page++) {
    const input = {
      Filters: [{ Key: 'name', Values: [folder] }],
      MaxResults: PER_PAGE,
      ...(typeof token === 'string' ? { NextToken: token } : {}),
    };
    const reply = await call('BatchGetSecretValue', input, region, endMs);
    if ('failure' in reply) {
      const action = 'secretsmanager:BatchGetSecretValue and secretsmanager:ListSecrets';
      return problemOf(reply.failure, { ...reply.asked, action, resource: '*' });
    }
    const { SecretValues: values, Errors: errors, NextToken: next } = reply.fields;
    for (const value of objectsIn(values)) found.set(nameOf(value['Name']), textOfSecret(value));
    for (const error of objectsIn(errors)) unread.add(nameOf(error['SecretId']));
    token = next;
    if (typeof token !== 'string' || token === '') break;
    if (found.size + unread.size > MAX_SECRETS) break;
  }
  const names = [...new Set([...found.keys(), ...unread])].filter((name) => name.startsWith(folder)).sort();
  if (names.length > MAX_SECRETS || (typeof token === 'string' && token !== ''))
    return {
      problem: `has more than ${MAX_SECRETS} secrets; give destinations a prefix of their own`,
      permanent: true,
    };
  const missing = names.filter((name) => !found.has(name));
  const more =
    missing.length === 0
      ? new Map<string, Found>()
      : await secretsManager(options).read(missing, Math.max(1, endMs - clock()));
  const nothing: Found = { problem: 'cannot be read', permanent: false };
  return { secrets: names.map((name) => ({ name, found: found.get(name) ?? more.get(name) ?? nothing })) };
};
