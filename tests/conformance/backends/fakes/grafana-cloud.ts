import { statusAnswer, textAnswer } from './answers.ts';
import type { Backend, BackendRequest } from './backend.ts';
import { type MetricKind, metricKinds } from './metric-kinds.ts';
import { contentEncoding, contentType, JSON_TYPE, must, PROTOBUF, signalPath } from './rules.ts';

/** Prometheus adds nothing up itself: what adds up over time must come as a total. */
const isDelta = ({ type, temporality }: MetricKind): boolean => type !== 'gauge' && temporality === 'delta';

const deltas = (request: BackendRequest): readonly string[] =>
  metricKinds(request)
    .filter(isDelta)
    .map(({ name }) => `invalid temporality and type combination for metric "${name}"`);

/**
 * The OTLP gateway of Grafana Cloud. Encodings: grafana.com/docs, "OTLP format considerations". Refused delta metrics: what the gateway
 * answered in github.com/grafana, December 2025. Exponential histograms are taken where native histograms are switched on, as here.
 * It publishes no status for what is packed otherwise; 415 is the fake's own.
 *
 * @param tokens by host: `instance id:token`.
 */
export const grafanaCloud = (tokens: Readonly<Record<string, string>>): Backend => ({
  name: 'grafana-cloud',
  hosts: /^otlp-gateway-prod-[a-z0-9-]+\.grafana\.net$/,
  rules: [
    signalPath('/otlp', textAnswer(404, '404 page not found\n')),
    must(
      ({ host, headers }) =>
        headers['authorization'] === `Basic ${Buffer.from(tokens[host] ?? 'nobody').toString('base64')}`,
      statusAnswer(401, 'authentication error: invalid token'),
    ),
    contentType([PROTOBUF, JSON_TYPE], statusAnswer(415, 'unsupported content type')),
    contentEncoding(['gzip'], statusAnswer(415, 'unsupported compression')),
    must(
      (request) => deltas(request).length === 0,
      (request) => statusAnswer(400, `otlp parse error: ${deltas(request).join('; ')}`),
    ),
  ],
});
