import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { typeOf } from './build.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { expand } from './expand.ts';
import { attributesSchema, batchSchema, configSchema, debugSchema, filterSchema, otlpHttpSchema } from './schema.ts';
import type { Config } from './settings.ts';

/** The schema of each component type: what `registry.ts` can make. */
export const COMPONENT_SCHEMAS: Readonly<
  Record<'exporters' | 'processors', Readonly<Record<string, v.GenericSchema>>>
> = {
  exporters: { otlp_http: otlpHttpSchema, debug: debugSchema },
  processors: { batch: batchSchema, filter: filterSchema, attributes: attributesSchema },
};

const parse = async (path: string, text: string): Promise<unknown> => {
  try {
    // A YAML parser costs a cold start more than the whole forwarder: only who writes YAML pays for it.
    if (/\.ya?ml$/i.test(path)) return (await import('yaml')).parse(text, { prettyErrors: false });
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The parsers quote the text around the mistake, and a configuration holds secrets: only the place travels on.
    const place = /position (\d+)|line \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    throw new ConfigError([
      {
        path,
        message: `is not valid ${/\.json$/i.test(path) ? 'JSON' : 'YAML or JSON'}${place === undefined ? '' : ` (at ${place})`}`,
      },
    ]);
  }
};

const problemsOf = (path: string, issues: readonly v.BaseIssue<unknown>[]): readonly ConfigProblem[] =>
  issues.map((issue) => {
    const place = [path, v.getDotPath(issue)].filter((part) => part !== '' && part !== null).join('.');
    // Valibot's own messages quote what they received, which may be a secret.
    const unknownKey = issue.type === 'strict_object' && issue.expected === 'never';
    const missing = issue.received === 'undefined';
    const own = issue.message.startsWith('Invalid') ? 'has the wrong type or value' : issue.message;
    return { path: place, message: unknownKey ? 'is not a setting; check its spelling' : missing ? 'is missing' : own };
  });

/**
 * Reads, expands and checks a configuration file: JSON, or YAML by its name. All mistakes are reported at once with their paths.
 *
 * @throws {ConfigError}
 */
export const configOfFile = async (path: string, env: Environment): Promise<Config> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError([{ path, message: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}` }]);
  }
  const problems: ConfigProblem[] = [];
  const expanded = expand(await parse(path, text), env, problems);
  const checked = v.safeParse(configSchema, expanded);
  if (!checked.success) throw new ConfigError([...problems, ...problemsOf('', checked.issues)]);
  const exporters = checkComponents('exporters', checked.output, problems);
  const processors = checkComponents('processors', checked.output, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...checked.output, exporters, processors };
};

const checkComponents = (
  kind: 'exporters' | 'processors',
  config: Config,
  problems: ConfigProblem[],
): Readonly<Record<string, unknown>> => {
  const schemas = COMPONENT_SCHEMAS[kind];
  const checked: [string, unknown][] = [];
  for (const [id, settings] of Object.entries(config[kind] ?? {})) {
    const schema = Object.hasOwn(schemas, typeOf(id)) ? schemas[typeOf(id)] : undefined;
    if (schema === undefined) {
      problems.push({ path: `${kind}.${id}`, message: `unknown type; known: ${Object.keys(schemas).join(', ')}` });
      continue;
    }
    const result = v.safeParse(schema, settings ?? {});
    if (result.success) checked.push([id, result.output]);
    else problems.push(...problemsOf(`${kind}.${id}`, result.issues));
  }
  return Object.fromEntries(checked);
};
