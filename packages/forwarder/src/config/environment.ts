import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { httpUrl } from '../http/http-url.ts';
import { type Environment, signalUrl } from './endpoint.ts';
import { parseHeaders } from './headers.ts';
import type { Config, OtlpHttpSettings, TlsSettings } from './settings.ts';

/** A configuration made of variables, and what was ignored on the way. */
export interface EnvironmentConfig {
  readonly config: Config;
  readonly warnings: readonly string[];
}

type Variable = { readonly name: string; readonly value: string } | undefined;
type Ignored = (name: string, why: string) => void;
type SignalSettings = Omit<OtlpHttpSettings, 'endpoint' | `${Signal}_endpoint`> & { readonly url: string };

const PREFIX = 'OTEL_EXPORTER_OTLP_';

/**
 * The configuration that the standard `OTEL_EXPORTER_OTLP_*` variables describe; each has a form per signal that wins (U5, V8).
 * Unlike the SDKs' default, requests are compressed unless `COMPRESSION` says `none`.
 *
 * @param defaultEndpoint the base endpoint when no variable names one; the deployed forwarder has none.
 * @throws {ConfigError} for an endpoint or protocol that cannot work, or none at all.
 */
export const configOfEnvironment = (env: Environment, defaultEndpoint?: string): EnvironmentConfig => {
  const problems: ConfigProblem[] = [];
  const warnings: string[] = [];
  const settings = SIGNALS.map(
    (signal) => [signal, signalSettings(signal, env, defaultEndpoint, problems, warnings)] as const,
  );
  const found = settings.flatMap(([signal, one]) => (one === undefined ? [] : [[signal, one] as const]));
  if (found.length === 0 && problems.length === 0) {
    problems.push({
      path: `${PREFIX}ENDPOINT`,
      message:
        'is not set. Name the collector to send to, e.g. https://collector.example:4318, or give a file in OTLP_FORWARDER_CONFIG',
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: configOf(found), warnings: [...new Set(warnings)] };
};

/** Signals whose settings differ in nothing but the URL share an exporter, and so its connections. */
const configOf = (found: readonly (readonly [Signal, SignalSettings])[]): Config => {
  const groups = new Map<
    string,
    { readonly rest: object; readonly signals: Signal[]; readonly urls: Record<string, string> }
  >();
  for (const [signal, { url, ...rest }] of found) {
    const key = JSON.stringify(rest);
    const group = groups.get(key) ?? { rest, signals: [], urls: {} };
    groups.set(key, group);
    group.signals.push(signal);
    group.urls[`${signal}_endpoint`] = url;
  }
  const exporters: Record<string, OtlpHttpSettings> = {};
  const pipelines: Partial<Record<Signal, { readonly exporters: readonly string[] }>> = {};
  for (const { rest, signals, urls } of groups.values()) {
    const id = groups.size === 1 ? 'otlp_http' : `otlp_http/${signals.join('_')}`;
    exporters[id] = { ...rest, ...urls };
    for (const signal of signals) pipelines[signal] = { exporters: [id] };
  }
  return { exporters, service: { pipelines } };
};

const signalSettings = (
  signal: Signal,
  env: Environment,
  defaultEndpoint: string | undefined,
  problems: ConfigProblem[],
  warnings: string[],
): SignalSettings | undefined => {
  /** The signal's own variable, else the general one; empty is unset (V1). */
  const variable = (option: string): Variable => {
    for (const name of [`${PREFIX}${signal.toUpperCase()}_${option}`, `${PREFIX}${option}`]) {
      const value = env[name]?.trim() ?? '';
      if (value !== '') return { name, value };
    }
    return undefined;
  };
  const ignored: Ignored = (name, why) => {
    warnings.push(`${name} ${why}; ignored`);
  };
  const url = signalEndpoint(signal, variable('ENDPOINT'), defaultEndpoint, problems);
  const protocol = variable('PROTOCOL');
  if (protocol?.value.toLowerCase() === 'grpc') {
    problems.push({
      path: protocol.name,
      message: 'grpc is not supported: use http/protobuf, and the HTTP port of your collector (4318)',
    });
  }
  if (url === undefined) return undefined;

  const encoding = choice(protocol, { 'http/protobuf': 'proto', 'http/json': 'json' } as const, ignored);
  const compression = choice(variable('COMPRESSION'), { gzip: 'gzip', none: 'none' } as const, ignored);
  const timeoutMs = milliseconds(variable('TIMEOUT'), ignored);
  const headers = signalHeaders(signal, env, warnings);
  const tls = tlsSettings(variable, problems);
  return {
    url,
    ...(encoding === undefined ? {} : { encoding }),
    ...(compression === undefined ? {} : { compression }),
    ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
};

const signalEndpoint = (
  signal: Signal,
  variable: Variable,
  defaultEndpoint: string | undefined,
  problems: ConfigProblem[],
): string | undefined => {
  if (variable === undefined) return defaultEndpoint === undefined ? undefined : signalUrl(defaultEndpoint, signal);
  const url = httpUrl(variable.value);
  if (url === undefined) {
    const known = problems.some(({ path }) => path === variable.name);
    if (!known)
      problems.push({
        path: variable.name,
        message: 'must be an http:// or https:// URL, e.g. https://collector.example:4318',
      });
    return undefined;
  }
  return variable.name === `${PREFIX}ENDPOINT` ? signalUrl(variable.value, signal) : url.href;
};

/** An enum in any case; an unknown value is warned about and ignored (V3). */
const choice = <T extends string>(
  variable: Variable,
  values: Readonly<Record<string, T>>,
  ignored: Ignored,
): T | undefined => {
  if (variable === undefined) return undefined;
  const found = Object.entries(values).find(([name]) => name === variable.value.toLowerCase());
  if (found === undefined) ignored(variable.name, `must be one of ${Object.keys(values).join(', ')}`);
  return found?.[1];
};

/** Milliseconds; what is no such number, or negative, is warned about and ignored (V4). */
const milliseconds = (variable: Variable, ignored: Ignored): number | undefined => {
  if (variable === undefined) return undefined;
  if (/^\d+$/.test(variable.value)) return Number(variable.value);
  ignored(variable.name, 'is not a number of milliseconds');
  return undefined;
};

/** A signal's own headers are merged over the general ones. */
const signalHeaders = (signal: Signal, env: Environment, warnings: string[]): Readonly<Record<string, string>> => {
  const read = (name: string): Readonly<Record<string, string>> =>
    parseHeaders(env[name] ?? '', (what) => warnings.push(`${name}: ${what} is malformed; ignored`));
  return { ...read(`${PREFIX}HEADERS`), ...read(`${PREFIX}${signal.toUpperCase()}_HEADERS`) };
};

/** PEM files; a client certificate without its key, or a key without its certificate, would fail at every request. */
const tlsSettings = (variable: (option: string) => Variable, problems: ConfigProblem[]): TlsSettings => {
  const [ca, cert, key] = [variable('CERTIFICATE'), variable('CLIENT_CERTIFICATE'), variable('CLIENT_KEY')];
  const alone = key === undefined ? cert : cert === undefined ? key : undefined;
  if (alone !== undefined && !problems.some(({ path }) => path === alone.name)) {
    problems.push({ path: alone.name, message: 'CLIENT_CERTIFICATE and CLIENT_KEY go together' });
  }
  return {
    ...(ca === undefined ? {} : { ca_file: ca.value }),
    ...(cert === undefined ? {} : { cert_file: cert.value }),
    ...(key === undefined ? {} : { key_file: key.value }),
  };
};
