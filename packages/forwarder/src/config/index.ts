import { createForwarder, type Forwarder, type ForwarderOptions } from '../forwarder.ts';
import { buildForwarder } from './build.ts';
import type { Environment } from './endpoint.ts';
import { configOfEnvironment } from './environment.ts';
import type { Config } from './settings.ts';

export { ConfigError, type ConfigProblem } from './config-error.ts';
export { buildForwarder } from './build.ts';
export { configOfEnvironment, type EnvironmentConfig } from './environment.ts';
export type { Environment } from './endpoint.ts';
export type { Config } from './settings.ts';

/** Where the variables and a forwarder's own reports go. */
export interface LoadOptions extends Pick<ForwarderOptions, 'onReport'> {
  /** Default: those of the process. */
  readonly env?: Environment;
  /** Is told what was ignored in the variables. */
  readonly onWarning: (warning: string) => void;
  /** The base endpoint when nothing names one. The deployed forwarder has none and refuses to start. */
  readonly defaultEndpoint?: string;
  /** A configuration file; wins over `OTLP_FORWARDER_CONFIG`. */
  readonly configFile?: string;
}

const loadConfig = async (
  env: Environment,
  { onWarning, defaultEndpoint, configFile }: LoadOptions,
): Promise<Config> => {
  const path = configFile ?? env['OTLP_FORWARDER_CONFIG'] ?? '';
  if (path !== '') {
    const config = await (await import('./file.ts')).configOfFile(path, env);
    const ignored = Object.keys(env).filter((name) => name.startsWith('OTEL_EXPORTER_OTLP_') && env[name] !== '');
    if (ignored.length > 0)
      onWarning(`a configuration file is in use: ${ignored.join(', ')} ignored, except as \${env:NAME} in it`);
    return config;
  }
  const { config, warnings } = configOfEnvironment(env, defaultEndpoint);
  warnings.forEach(onWarning);
  return config;
};

/** The log groups this function itself writes to, as Lambda tells them. */
const ownLogGroups = (env: Environment): readonly string[] => {
  const { AWS_LAMBDA_LOG_GROUP_NAME: group, AWS_LAMBDA_FUNCTION_NAME: name } = env;
  return [group ?? '', name === undefined ? '' : `/aws/lambda/${name}`].filter((own) => own !== '');
};

/**
 * A forwarder from a configuration file, or from the standard `OTEL_EXPORTER_OTLP_*` variables alone.
 *
 * @throws {ConfigError} with every mistake at once.
 */
export const loadForwarder = async (options: LoadOptions): Promise<Forwarder> => {
  const { env = process.env, onReport } = options;
  const config = await loadConfig(env, options);
  return createForwarder({ ...buildForwarder(config, ownLogGroups(env)), onReport });
};
