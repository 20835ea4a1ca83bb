import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Environment } from './endpoint.ts';
import { configOfEnvironment } from './environment.ts';
import { type Draft, liveConfig } from './live.ts';
import type { SecretsUnder } from './secrets-under.ts';
import type { Config, DeadLetterSettings } from './settings.ts';
import { parseReference, REFERENCES, referencesIn } from './values/reference.ts';
import { sourcesOf } from './values/sources.ts';
import { type Values, valuesOf } from './values/values.ts';

/** What {@link liveEnvironment} has to know besides the variables. */
export interface LiveEnvironmentOptions {
  readonly env: Environment;
  readonly defaultEndpoint?: string | undefined;
  readonly store?: DeadLetterSettings | undefined;
  readonly onWarning: (warning: string) => void;
  /** What becomes of every configuration of variables. */
  readonly complete: (config: Config) => Promise<Config>;
}

const PREFIX = 'OTEL_EXPORTER_OTLP_';

const NO_DESTINATIONS: Config = { exporters: {}, service: { pipelines: {} } };

/** What stands for a value nobody knows yet, so that the other variables can be checked: nothing is ever sent to it. */
const UNKNOWN = 'https://unknown.invalid';

/** The variables with their references replaced, and what could not be. */
const expanded = (
  env: Environment,
  values: Values,
): { readonly env: Environment; readonly problems: ConfigProblem[] } => {
  const problems: ConfigProblem[] = [];
  const entries = Object.entries(env).map(([name, text]) => {
    if (!name.startsWith(PREFIX) || text === undefined) return [name, text] as const;
    const plain = text.replace(REFERENCES, (written) => {
      const reference = parseReference(written);
      if (reference === undefined) return written;
      const found = values.get(reference);
      // Commas, equal signs and percent signs of a secret are its own (V5).
      if ('value' in found) return name.endsWith('HEADERS') ? encodeURIComponent(found.value) : found.value;
      const message = `${reference.scheme}:${reference.name} ${found.problem}`;
      problems.push({ path: name, message, passing: !found.permanent });
      return UNKNOWN;
    });
    return [name, plain] as const;
  });
  return { env: Object.fromEntries(entries), problems };
};

const secretsOf = async (env: Environment): Promise<SecretsUnder | undefined> => {
  if ((env['COLLECTORS_SECRETS_KEY_PREFIX'] ?? '') === '') return undefined;
  const [{ prefixOf }, { secretsUnder }] = await Promise.all([
    import('./secrets-prefix.ts'),
    import('./secrets-under.ts'),
  ]);
  const prefix = prefixOf(env);
  return prefix === undefined ? undefined : secretsUnder(prefix, env);
};

/**
 * The configuration of variables that refer to secrets or parameters, or name a prefix of secrets that are destinations. One that has no value is a mistake of all exporters: they wait.
 *
 * @throws {ConfigError} with every mistake at once.
 */
export const liveEnvironment = async (options: LiveEnvironmentOptions): Promise<Config> => {
  const { env, defaultEndpoint, store, onWarning, complete } = options;
  const values = valuesOf({ sourceOf: sourcesOf(env) });
  const own = Object.entries(env).filter(([name]) => name.startsWith(PREFIX));
  const references = referencesIn(own);
  const secrets = await secretsOf(env);
  let warned = false;

  const evaluate = async (): Promise<Config> => {
    const { env: plain, problems } = expanded(env, values);
    if (store === undefined && problems.some(({ passing }) => passing !== true)) throw new ConfigError(problems);
    const { config, warnings } =
      secrets !== undefined && !own.some(([name]) => name.endsWith('ENDPOINT'))
        ? { config: NO_DESTINATIONS, warnings: [] }
        : configOfEnvironment(plain, defaultEndpoint);
    if (!warned) warnings.forEach(onWarning);
    warned = true;
    const reason = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
    const broken = Object.fromEntries(reason === '' ? [] : Object.keys(config.exporters).map((id) => [id, reason]));
    const found = secrets?.destinations();
    const together = found && (await import('./with-secrets.ts'));
    const all = found === undefined ? config : (together?.withSecrets(config, found) as unknown as Config);
    return complete({
      ...all,
      ...(store && { dead_letter: store }),
      ...(problems.length > 0 || found !== undefined ? { broken: { ...broken, ...found?.broken } } : {}),
      ...(found && together?.ofSecrets(found)),
    });
  };
  const draft: Draft = {
    values,
    references,
    referencesOf: () => references,
    secrets,
    evaluate,
    evaluateOf: (id) =>
      secrets?.has(id) === true ? complete({ ...NO_DESTINATIONS, ...secrets.destinations() }) : evaluate(),
  };
  return liveConfig({ read: () => Promise.resolve(draft), onWarning });
};
