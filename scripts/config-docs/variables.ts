import { loadForwarder } from '@serverless-otlp/forwarder/config';

/** Variable, meaning, default. */
export const VARIABLE_ROWS: readonly (readonly [string, string, string])[] = [
  [
    '`OTEL_EXPORTER_OTLP_ENDPOINT`',
    'Base URL; `/v1/traces`, `/v1/metrics` and `/v1/logs` are appended. A missing port is 80 or 443.',
    'required (command line: `http://localhost:4318`)',
  ],
  ['`OTEL_EXPORTER_OTLP_PROTOCOL`', '`http/protobuf` or `http/json`. `grpc` is refused.', '`http/protobuf`'],
  ['`OTEL_EXPORTER_OTLP_COMPRESSION`', '`gzip` or `none`.', '`gzip`'],
  ['`OTEL_EXPORTER_OTLP_TIMEOUT`', "Of one try, in milliseconds; 0 is no limit but the invocation's.", '10000'],
  [
    '`OTEL_EXPORTER_OTLP_HEADERS`',
    '`key1=value1,key2=value2`, both sides percent-encoded. Values are secrets.',
    'none',
  ],
  ['`OTEL_EXPORTER_OTLP_CERTIFICATE`', 'PEM file of the certificate authorities to trust.', 'those of Node.js'],
  ['`OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`', 'PEM file of the client certificate, for mutual TLS.', 'none'],
  ['`OTEL_EXPORTER_OTLP_CLIENT_KEY`', 'PEM file of its key.', 'none'],
  ['`OTLP_FORWARDER_CONFIG`', 'A configuration file, instead of all above.', 'none'],
  [
    '`OTLP_FORWARDER_DEAD_LETTER`',
    'Where undelivered telemetry waits: `s3://bucket/prefix`, or a folder. A file that has `dead_letter` wins.',
    'none',
  ],
  [
    '`OTLP_FORWARDER_OWN_LOG_GROUPS`',
    'Log groups that are not processed either, separated by commas: that of the redrive function.',
    'none',
  ],
  [
    '`AWS_LAMBDA_LOG_GROUP_NAME`',
    'Set by Lambda. Events of this log group are not processed, so that nothing loops.',
    '',
  ],
  ['`AWS_LAMBDA_FUNCTION_NAME`', 'Set by Lambda. The same for `/aws/lambda/<name>`.', ''],
];

/** Every general variable that the configuration really looks at: the page must know them all. */
export const variablesRead = async (): Promise<readonly string[]> => {
  const read = new Set<string>();
  const env = new Proxy<Record<string, string>>(
    {},
    {
      get: (_target, name) => {
        read.add(String(name));
        return undefined;
      },
    },
  );
  const defaultEndpoint = 'http://localhost:4318';
  await loadForwarder({ env, defaultEndpoint, onReport: () => undefined, onWarning: () => undefined });
  return [...read].filter((name) => !/^OTEL_EXPORTER_OTLP_(?:TRACES|METRICS|LOGS)_/.test(name)).sort();
};
