import { statusAnswer } from './answers.ts';
import type { Backend } from './backend.ts';
import { contentEncoding, contentType, forAll, JSON_TYPE, maxBytes, must, PROTOBUF, signalPath } from './rules.ts';

/**
 * New Relic: docs.newrelic.com, "New Relic OTLP endpoint" and "OTLP troubleshooting". A wrong path is 404; a key that is missing or
 * unknown 401 or 403, by the page; the limit of 10^6 bytes is of what is sent, here also of what it unpacks to, because the page does
 * not say. The words are the fake's own.
 *
 * @param keys by host.
 */
export const newRelic = (keys: Readonly<Record<string, string>>): Backend => ({
  name: 'new-relic',
  hosts: /^(?:otlp(?:\.eu01)?|gov-otlp)\.nr-data\.net$/,
  rules: [
    signalPath('', statusAnswer(404, 'not found')),
    must(({ headers }) => (headers['api-key'] ?? '') !== '', statusAnswer(401, 'no license key in the header api-key')),
    must(({ host, headers }) => headers['api-key'] === keys[host], statusAnswer(403, 'the license key is not valid')),
    contentType([PROTOBUF, JSON_TYPE], statusAnswer(415, 'unsupported content type')),
    contentEncoding(['gzip', 'zstd'], statusAnswer(415, 'unsupported content encoding')),
    maxBytes(forAll(1_000_000), statusAnswer(413, 'the payload is larger than 1 MB')),
  ],
});
