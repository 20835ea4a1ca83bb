import { parseRequest } from '@serverless-otlp/otlp';
import { inflateBudget, MAX_INVOCATION_BYTES } from '../pipeline/budget.ts';
import type { Encoding } from '../types.ts';
import { otlpJson } from './otlp-json.ts';
import { otlpStdout } from './otlp-stdout.ts';

const encodings: readonly Encoding[] = [otlpStdout({ headers: ['tenant-id'] }), otlpJson()];

/** Lines of every kind to start from. */
export const seeds: readonly Uint8Array[] = [
  '{"__otel_otlp_stdout":"0.17.3","source":"s","endpoint":"http://localhost:4318/v1/traces","method":"POST","content-type":"application/x-protobuf","content-encoding":"gzip","payload":"H4sIAAAAAAAAAwMAAAAAAAAAAAA=","base64":true,"headers":{"tenant-id":"t"}}',
  '{"__otel_otlp_stdout":"otlp-stdout-client@0.2.2","endpoint":"http://c/v1/logs","content-type":"application/json","payload":{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":1755800000123456789,"body":{"stringValue":"b"}}]}]}]}}',
  '{"_otel":"0.1.0","endpoint":"http://c/v1/metrics","content_type":"application/x-protobuf","payload":""}',
  '{"timestamp":"t","level":"INFO","message":"{\\"resourceSpans\\":[]}"}',
  '2025-08-21T18:13:20.123Z\tid\tINFO\t{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[{"asInt":"1"}]}}]}]}]}',
  '{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":{"intValue":"1"}}]},"scopeSpans":[{"spans":[{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","name":"n","kind":2}]}]}]}',
].map((line) => Buffer.from(line));

/** An arbitrary line: never a throw, never more than the budget, and what comes out is a valid request with the right count. */
export const fuzz = (bytes: Uint8Array): void => {
  for (const data of [bytes, Buffer.from(bytes).toString()]) {
    for (const encoding of encodings) {
      const budget = inflateBudget();
      for (const found of encoding.decode({ id: 'id', data, attributes: {} }, budget) ?? []) {
        if ('request' in found) {
          const { signal, bytes: out, items } = found.request;
          if (parseRequest(signal, out).items !== items) throw new Error('a wrong count of items');
          if (out.length > MAX_INVOCATION_BYTES) throw new Error('more than the budget allows');
        } else if ('fault' in found && found.fault.reason === 'encoding_bug') {
          throw new Error(`${encoding.name} threw`);
        }
      }
    }
  }
};
