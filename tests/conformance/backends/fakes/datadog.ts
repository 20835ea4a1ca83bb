import { jsonAnswer } from './answers.ts';
import type { Backend } from './backend.ts';
import { isCumulative, metricKinds } from './metric-kinds.ts';
import { contentEncoding, contentType, JSON_TYPE, maxBytes, must, only, PROTOBUF, signalPath } from './rules.ts';

const FORBIDDEN = jsonAnswer(403, { status: 'error', code: 403, errors: ['Forbidden'] });
const TOO_LARGE = jsonAnswer(413, { errors: ['Request Entity Too Large'] });

/**
 * Datadog's OTLP intake: docs.datadoghq.com/opentelemetry/setup/otlp_ingest. A key belongs to one site, and for traces to an
 * organisation with access to the preview. Statuses 202, 403 and 413 are documented; that cumulative metrics are an error is, too,
 * but not which: 400 is the fake's own, and so are all bodies. Which compressions it reads is not said: the fake reads gzip.
 *
 * @param keys by host.
 */
export const datadog = (keys: Readonly<Record<string, string>>): Backend => ({
  name: 'datadog',
  hosts: /^otlp\.(?:(?:us3|us5|ap1|ap2)\.)?datadoghq\.(?:com|eu)$/,
  rules: [
    signalPath('', jsonAnswer(404, { errors: ['Not Found'] })),
    must(({ host, headers }) => headers['dd-api-key'] === keys[host], FORBIDDEN),
    only(['traces', 'logs'], contentType([PROTOBUF], jsonAnswer(415, { errors: ['Unsupported Media Type'] }))),
    only(['metrics'], contentType([PROTOBUF, JSON_TYPE], jsonAnswer(415, { errors: ['Unsupported Media Type'] }))),
    contentEncoding(['gzip'], jsonAnswer(415, { errors: ['Unsupported Media Type'] })),
    maxBytes({ traces: 3_200_000, metrics: 5_000_000 }, TOO_LARGE),
    must(
      ({ signal, headers, body }) =>
        signal !== 'metrics' || headers['content-encoding'] !== undefined || body.length <= 500_000,
      TOO_LARGE,
    ),
    must(
      (request) => !metricKinds(request).some(isCumulative),
      jsonAnswer(400, { message: 'cumulative metrics are not supported, send delta' }),
    ),
  ],
  accept: () => ({ status: 202 }),
});
