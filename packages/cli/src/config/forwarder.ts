import type { Forwarder, Report } from '@serverless-otlp/forwarder';
import {
  ConfigError,
  loadConfig,
  loadForwarder,
  ownLogGroupsOf,
  type Environment,
} from '@serverless-otlp/forwarder/config';
import { UsageError } from '../usage-error.ts';
import { needConfigFile } from './config-file.ts';

/** What the command line says about the destination. */
export interface ForwarderSettings {
  readonly endpoint?: string;
  /** `name=value` each. */
  readonly headers?: readonly string[];
  readonly config?: string;
  readonly protocol?: string;
  readonly compression?: string;
  /** Ids of the exporters to send to; default all. */
  readonly destinations?: readonly string[];
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';

const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+=[\t\x20-\x7e]+$/;

const SIGNALS = ['TRACES', 'METRICS', 'LOGS'];

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const headerPair = (text: string, index: number): string => {
  // The value may be a secret: not even a wrong one is repeated.
  if (!HEADER.test(text))
    throw new UsageError(`--header number ${index + 1} is not name=value with a name and value HTTP allows.`);
  const equals = text.indexOf('=');
  return `${text.slice(0, equals)}=${encodeURIComponent(text.slice(equals + 1))}`;
};

const checkTogether = ({ config, endpoint, headers = [], protocol, compression }: ForwarderSettings): void => {
  if (endpoint !== undefined && !isHttpUrl(endpoint)) {
    throw new UsageError('--endpoint must be an http:// or https:// URL, for example http://localhost:4318.');
  }
  if (config === undefined) return;
  if (endpoint !== undefined || headers.length > 0 || protocol !== undefined || compression !== undefined) {
    throw new UsageError(
      '--config says where and how to send: leave out --endpoint, --header, --protocol and --compression.',
    );
  }
  needConfigFile(config);
};

/** Options win over variables: the general variable is set, the ones per signal, which would win over it, are not. */
const override = (env: Record<string, string | undefined>, name: string, value: string | undefined): void => {
  if (value === undefined) return;
  env[`OTEL_EXPORTER_OTLP_${name}`] = value;
  for (const signal of SIGNALS) env[`OTEL_EXPORTER_OTLP_${signal}_${name}`] = undefined;
};

const environmentOf = (settings: ForwarderSettings, given: Environment): Environment => {
  const env = { ...given };
  override(env, 'ENDPOINT', settings.endpoint);
  override(env, 'PROTOCOL', settings.protocol);
  override(env, 'COMPRESSION', settings.compression);
  if (settings.endpoint !== undefined) env['OTLP_FORWARDER_CONFIG'] = undefined;
  const pairs = (settings.headers ?? []).map(headerPair);
  if (pairs.length > 0) {
    // Added to those of the variables; of two of one name the last wins, also over a signal's own.
    for (const name of ['HEADERS', ...SIGNALS.map((signal) => `${signal}_HEADERS`)]) {
      const key = `OTEL_EXPORTER_OTLP_${name}`;
      if (name === 'HEADERS' || (env[key] ?? '') !== '')
        env[key] = [env[key] ?? '', ...pairs].filter(Boolean).join(',');
    }
  }
  return env;
};

/** A mistake in a configuration is one of the person at the keyboard. */
const asUsage = async <T>(load: () => Promise<T>): Promise<T> => {
  try {
    return await load();
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
};

/**
 * The forwarder the command line asks for: from `--config`, or from the options over the `OTEL_EXPORTER_OTLP_*` variables.
 *
 * @throws {UsageError} for every mistake in options, variables and file.
 */
export const forwarderOf = async (
  settings: ForwarderSettings,
  onReport: (report: Report) => void,
  onWarning: (warning: string) => void,
  env: Environment = process.env,
): Promise<Forwarder> => {
  checkTogether(settings);
  const { config: configFile, destinations } = settings;
  return asUsage(() =>
    loadForwarder({
      env: environmentOf(settings, env),
      onReport,
      onWarning,
      defaultEndpoint: DEFAULT_ENDPOINT,
      ...(configFile === undefined ? {} : { configFile }),
      ...(destinations === undefined ? {} : { destinations }),
    }),
  );
};

/**
 * The log groups that no forwarder processes, since it writes to them itself (D21).
 *
 * @throws {UsageError} for every mistake in options, variables and file.
 */
export const ownLogGroups = async (
  settings: ForwarderSettings,
  env: Environment = process.env,
): Promise<readonly string[]> => {
  checkTogether(settings);
  const { config: configFile } = settings;
  const given = environmentOf(settings, env);
  const config = await asUsage(() =>
    loadConfig({
      env: given,
      // Whoever loads the forwarder tells them.
      onWarning: () => undefined,
      defaultEndpoint: DEFAULT_ENDPOINT,
      ...(configFile === undefined ? {} : { configFile }),
    }),
  );
  return ownLogGroupsOf(given, config);
};
