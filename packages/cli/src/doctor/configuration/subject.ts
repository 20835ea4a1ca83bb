import type { Config } from '@serverless-otlp/forwarder/config';
import { type Signal, SIGNAL_PATHS, SIGNALS } from '@serverless-otlp/otlp';

/** The settings of a destination that are looked at; they are checked already. */
export interface DestinationSettings {
  readonly endpoint?: string;
  readonly traces_endpoint?: string;
  readonly metrics_endpoint?: string;
  readonly logs_endpoint?: string;
  readonly encoding?: 'proto' | 'json';
  readonly compression?: 'gzip' | 'none';
  readonly timeout_ms?: number;
  readonly retry?: { readonly enabled?: boolean; readonly max_elapsed_ms?: number };
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: object;
  readonly pem?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** A destination, and where it takes each signal that a pipeline sends it. */
export interface Target {
  readonly id: string;
  readonly settings: DestinationSettings;
  readonly urls: Readonly<Partial<Record<Signal, URL>>>;
}

const withPath = (base: string, signal: Signal): URL => {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${SIGNAL_PATHS[signal]}`;
  return url;
};

const urlOf = (settings: DestinationSettings, signal: Signal): URL | undefined => {
  const own = settings[`${signal}_endpoint`];
  if (own !== undefined) return new URL(own);
  return settings.endpoint === undefined ? undefined : withPath(settings.endpoint, signal);
};

/** The destinations that speak OTLP/HTTP and are not broken, with the signals that pipelines send them. */
export const targetsOf = ({ exporters, broken = {}, service }: Config): readonly Target[] =>
  Object.entries(exporters).flatMap(([id, given]) => {
    if (id.split('/', 1)[0] !== 'otlp_http' || Object.hasOwn(broken, id)) return [];
    const settings = (given ?? {}) as DestinationSettings;
    const used = SIGNALS.filter((signal) => service.pipelines[signal]?.exporters.includes(id) === true);
    const urls = used.flatMap((signal) => {
      const url = urlOf(settings, signal);
      return url === undefined ? [] : [[signal, url] as const];
    });
    return [{ id, settings, urls: Object.fromEntries(urls) }];
  });

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether a URL leads to this machine. */
export const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);
