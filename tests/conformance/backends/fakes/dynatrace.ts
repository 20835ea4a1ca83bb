import { encodeExportResponse } from '@serverless-otlp/otlp';
import type { HttpFakeAnswer } from '@serverless-otlp/testing/fake-collector';
import { jsonAnswer } from './answers.ts';
import type { Backend, BackendRequest } from './backend.ts';
import { isCumulative, type MetricKind, metricKinds } from './metric-kinds.ts';
import { contentEncoding, contentType, maxBytes, maxItems, must, PROTOBUF, signalPath } from './rules.ts';

const error = (code: number, message: string): HttpFakeAnswer => jsonAnswer(code, { error: { code, message } });

const isUnsupported = (kind: MetricKind): boolean => kind.type === 'summary' || isCumulative(kind);

const reasonOf = ({ name, type }: MetricKind): string =>
  `Unsupported metric: '${name}' - Reason: UNSUPPORTED_METRIC_TYPE_${type === 'summary' ? 'SUMMARY' : 'MONOTONIC_CUMULATIVE_SUM'}`;

/** What it cannot use is left out and told; the rest is taken. */
const accept = (request: BackendRequest): HttpFakeAnswer => {
  const unsupported = metricKinds(request).filter(isUnsupported);
  if (unsupported.length === 0) return {};
  const rejectedItems = unsupported.reduce((sum, { points }) => sum + points, 0);
  const words = ['The following issues were encountered while ingesting OTLP metrics:', ...unsupported.map(reasonOf)];
  const partial = { rejectedItems, message: words.join('\n') };
  return { headers: { 'content-type': PROTOBUF }, body: encodeExportResponse('metrics', partial, 'protobuf') };
};

/**
 * Dynatrace SaaS: docs.dynatrace.com, the three OTLP ingest APIs (200, 400, 413, 415), "Response codes" (401), "Access limit" (8, 4 and
 * 2 MB), "Log management limits" (50 000 records). The words on metrics are those of its community page; that they come as a partial
 * success is the fake's own.
 *
 * @param tokens by host.
 */
export const dynatrace = (tokens: Readonly<Record<string, string>>): Backend => ({
  name: 'dynatrace',
  hosts: /^[a-z0-9]+\.live\.dynatrace\.com$/,
  rules: [
    signalPath('/api/v2/otlp', error(404, 'Not found')),
    must(
      ({ host, headers }) => headers['authorization'] === `Api-Token ${tokens[host] ?? 'nobody'}`,
      error(401, 'Token Authentication failed'),
    ),
    contentType([PROTOBUF], error(415, 'Unsupported content type')),
    contentEncoding(['gzip'], error(415, 'Unsupported content encoding')),
    maxBytes({ traces: 8_000_000, metrics: 4_000_000, logs: 2_000_000 }, error(413, 'Payload too large')),
    maxItems({ logs: 50_000 }, error(413, 'Payload too large')),
  ],
  accept,
});
