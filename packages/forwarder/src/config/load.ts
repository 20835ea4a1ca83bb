import type { Environment } from './endpoint.ts';
import { configOfEnvironment } from './environment.ts';
import type { Config } from './settings.ts';

/** Where a configuration comes from. */
export interface LoadConfigOptions {
  /** Default: the variables of the process. */
  readonly env?: Environment;
  /** Is told what was ignored in the variables, and which destinations are broken. */
  readonly onWarning: (warning: string) => void;
  /** The base endpoint when nothing names one. The deployed forwarder has none and refuses to start. */
  readonly defaultEndpoint?: string;
  /** A configuration file; wins over `OTLP_FORWARDER_CONFIG`. */
  readonly configFile?: string;
}

/** Names the dead-letter store where no file does: `s3://bucket/prefix`, or a folder. */
export const STORE_VARIABLE = 'OTLP_FORWARDER_DEAD_LETTER';

/**
 * The configuration that a file or the variables describe.
 *
 * @throws {ConfigError} with every mistake at once.
 */
export const loadConfig = async (options: LoadConfigOptions): Promise<Config> => {
  const { env = process.env, onWarning, defaultEndpoint, configFile } = options;
  const named = env[STORE_VARIABLE]?.trim() ?? '';
  const store = named === '' ? undefined : (await import('./store.ts')).deadLetterSettings(named, STORE_VARIABLE);
  const path = configFile ?? env['OTLP_FORWARDER_CONFIG'] ?? '';
  if (path !== '') return (await import('./file.ts')).configOfFile(path, env, { store, onWarning });
  const more = (config: Config): Promise<Config> => withMore(config, env);
  if (Object.entries(env).some(([name, value]) => value !== undefined && REFERS.test(`${name}=${value}`)))
    return (await import('./live-environment.ts')).liveEnvironment({
      env,
      defaultEndpoint,
      store,
      onWarning,
      complete: more,
    });
  const { config, warnings } = configOfEnvironment(env, defaultEndpoint);
  warnings.forEach(onWarning);
  return more(store === undefined ? config : { ...config, dead_letter: store });
};

/** A variable that refers to a secret or a parameter, or to the reference's secrets. */
const REFERS = /^OTEL_EXPORTER_OTLP_.*\$\{(?:secretsmanager|ssm):|^COLLECTORS_SECRETS_KEY_PREFIX=./s;

/** Settings that have to be looked at: certificates, authentication, endpoints of AWS. */
const MORE = /"tls":|"auth":|amazonaws\.|amazonwebservices\.|\.api\.aws/;

/** Few need more than an endpoint and headers; only they load what does the rest. */
const withMore = async (config: Config, env: Environment): Promise<Config> =>
  MORE.test(JSON.stringify(config.exporters)) ? (await import('./complete.ts')).complete(config, env) : config;

/** Under which name metrics are written; `undefined` when they are switched off. */
export const metricsNamespace = ({ service: { metrics = {} } }: Config): string | undefined =>
  metrics.enabled === false ? undefined : (metrics.namespace ?? 'OtlpForwarder');
