import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { otlpHttp } from '../exporters/otlp-http.ts';
import { withBreaker } from '../exporters/with-breaker.ts';
import { DEFAULT_MAX_ELAPSED_MS, withRetry } from '../exporters/with-retry.ts';
import { withSplit } from '../exporters/with-split.ts';
import type { Exporter } from '../types.ts';
import type { Purpose } from './components.ts';
import { defined } from './defined.ts';
import { signalUrl } from './endpoint.ts';
import type { OtlpHttpSettings, RequestLimits } from './settings.ts';

/** 0 is no limit (V4). */
const timeoutMsOf = ({ timeout_ms }: OtlpHttpSettings): number | undefined =>
  timeout_ms === 0 ? Infinity : timeout_ms;

/** Who asks for more time for one try than all tries have together means it for all of them. `undefined` is the default. */
export const maxElapsedMsOf = (settings: OtlpHttpSettings): number | undefined => {
  const timeoutMs = timeoutMsOf(settings) ?? 0;
  return settings.retry?.max_elapsed_ms ?? (timeoutMs > DEFAULT_MAX_ELAPSED_MS ? timeoutMs : undefined);
};

/** Where all tries together have little time, none has half a second; they tell of the destination all the same. */
const fairTryMsOf = (settings: OtlpHttpSettings): number =>
  Math.min(500, (maxElapsedMsOf(settings) ?? DEFAULT_MAX_ELAPSED_MS) / 10);

/** A destination that speaks OTLP/HTTP, of checked settings. Throws with a clear message when a file it needs is no good. */
export const otlpHttpFrom = (id: string, settings: OtlpHttpSettings, purpose: Purpose): Exporter => {
  const { endpoint, retry = {}, breaker = {} } = settings;
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
      tls: settings.pem,
      authenticator: settings.authenticator,
    }),
  );
  const split = { bySignal: limitsOf(settings) };
  if (purpose === 'redrive') return withSplit(exporter, split);
  const spared =
    breaker.enabled === false
      ? exporter
      : withBreaker(
          exporter,
          defined({
            failures: breaker.failures,
            intervalMs: breaker.interval_ms,
            fairTryMs: fairTryMsOf(settings),
          }),
        );
  const retried =
    retry.enabled === false
      ? spared
      : withRetry(
          spared,
          defined({
            initialIntervalMs: retry.initial_interval_ms,
            maxIntervalMs: retry.max_interval_ms,
            maxElapsedMs: maxElapsedMsOf(settings),
          }),
        );
  return withSplit(retried, split);
};

/** JSON is made of objects, and takes up to 24 times the bytes of protobuf: no more of it at once than a batch holds (D17). */
const MAX_JSON_REQUEST_BYTES = 4 * 1024 * 1024;

/** What one request of each signal may be, in uncompressed bytes and items: the preset's limits, unless a setting says otherwise (D13). */
export const limitsOf = ({
  limits,
  encoding,
  max_request_bytes,
  max_request_items,
}: OtlpHttpSettings): Readonly<Record<Signal, RequestLimits>> => {
  const own = defined({ maxBytes: max_request_bytes, maxItems: max_request_items });
  const usual = encoding === 'json' ? { maxBytes: MAX_JSON_REQUEST_BYTES } : {};
  const of = (signal: Signal): RequestLimits => ({ ...usual, ...limits?.[signal], ...own });
  return { traces: of('traces'), metrics: of('metrics'), logs: of('logs') };
};
