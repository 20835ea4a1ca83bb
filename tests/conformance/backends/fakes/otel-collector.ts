import { statusAnswer, textAnswer } from './answers.ts';
import type { Backend, Rule } from './backend.ts';
import { contentEncoding, contentType, forAll, JSON_TYPE, maxBytes, must, PROTOBUF, signalPath } from './rules.ts';

const NO_TOKEN = statusAnswer(401, 'missing or empty authorization header: Authorization');
const OTHER_TOKEN = statusAnswer(401, 'provided authorization does not match expected scheme or token');

const bearer = (token: string): readonly Rule[] => [
  must(({ headers }) => (headers['authorization'] ?? '') !== '', NO_TOKEN),
  must(({ headers }) => headers['authorization'] === `Bearer ${token}`, OTHER_TOKEN),
];

/**
 * An OpenTelemetry Collector: `otlp` receiver, `bearertokenauth`, everything else as it is unless configured. Statuses and words are
 * those of the real one, version 0.162 (tests/real/README.md); the rest is from its source, config/confighttp and receiver/otlpreceiver.
 */
export const otelCollector = (token: string, maxRequestBodySize: number = 20 * 1024 * 1024): Backend => ({
  name: 'otel-collector',
  hosts: /^otel\.example\.com$/,
  rules: [
    ...bearer(token),
    signalPath('', textAnswer(404, '404 page not found\n')),
    contentEncoding(['gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'lz4'], ({ headers }) =>
      textAnswer(400, `unsupported Content-Encoding: ${headers['content-encoding'] ?? ''}\n`),
    ),
    contentType(
      [PROTOBUF, JSON_TYPE],
      textAnswer(415, '415 unsupported media type, supported: [application/json, application/x-protobuf]'),
    ),
    maxBytes(forAll(maxRequestBodySize), statusAnswer(400, 'http: request body too large')),
  ],
});
