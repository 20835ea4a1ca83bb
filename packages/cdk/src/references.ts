import { Token } from 'aws-cdk-lib';
import { isValue, type Value } from './values.ts';

/** What settings refer to. */
export interface Referred {
  /** The settings as the configuration writes them. */
  readonly settings: unknown;
  readonly values: readonly Value[];
  /** Names or ARNs in text that was written by hand. */
  readonly secretNames: readonly string[];
  readonly parameterNames: readonly string[];
}

/** As the forwarder understands them: packages/forwarder/src/config/values/reference.ts. */
const REFERENCE = /\$\$|\$\{(secretsmanager|ssm):([^}#]*)(?:#[^}]*)?\}/g;

const plain = (part: unknown, found: Value[]): unknown => {
  if (isValue(part)) {
    found.push(part);
    return part.text;
  }
  if (Array.isArray(part)) return part.map((entry) => plain(entry, found));
  if (typeof part !== 'object' || part === null || Token.isUnresolved(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, plain(entry, found)]));
};

const textsIn = (part: unknown): readonly string[] => {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null && !isValue(part) ? Object.values(part).flatMap(textsIn) : [];
};

const namesIn = (texts: readonly string[], scheme: string): readonly string[] => {
  const names = texts.flatMap((text) =>
    [...text.matchAll(REFERENCE)].flatMap(([, found, name = '']) => (found === scheme ? [name] : [])),
  );
  if (names.some((name) => Token.isUnresolved(name) || name.includes('${')))
    throw new Error(`a name in \${${scheme}:…} is not known yet: write secretValue(…) or parameterValue(…) instead`);
  return [...new Set(names)];
};

/**
 * Finds every secret and parameter that settings refer to.
 *
 * @throws {Error} for a reference by hand to what has no name yet.
 */
export const referredIn = (settings: unknown): Referred => {
  const values: Value[] = [];
  const texts = textsIn(settings);
  return {
    settings: plain(settings, values),
    values,
    secretNames: namesIn(texts, 'secretsmanager'),
    parameterNames: namesIn(texts, 'ssm'),
  };
};
