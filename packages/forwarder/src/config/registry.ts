import { attributes } from '../processors/attributes.ts';
import { batch } from '../processors/batch.ts';
import { filter } from '../processors/filter.ts';
import { debug } from '../exporters/debug.ts';
import { otlpHttp } from '../exporters/otlp-http.ts';
import { DEFAULT_MAX_ELAPSED_MS, withRetry } from '../exporters/with-retry.ts';
import { withSplit } from '../exporters/with-split.ts';
import type { Exporter, Processor } from '../types.ts';
import { writeLine } from '../write-report.ts';
import { signalUrl } from './endpoint.ts';
import { readPem } from './pem.ts';
import type {
  AttributesSettings,
  BatchSettings,
  FilterPatternSettings,
  FilterSettings,
  OtlpHttpSettings,
} from './settings.ts';
import { SIGNALS } from '@serverless-otlp/otlp';

/** Makes a component of checked settings. Throws with a clear message when a file it needs is no good. */
type Factory<Component> = (id: string, settings: never) => Component;

/** `undefined` options stand for defaults; with exact optional properties they have to be left out. */
const defined = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/** 0 is no limit (V4). */
const timeoutMsOf = ({ timeout_ms }: OtlpHttpSettings): number | undefined =>
  timeout_ms === 0 ? Infinity : timeout_ms;

/** Who asks for more time for one try than all tries have together means it for all of them. `undefined` is the default. */
export const maxElapsedMsOf = (settings: OtlpHttpSettings): number | undefined => {
  const timeoutMs = timeoutMsOf(settings) ?? 0;
  return settings.retry?.max_elapsed_ms ?? (timeoutMs > DEFAULT_MAX_ELAPSED_MS ? timeoutMs : undefined);
};

const otlpHttpFrom = (id: string, settings: OtlpHttpSettings): Exporter => {
  const { endpoint, retry = {} } = settings;
  const endpoints = Object.fromEntries(
    SIGNALS.flatMap((signal) => {
      const url = settings[`${signal}_endpoint`] ?? (endpoint === undefined ? undefined : signalUrl(endpoint, signal));
      return url === undefined ? [] : [[signal, url]];
    }),
  );
  const exporter = otlpHttp(
    defined({
      name: id,
      endpoints,
      encoding: settings.encoding,
      compression: settings.compression,
      gzipLevel: settings.compression_level,
      headers: settings.headers,
      timeoutMs: timeoutMsOf(settings),
      concurrency: settings.concurrency,
      maxRequestBytes: settings.max_request_bytes,
      maxResponseBytes: settings.max_response_bytes,
      tls: settings.tls && readPem(settings.tls),
    }),
  );
  const retried =
    retry.enabled === false
      ? exporter
      : withRetry(
          exporter,
          defined({
            initialIntervalMs: retry.initial_interval_ms,
            maxIntervalMs: retry.max_interval_ms,
            maxElapsedMs: maxElapsedMsOf(settings),
          }),
        );
  return withSplit(retried, defined({ maxBytes: settings.max_request_bytes, maxItems: settings.max_request_items }));
};

const filterFrom = (_id: string, { include, exclude }: FilterSettings): Processor => {
  const patterns = (
    settings: FilterPatternSettings | undefined,
  ): { logGroup?: readonly string[]; owner?: readonly string[] } =>
    defined({ logGroup: settings?.log_group, owner: settings?.owner });
  return filter(defined({ include: include && patterns(include), exclude: exclude && patterns(exclude) }));
};

/** Exporters by the type in their configuration id. */
export const EXPORTERS: Readonly<Record<string, Factory<Exporter>>> = {
  otlp_http: otlpHttpFrom,
  debug: (id) => debug({ name: id, write: writeLine }),
};

/** Processors by the type in their configuration id. */
export const PROCESSORS: Readonly<Record<string, Factory<Processor>>> = {
  batch: (_id, settings: BatchSettings) =>
    batch(defined({ maxBytes: settings.max_bytes, maxItems: settings.max_items })),
  filter: filterFrom,
  attributes: (_id, { actions }: AttributesSettings) =>
    attributes({
      actions: actions.map(({ from_metadata, ...rest }) => defined({ ...rest, fromMetadata: from_metadata })),
    }),
};
