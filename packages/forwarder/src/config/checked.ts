import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import * as v from 'valibot';
import { type BrokenExporters, joined, reasonsOf, takeBroken, takeWrongValues } from './broken-exporters.ts';
import { complete } from './complete.ts';
import { typeOf } from './components.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { expand, type Meanings } from './expand.ts';
import { PRESETS } from './presets.ts';
import { at, undefinedIds } from './references.ts';
import { COMPONENTS } from './registry.ts';
import { COMPONENT_SCHEMAS, configSchema } from './schema.ts';
import type { Schema } from './schema-values.ts';
import { ofSecrets, type VersionedDestinations, withSecrets } from './with-secrets.ts';
import type { Config, DeadLetterSettings, OtlpHttpSettings } from './settings.ts';

/** What belongs to a configuration besides its text. */
export interface CheckedOptions {
  /** The dead-letter store where the text names none. */
  readonly store?: DeadLetterSettings | undefined;
  /** Destinations that secrets describe. */
  readonly secrets?: VersionedDestinations | undefined;
}

/**
 * The configuration that a parsed text describes, expanded and checked.
 *
 * @throws {ConfigError} with every mistake at once.
 */
export const checkedConfig = async (
  parsed: unknown,
  meanings: Meanings,
  { store, secrets }: CheckedOptions,
): Promise<Config> => {
  const problems: ConfigProblem[] = [];
  const expanded = expand(parsed, meanings, problems);
  const given = (typeof expanded === 'object' && expanded !== null ? expanded : {}) as Readonly<
    Record<string, unknown>
  >;
  const kept = (given['dead_letter'] as DeadLetterSettings | undefined) ?? store;
  const missing = takeBroken(given['exporters'], kept, problems);
  const config = check(configSchema, '', secrets === undefined ? expanded : withSecrets(expanded, secrets), problems);
  const valid = checkComponents('exporters', given['exporters'], problems, missing);
  const broken = joined(missing, takeWrongValues(at(parsed, 'exporters'), given['exporters'], kept, problems));
  const exporters = { ...valid, ...settingsOf(broken, given['exporters']) };
  const processors = checkComponents('processors', given['processors'], problems);
  // As they stand in the file: an id is named in the message, and what a reference stands for may be a secret.
  for (const problem of undefinedIds(parsed)) problems.push(problem);
  if (config !== undefined) problems.push(...silentExporters({ ...config, exporters }, broken, secrets));
  if (config === undefined || problems.length > 0) throw new ConfigError(problems);
  const made: Config = {
    ...(store && { dead_letter: store }),
    ...config,
    components: COMPONENTS,
    exporters: { ...withLimits(exporters), ...secrets?.exporters },
    processors,
    ...(broken.size === 0 && secrets === undefined ? {} : { broken: { ...reasonsOf(broken), ...secrets?.broken } }),
    ...(secrets && ofSecrets(secrets)),
  };
  return complete(made, meanings.env);
};

/** What stands in the file for those that are broken: nothing is made of it. */
const settingsOf = (broken: BrokenExporters, exporters: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...broken.keys()].map((id) => [id, at(exporters, id) ?? {}]));

/**
 * The settings of one exporter as {@link checkedConfig} would make them, whatever has become of the rest: nobody waits for another one's
 * key (D4). In `broken` when they cannot be used.
 */
export const checkedExporter = async (parsed: unknown, id: string, meanings: Meanings): Promise<Config> => {
  const problems: ConfigProblem[] = [];
  const given = at(at(parsed, 'exporters'), id);
  if (given === undefined) return NOTHING;
  const exporters = { [id]: expand(given, meanings, problems, `exporters.${id}`) };
  const valid = problems.length > 0 ? exporters : checkComponents('exporters', exporters, problems);
  if (problems.length > 0) return { ...NOTHING, exporters, broken: reasonsOf(new Map([[id, problems]])) };
  return complete({ ...NOTHING, exporters: withLimits(valid) }, meanings.env);
};

const NOTHING: Config = { exporters: {}, service: { pipelines: {} } };

/** Exporters that a pipeline uses and that have no endpoint for its signal. */
const silentExporters = (
  config: Config,
  broken: BrokenExporters,
  secrets: VersionedDestinations | undefined,
): readonly ConfigProblem[] =>
  SIGNALS.flatMap((signal) =>
    (config.service.pipelines[signal]?.exporters ?? [])
      .filter((id) => !(id in (secrets?.exporters ?? {})))
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
  const told = (message: string): ConfigProblem => ({ path: place === '' ? 'the file' : place, message });
  if (issue.received === 'undefined') return told('is missing');
  // Valibot's own messages quote what they received, which may be a secret.
  return told(issue.message.startsWith('Invalid') ? 'has the wrong type or value' : issue.message);
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
    checked.push([id, valid]);
  }
  return Object.fromEntries(checked);
};
