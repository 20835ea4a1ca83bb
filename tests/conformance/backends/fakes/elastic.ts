import { statusAnswer, textAnswer } from './answers.ts';
import type { Backend } from './backend.ts';
import { contentEncoding, contentType, forAll, JSON_TYPE, maxBytes, must, PROTOBUF, signalPath } from './rules.ts';

/**
 * Elastic's Managed OTLP Endpoint: elastic.co/docs/reference/opentelemetry/motlp, its pages on troubleshooting and authentication.
 * Documented: `ApiKey prefix not found`, `PermissionDenied` for a key without `event:write`, 413, and 4 MB as what keeps within the
 * limits. An unknown key as 401, 404 and the words are the fake's own. Cumulative histograms are dropped without a word.
 *
 * @param keys by host; one that ends in `=readonly` lacks the privilege.
 */
export const elastic = (keys: Readonly<Record<string, string>>): Backend => ({
  name: 'elastic',
  hosts: /^[a-z0-9-]+\.ingest\.[a-z0-9-]+\.(?:aws|gcp|azure)\.elastic\.cloud$/,
  rules: [
    signalPath('', textAnswer(404, '404 page not found\n')),
    must(
      ({ headers }) => (headers['authorization'] ?? '').startsWith('ApiKey '),
      statusAnswer(401, 'ApiKey prefix not found'),
    ),
    must(
      ({ headers }) => !(headers['authorization'] ?? '').endsWith('=readonly'),
      statusAnswer(403, 'PermissionDenied'),
    ),
    must(
      ({ host, headers }) => headers['authorization'] === `ApiKey ${keys[host] ?? 'nobody'}`,
      statusAnswer(401, 'the API key is not valid'),
    ),
    contentType([PROTOBUF, JSON_TYPE], statusAnswer(415, 'unsupported content type')),
    contentEncoding(['gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'lz4'], statusAnswer(415, 'unsupported compression')),
    maxBytes(forAll(4_000_000), statusAnswer(413, 'Payload Too Large')),
  ],
});
