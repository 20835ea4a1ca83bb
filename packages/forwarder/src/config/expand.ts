import type { ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { MAX_DEPTH, parseReference } from './values/reference.ts';
import type { Values } from './values/values.ts';

/** What references stand for. */
export interface Meanings {
  readonly env: Environment;
  /** Secrets and parameters, read before. */
  readonly values: Pick<Values, 'get'>;
}

/**
 * `$$` is a dollar sign; `${env:NAME}` and `${env:NAME:-default}` are the variable, `${secretsmanager:NAME#KEY}` and `${ssm:NAME}` the
 * secret and the parameter. Source: Collector configuration.
 */
const REFERENCE = /\$\$|\$\{[^}]*\}?/g;
const VARIABLE = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^])*))?\}$/;

/** Names that could reach a prototype; Valibot drops them without a word. */
const NO_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Every string in a parsed configuration with its references replaced. What cannot be replaced goes to `problems`. */
export const expand = (
  value: unknown,
  meanings: Meanings,
  problems: ConfigProblem[],
  path: string = '',
  depth: number = 0,
): unknown => {
  if (typeof value === 'string') return expandText(value, meanings, problems, path);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) {
    problems.push({ path, message: 'is nested too deep' });
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.map((entry, index) => expand(entry, meanings, problems, `${path}.${index}`, depth + 1));
  }
  const entries = Object.entries(value).flatMap(([key, entry]): readonly (readonly [string, unknown])[] => {
    const place = path === '' ? key : `${path}.${key}`;
    if (!NO_NAMES.has(key)) return [[key, expand(entry, meanings, problems, place, depth + 1)]];
    problems.push({ path: place, message: 'is not a setting; check its spelling' });
    return [];
  });
  return Object.fromEntries(entries);
};

const expandText = (text: string, { env, values }: Meanings, problems: ConfigProblem[], path: string): string =>
  text.replace(REFERENCE, (written) => {
    if (written === '$$') return '$';
    const reference = parseReference(written);
    if (reference !== undefined) {
      const found = values.get(reference);
      if ('value' in found) return found.value;
      const { scheme, name } = reference;
      problems.push({ path, message: `${scheme}:${name} ${found.problem}`, passing: !found.permanent });
      return '';
    }
    const [, name, otherwise] = VARIABLE.exec(written) ?? [];
    if (name === undefined) {
      problems.push({ path, message: FORMS });
      return written;
    }
    const found = env[name];
    const replaced = found === undefined || found === '' ? otherwise : found;
    if (replaced === undefined) problems.push({ path, message: `the variable ${name} is not set` });
    return replaced ?? '';
  });

const FORMS =
  'a reference must look like ${env:NAME}, ${env:NAME:-default}, ${secretsmanager:NAME#KEY} or ${ssm:NAME}; $$ is a dollar sign';
