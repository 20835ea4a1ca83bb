import { jsonAnswer, statusAnswer, textAnswer } from './answers.ts';
import type { Backend } from './backend.ts';
import { contentEncoding, contentType, JSON_TYPE, must, PROTOBUF, signalPath } from './rules.ts';

/**
 * Honeycomb. A key belongs to one region. What is refused for its headers is answered in the words of its public library husky
 * (otlp/errors.go, otlp/common.go); an unknown key in those of docs.honeycomb.io/api/errors. It publishes no limit of an OTLP request.
 *
 * @param keys by host.
 */
export const honeycomb = (keys: Readonly<Record<string, string>>): Backend => ({
  name: 'honeycomb',
  hosts: /^api(?:\.eu1)?\.honeycomb\.io$/,
  rules: [
    signalPath('', jsonAnswer(404, { error: 'Not Found' })),
    contentType(
      [PROTOBUF, 'application/protobuf', JSON_TYPE],
      textAnswer(
        415,
        'unsupported content-type, valid types are: application/protobuf, application/x-protobuf, application/json',
      ),
    ),
    must(
      ({ headers }) => (headers['x-honeycomb-team'] ?? '') !== '',
      statusAnswer(401, "missing 'x-honeycomb-team' header"),
    ),
    must(
      ({ host, headers }) => headers['x-honeycomb-team'] === keys[host],
      jsonAnswer(401, { error: 'unknown API key - check your credentials' }),
    ),
    contentEncoding(['gzip', 'zstd'], statusAnswer(400, 'failed to parse OTLP request body')),
  ],
});
