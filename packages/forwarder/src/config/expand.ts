import type { ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';

/** `$$` is a dollar sign; `${env:NAME}` and `${env:NAME:-default}` are the variable. Source: Collector configuration. */
const REFERENCE = /\$\$|\$\{[^}]*\}?/g;
const VARIABLE = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^])*))?\}$/;

/** Deeper than any setting lies; what is nested further would only exhaust the stack. */
const MAX_DEPTH = 32;

/** Names that could reach a prototype; Valibot drops them without a word. */
const NO_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Every string in a parsed configuration with its references replaced. What cannot be replaced goes to `problems`. */
export const expand = (
  value: unknown,
  env: Environment,
  problems: ConfigProblem[],
  path: string = '',
  depth: number = 0,
): unknown => {
  if (typeof value === 'string') return expandText(value, env, problems, path);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) {
    problems.push({ path, message: 'is nested too deep' });
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.map((entry, index) => expand(entry, env, problems, `${path}.${index}`, depth + 1));
  }
  const entries = Object.entries(value).flatMap(([key, entry]): readonly (readonly [string, unknown])[] => {
    const place = path === '' ? key : `${path}.${key}`;
    if (!NO_NAMES.has(key)) return [[key, expand(entry, env, problems, place, depth + 1)]];
    problems.push({ path: place, message: 'is not a setting; check its spelling' });
    return [];
  });
  return Object.fromEntries(entries);
};

const expandText = (text: string, env: Environment, problems: ConfigProblem[], path: string): string =>
  text.replace(REFERENCE, (reference) => {
    if (reference === '$$') return '$';
    const [, name, otherwise] = VARIABLE.exec(reference) ?? [];
    if (name === undefined) {
      problems.push({
        path,
        message: 'a reference must look like ${env:NAME} or ${env:NAME:-default}; $$ is a dollar sign',
      });
      return reference;
    }
    const found = env[name];
    const replaced = found === undefined || found === '' ? otherwise : found;
    if (replaced === undefined) problems.push({ path, message: `the variable ${name} is not set` });
    return replaced ?? '';
  });
