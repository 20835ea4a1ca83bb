import { jsonAnswer } from './answers.ts';
import type { Backend } from './backend.ts';
import { isCumulative, metricKinds } from './metric-kinds.ts';
import { contentEncoding, contentType, JSON_TYPE, maxBytes, must, only, PROTOBUF, signalPath } from './rules.ts';

const FORBIDDEN = jsonAnswer(403, { status: 'error', code: 403, errors: ['Forbidden'] });
const UNSUPPORTED = jsonAnswer(415, { errors: ['Unsupported Media Type'] });
const TOO_LARGE = jsonAnswer(413, { errors: ['Request Entity Too Large'] });

/** Where pages disagree, the fake holds to the stricter: 3.2 MB and 15 MiB of traces, 500 kB and 512 KiB of metrics as they are sent. */
const LIMITS = { traces: 3_200_000, metrics: 5_000_000, logs: Math.floor(5.1 * 1024 * 1024) };
const MAX_METRICS_SENT = 500_000;

/**
 * Datadog's OTLP intake: docs.datadoghq.com/opentelemetry/setup/otlp_ingest and its pages per signal and on serverless. A key belongs
 * to one site, and for traces to an organisation with access to the preview; traces of functions want `dd-otlp-source: serverless`.
 * Statuses 202, 403 and 413 are documented; that cumulative metrics are an error is, too, but not which: 400 is the fake's own, and so
 * are 415 and all bodies. Which compressions it reads is not said: the fake reads gzip. JSON of traces is taken by newer pages alone.
 *
 * @param keys by host.
 */
export const datadog = (keys: Readonly<Record<string, string>>): Backend => ({
  name: 'datadog',
  hosts: /^otlp\.(?:(?:us3|us5|ap1|ap2)\.)?datadoghq\.(?:com|eu)$/,
  rules: [
    signalPath('', jsonAnswer(404, { errors: ['Not Found'] })),
    must(({ host, headers }) => headers['dd-api-key'] === keys[host], FORBIDDEN),
    only(
      ['traces'],
      must(({ headers }) => headers['dd-otlp-source'] === 'serverless', FORBIDDEN),
    ),
    only(['traces', 'logs'], contentType([PROTOBUF], UNSUPPORTED)),
    only(['metrics'], contentType([PROTOBUF, JSON_TYPE], UNSUPPORTED)),
    contentEncoding(['gzip'], UNSUPPORTED),
    maxBytes(LIMITS, TOO_LARGE),
    only(
      ['metrics'],
      must(({ sent }) => sent.length <= MAX_METRICS_SENT, TOO_LARGE),
    ),
    must(
      (request) => !metricKinds(request).some(isCumulative),
      jsonAnswer(400, { message: 'cumulative metrics are not supported, send delta' }),
    ),
  ],
  accept: () => ({ status: 202 }),
});
