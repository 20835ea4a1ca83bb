import { readFile } from 'node:fs/promises';
import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import * as v from 'valibot';
import { type BrokenExporters, reasonsOf, takeBroken } from './broken-exporters.ts';
import { complete } from './complete.ts';
import { typeOf } from './components.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { expand, type Meanings } from './expand.ts';
import type { Draft } from './live.ts';
import { looksLikeYaml, parseText } from './parse-text.ts';
import { PRESETS } from './presets.ts';
import { at, undefinedIds } from './references.ts';
import { COMPONENTS } from './registry.ts';
import { COMPONENT_SCHEMAS, configSchema } from './schema.ts';
import type { Schema } from './schema-values.ts';
import type { Config, DeadLetterSettings, OtlpHttpSettings } from './settings.ts';
import { referencesIn } from './values/reference.ts';
import type { sourcesOf } from './values/sources.ts';
import type { Values } from './values/values.ts';

/** What {@link configOfFile} has to know besides the file. */
export interface FileOptions {
  /** The dead-letter store where the file names none. */
  readonly store?: DeadLetterSettings | undefined;
  /** Is told which variables do not count, and which values could not be read anew. */
  readonly onWarning?: (warning: string) => void;
}

/**
 * Reads, expands and checks a configuration: JSON, or YAML by its name. All mistakes are reported at once with their paths.
 *
 * @param path of a file, or where else the text is kept (see `text.ts`).
 * @throws {ConfigError}
 */
export const configOfFile = async (path: string, env: Environment, options: FileOptions = {}): Promise<Config> => {
  const { onWarning = () => undefined } = options;
  const ignored = Object.keys(env).filter((name) => name.startsWith('OTEL_EXPORTER_OTLP_') && env[name] !== '');
  if (ignored.length > 0)
    onWarning(`a configuration file is in use: ${ignored.join(', ')} ignored, except as \${env:NAME} in it`);

  const isRemote = REMOTE.test(path);
  const sources = isRemote ? await openSources(env) : undefined;
  const open = async (): Promise<unknown> => {
    if (sources === undefined) return parseText(path, await localText(path));
    const text = await (await import('./text.ts')).remoteText(path, sources);
    return parseText(path, text, looksLikeYaml(path, text));
  };
  const parsed = await open();
  if (sources === undefined && referencesIn(parsed).length === 0)
    return configOf(parsed, { env, values: NO_VALUES }, options.store);

  const [{ liveConfig }, { valuesOf }] = await Promise.all([import('./live.ts'), import('./values/values.ts')]);
  const values = valuesOf({ sourceOf: sources ?? (await openSources(env)) });
  const draftOf = (content: unknown): Draft => ({
    references: referencesIn(content),
    referencesOf: (id) => referencesIn(at(at(content, 'exporters'), id)),
    evaluate: () => configOf(content, { env, values }, options.store),
  });
  let first: unknown = parsed;
  const read = async (): Promise<Draft> => {
    const content = first ?? (await open());
    first = undefined;
    return draftOf(content);
  };
  return liveConfig({ read, values, onWarning });
};

const openSources = async (env: Environment): Promise<ReturnType<typeof sourcesOf>> =>
  (await import('./values/sources.ts')).sourcesOf(env);

/** Kept elsewhere than in a file. */
const REMOTE = /^(?:ssm|secretsmanager|s3):/;

const NO_VALUES: Pick<Values, 'get'> = { get: () => ({ problem: 'was not read', permanent: true }) };

const localText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const message = `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`;
    throw new ConfigError([{ path: placeOf(path), message }]);
  }
};

/** The configuration that a parsed text describes. */
const configOf = async (
  parsed: unknown,
  meanings: Meanings,
  store: DeadLetterSettings | undefined,
): Promise<Config> => {
  const problems: ConfigProblem[] = [];
  const expanded = expand(parsed, meanings, problems);
  const given = (typeof expanded === 'object' && expanded !== null ? expanded : {}) as Readonly<
    Record<string, unknown>
  >;
  const broken = takeBroken(
    given['exporters'],
    (given['dead_letter'] as DeadLetterSettings | undefined) ?? store,
    problems,
  );
  const config = check(configSchema, '', expanded, problems);
  const exporters = checkComponents('exporters', given['exporters'], problems, broken);
  const processors = checkComponents('processors', given['processors'], problems);
  // As they stand in the file: an id is named in the message, and what a reference stands for may be a secret.
  for (const problem of undefinedIds(parsed)) problems.push(problem);
  if (config !== undefined) problems.push(...silentExporters({ ...config, exporters }, broken));
  if (config === undefined || problems.length > 0) throw new ConfigError(problems);
  const made: Config = {
    ...(store && { dead_letter: store }),
    ...config,
    components: COMPONENTS,
    exporters: withLimits(exporters),
    processors,
    ...(broken.size === 0 ? {} : { broken: reasonsOf(broken) }),
  };
  return complete(made, meanings.env);
};

/** Exporters that a pipeline uses and that have no endpoint for its signal. */
const silentExporters = (config: Config, broken: BrokenExporters): readonly ConfigProblem[] =>
  SIGNALS.flatMap((signal) =>
    (config.service.pipelines[signal]?.exporters ?? [])
      .filter((id) => typeOf(id) === 'otlp_http' && !broken.has(id) && !sends(config.exporters[id], signal))
      .map((id) => ({
        path: `exporters.${id}`,
        message: `needs endpoint or ${signal}_endpoint: the pipeline of ${signal} uses it`,
      })),
  );

/** Whether these settings of an `otlp_http` exporter name an endpoint for the signal. */
const sends = (settings: unknown, signal: Signal): boolean => {
  const { endpoint, [`${signal}_endpoint` as const]: own } = (settings ?? {}) as OtlpHttpSettings;
  return endpoint !== undefined || own !== undefined || settings === undefined;
};

/** Presets as what they stand for. */
const withLimits = (exporters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(exporters).map(([id, settings]) => {
      const { preset } = settings as OtlpHttpSettings;
      return [id, preset === undefined ? settings : { ...(settings as object), limits: PRESETS[preset] }];
    }),
  );

/** Whoever put the configuration itself where its path belongs finds it in no log. */
const placeOf = (path: string): string => (/^[\w./\\: @+-]{1,255}$/.test(path) ? path : 'the configuration file');

const check = <T>(
  schema: Schema<T>,
  path: string,
  value: unknown,
  problems: ConfigProblem[],
  forgiven: readonly ConfigProblem[] = [],
): T | undefined => {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  // One problem per place: what could not be expanded is not wrong a second time.
  const known = new Set([...problems, ...forgiven].map((problem) => problem.path));
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
  broken: BrokenExporters = new Map(),
): Readonly<Record<string, unknown>> => {
  const schemas = COMPONENT_SCHEMAS[kind];
  const checked: [string, unknown][] = [];
  // What is no mapping at all is told by the schema of the file.
  if (typeof components !== 'object' || components === null || Array.isArray(components)) return {};
  for (const [id, settings] of Object.entries(components)) {
    const schema = Object.hasOwn(schemas, typeOf(id)) ? schemas[typeOf(id)] : undefined;
    if (schema === undefined) {
      problems.push({ path: `${kind}.${id}`, message: `unknown type; known: ${Object.keys(schemas).join(', ')}` });
      continue;
    }
    const valid = check(schema, `${kind}.${id}`, settings ?? {}, problems, broken.get(id));
    checked.push([id, broken.has(id) ? settings : valid]); // nothing is made of what is broken
  }
  return Object.fromEntries(checked);
};
