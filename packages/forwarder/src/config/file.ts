import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { typeOf } from './build.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { expand } from './expand.ts';
import { parseText } from './parse-text.ts';
import { undefinedIds } from './references.ts';
import { COMPONENT_SCHEMAS, configSchema } from './schema.ts';
import type { Schema } from './schema-values.ts';
import type { Config } from './settings.ts';

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
    const message = `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`;
    throw new ConfigError([{ path: placeOf(path), message }]);
  }
  const problems: ConfigProblem[] = [];
  const parsed = await parseText(path, text);
  const expanded = expand(parsed, env, problems);
  const config = check(configSchema, '', expanded, problems);
  const given = (typeof expanded === 'object' && expanded !== null ? expanded : {}) as Readonly<
    Record<string, unknown>
  >;
  const exporters = checkComponents('exporters', given['exporters'], problems);
  const processors = checkComponents('processors', given['processors'], problems);
  // As they stand in the file: an id is named in the message, and what a reference stands for may be a secret.
  for (const problem of undefinedIds(parsed)) problems.push(problem);
  if (config === undefined || problems.length > 0) throw new ConfigError(problems);
  return { ...config, exporters, processors };
};

/** Whoever put the configuration itself where its path belongs finds it in no log. */
const placeOf = (path: string): string => (/^[\w./\\: @+-]{1,255}$/.test(path) ? path : 'the configuration file');

const check = <T>(schema: Schema<T>, path: string, value: unknown, problems: ConfigProblem[]): T | undefined => {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  // One problem per place: what could not be expanded is not wrong a second time.
  const known = new Set(problems.map((problem) => problem.path));
  for (const issue of result.issues) {
    const problem = problemOf(path, issue);
    if (!known.has(problem.path)) problems.push(problem);
    known.add(problem.path);
  }
  return undefined;
};

const problemOf = (path: string, issue: v.BaseIssue<unknown>): ConfigProblem => {
  const place = [path, v.getDotPath(issue)].filter((part) => part !== '' && part !== null).join('.');
  const at = (message: string): ConfigProblem => ({ path: place === '' ? 'the file' : place, message });
  if (issue.received === 'undefined') return at('is missing');
  // Valibot's own messages quote what they received, which may be a secret.
  return at(issue.message.startsWith('Invalid') ? 'has the wrong type or value' : issue.message);
};

const checkComponents = (
  kind: 'exporters' | 'processors',
  components: unknown,
  problems: ConfigProblem[],
): Readonly<Record<string, unknown>> => {
  const schemas = COMPONENT_SCHEMAS[kind];
  const checked: [string, unknown][] = [];
  // What is no mapping at all is told by the schema of the file.
  if (typeof components !== 'object' || components === null || Array.isArray(components)) return {};
  for (const [id, settings] of Object.entries(components)) {
    const schema = Object.hasOwn(schemas, typeOf(id)) ? schemas[typeOf(id)] : undefined;
    if (schema === undefined) {
      problems.push({ path: `${kind}.${id}`, message: `unknown type; known: ${Object.keys(schemas).join(', ')}` });
    } else {
      checked.push([id, check(schema, `${kind}.${id}`, settings ?? {}, problems)]);
    }
  }
  return Object.fromEntries(checked);
};
