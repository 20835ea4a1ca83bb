import { readFile } from 'node:fs/promises';
import { checkedConfig, checkedExporter } from './checked.ts';
import { complete } from './complete.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { expand, type Meanings } from './expand.ts';
import type { Draft } from './live.ts';
import { looksLikeYaml, parseText } from './parse-text.ts';
import { at } from './references.ts';
import type { SecretsUnder } from './secrets-under.ts';
import type { Config, DeadLetterSettings } from './settings.ts';
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
  const secretsPrefix = await prefixIn(parsed, env);
  if (sources === undefined && secretsPrefix === undefined && referencesIn(parsed).length === 0)
    return checkedConfig(parsed, { env, values: NO_VALUES }, options);

  const [{ liveConfig }, { valuesOf }] = await Promise.all([import('./live.ts'), import('./values/values.ts')]);
  const values = valuesOf({ sourceOf: sources ?? (await openSources(env)) });
  const kept = { env, values, secretsUnder: secretsByPrefix(env) };
  let first: unknown = parsed;
  const read = async (): Promise<Draft> => {
    const content = first ?? (await open());
    first = undefined;
    return draftOf(content, kept, options);
  };
  return liveConfig({ read, onWarning });
};

/** The prefix of secrets that are destinations; `undefined` when there is none. */
const prefixIn = async (content: unknown, env: Environment): Promise<string | undefined> => {
  const problems: ConfigProblem[] = [];
  const given = expand(at(content, 'secrets_prefix'), { env, values: NO_VALUES }, problems, 'secrets_prefix');
  if (problems.length > 0) throw new ConfigError(problems);
  if (given !== undefined && typeof given !== 'string') return undefined; // the schema tells
  return given === undefined && env['COLLECTORS_SECRETS_KEY_PREFIX'] === undefined
    ? undefined
    : (await import('./secrets-prefix.ts')).prefixOf(env, given);
};

/** Opens the secrets under a prefix once: what was read of them stays from one version of the text to the next. */
const secretsByPrefix = (env: Environment): ((prefix: string) => Promise<SecretsUnder>) => {
  const opened = new Map<string, SecretsUnder>();
  return async (prefix) => {
    const secrets = opened.get(prefix) ?? (await import('./secrets-under.ts')).secretsUnder(prefix, env);
    opened.set(prefix, secrets);
    return secrets;
  };
};

/** What of one version of the text goes on in the next. */
interface Kept extends Meanings {
  readonly values: Values;
  readonly secretsUnder: (prefix: string) => Promise<SecretsUnder>;
}

/** Values, and secrets under a prefix, are read with each version of the text. */
const draftOf = async (content: unknown, kept: Kept, options: FileOptions): Promise<Draft> => {
  const { env, values, secretsUnder } = kept;
  const prefix = await prefixIn(content, env);
  const secrets = prefix === undefined ? undefined : await secretsUnder(prefix);
  return {
    values,
    references: referencesIn(content),
    referencesOf: (id) => referencesIn(at(at(content, 'exporters'), id)),
    secrets,
    evaluate: () => checkedConfig(content, kept, { ...options, secrets: secrets?.destinations() }),
    evaluateOf: (id) =>
      secrets?.has(id) === true
        ? complete({ ...secrets.destinations(), service: { pipelines: {} } }, env)
        : checkedExporter(content, id, kept),
  };
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

/** Whoever put the configuration itself where its path belongs finds it in no log. */
const placeOf = (path: string): string => (/^[\w./\\: @+-]{1,255}$/.test(path) ? path : 'the configuration file');
