import type { ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';

/** `$$` is a dollar sign; `${env:NAME}` and `${env:NAME:-default}` are the variable. Source: Collector configuration. */
const REFERENCE = /\$\$|\$\{[^}]*\}?/g;
const VARIABLE = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^])*))?\}$/;

/** Deeper than any setting lies; what is nested further would only exhaust the stack. */
const MAX_DEPTH = 32;

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
    return value.map((entry, index) => expand(entry, env, problems, `${path}[${index}]`, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      expand(entry, env, problems, path === '' ? key : `${path}.${key}`, depth + 1),
    ]),
  );
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
