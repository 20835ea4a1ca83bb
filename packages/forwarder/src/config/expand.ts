import type { ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';

/** `$$` is a dollar sign; `${env:NAME}` and `${env:NAME:-default}` are the variable. Source: Collector configuration. */
const REFERENCE = /\$\$|\$\{([^}]*)\}/g;

/** Every string in a parsed configuration with its references replaced. What cannot be replaced goes to `problems`. */
export const expand = (value: unknown, env: Environment, problems: ConfigProblem[], path = ''): unknown => {
  if (typeof value === 'string') return expandText(value, env, problems, path);
  if (Array.isArray(value)) return value.map((entry, index) => expand(entry, env, problems, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      expand(entry, env, problems, path === '' ? key : `${path}.${key}`),
    ]),
  );
};

const expandText = (text: string, env: Environment, problems: ConfigProblem[], path: string): string =>
  text.replace(REFERENCE, (whole, reference: string | undefined) => {
    if (reference === undefined) return '$';
    const match = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/.exec(reference);
    if (match?.[1] === undefined) {
      problems.push({
        path,
        message: 'a reference must look like ${env:NAME} or ${env:NAME:-default}; $$ is a dollar sign',
      });
      return whole;
    }
    const found = env[match[1]];
    const replaced = found === undefined || found === '' ? match[2] : found;
    if (replaced === undefined) problems.push({ path, message: `the variable ${match[1]} is not set` });
    return replaced ?? '';
  });
