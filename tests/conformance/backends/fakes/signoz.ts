import { statusAnswer, textAnswer } from './answers.ts';
import type { Backend } from './backend.ts';
import { contentEncoding, contentType, JSON_TYPE, must, PROTOBUF, signalPath } from './rules.ts';

/**
 * SigNoz Cloud: signoz.io/docs/ingestion/signoz-cloud/overview and its page on troubleshooting: a key that is missing or unknown is 401
 * or 403. Behind the key is a Collector. The words are the fake's own; it publishes no limit of a request.
 *
 * @param keys by host.
 */
export const signoz = (keys: Readonly<Record<string, string>>): Backend => ({
  name: 'signoz',
  hosts: /^ingest\.(?:us|eu|in)\.signoz\.cloud$/,
  rules: [
    must(
      ({ headers }) => (headers['signoz-ingestion-key'] ?? '') !== '',
      statusAnswer(401, 'the ingestion key is missing'),
    ),
    must(
      ({ host, headers }) => headers['signoz-ingestion-key'] === keys[host],
      statusAnswer(403, 'the ingestion key is not valid'),
    ),
    signalPath('', textAnswer(404, '404 page not found\n')),
    contentType([PROTOBUF, JSON_TYPE], textAnswer(415, 'unsupported media type')),
    contentEncoding(
      ['gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'lz4'],
      textAnswer(400, 'unsupported Content-Encoding'),
    ),
  ],
});
