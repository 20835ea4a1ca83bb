import * as v from 'valibot';
import { httpUrl } from './endpoint.ts';
import { isHeader } from './headers.ts';
import type { AttributesSettings, BatchSettings, Config, FilterSettings, OtlpHttpSettings } from './settings.ts';

/** Numbers may come out of a variable, as text. */
const integer = (min: number, max: number, description: string) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))], 'must be a whole number'),
    v.integer('must be a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
    v.description(description),
  );

const flag = (description: string) =>
  v.pipe(
    v.union(
      [
        v.boolean(),
        v.pipe(
          v.picklist(['true', 'false']),
          v.transform((text) => text === 'true'),
        ),
      ],
      'must be true or false',
    ),
    v.description(description),
  );

const url = (description: string) =>
  v.pipe(
    v.string('must be text'),
    v.check((text) => httpUrl(text) !== undefined, 'must be an http:// or https:// URL'),
    v.description(description),
  );

const file = (description: string) =>
  v.pipe(v.string('must be a path'), v.nonEmpty('must not be empty'), v.description(description));

const patterns = (description: string) =>
  v.pipe(
    v.array(v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'), v.maxLength(512)), 'must be a list'),
    v.minLength(1, 'must not be empty'),
    v.description(description),
  );

const tls = v.pipe(
  v.strictObject({
    ca_file: v.exactOptional(file('PEM file of the certificate authorities to trust instead of the built-in ones.')),
    cert_file: v.exactOptional(file('PEM file of the client certificate, for mutual TLS.')),
    key_file: v.exactOptional(file('PEM file of the client key, for mutual TLS.')),
  }),
  v.check(
    ({ cert_file, key_file }) => (cert_file === undefined) === (key_file === undefined),
    'cert_file and key_file go together',
  ),
  v.description('Trust and identity for `https` endpoints.'),
);

const retry = v.pipe(
  v.strictObject({
    enabled: v.exactOptional(flag('Whether to try again inside the invocation. Default true.')),
    initial_interval_ms: v.exactOptional(
      integer(1, 60_000, 'Wait before the second try; doubles with each. Default 250.'),
    ),
    max_interval_ms: v.exactOptional(integer(1, 600_000, 'The longest wait. Default 2000.')),
    max_elapsed_ms: v.exactOptional(integer(1, 900_000, 'All tries together, waits included. Default 5000.')),
  }),
  v.description('Tries after 429, 502, 503, 504, timeouts and failed connections.'),
);

const headers = v.pipe(
  v.record(v.string(), v.string('must be text')),
  v.check(
    (record) => Object.entries(record).every(([name, value]) => isHeader(name, value)),
    'holds a name or value that cannot be sent',
  ),
  v.description('Sent with every request. Values are secrets: take them from `${env:NAME}`.'),
);

/** Settings of an `otlp_http` exporter. */
export const otlpHttpSchema: v.GenericSchema<unknown, OtlpHttpSettings> = v.pipe(
  v.strictObject({
    endpoint: v.exactOptional(url('Base URL; `/v1/traces`, `/v1/metrics` and `/v1/logs` are appended.')),
    traces_endpoint: v.exactOptional(url('URL for traces, used as it is.')),
    metrics_endpoint: v.exactOptional(url('URL for metrics, used as it is.')),
    logs_endpoint: v.exactOptional(url('URL for logs, used as it is.')),
    encoding: v.exactOptional(
      v.pipe(
        v.picklist(['proto', 'json'], 'must be proto or json'),
        v.description('Encoding on the wire. Default `proto`.'),
      ),
    ),
    compression: v.exactOptional(
      v.pipe(v.picklist(['gzip', 'none'], 'must be gzip or none'), v.description('Default `gzip`.')),
    ),
    compression_level: v.exactOptional(integer(1, 9, '1 is fastest, 9 smallest. Default 1.')),
    headers: v.exactOptional(headers),
    timeout_ms: v.exactOptional(integer(0, 900_000, "Of one try; 0 is no limit but the invocation's. Default 10000.")),
    concurrency: v.exactOptional(integer(1, 1_000, 'Connections at once per execution environment. Default 10.')),
    max_request_bytes: v.exactOptional(
      integer(1, 1_073_741_824, 'Uncompressed size of one request; larger ones are split at items. Default 67108864.'),
    ),
    max_request_items: v.exactOptional(
      integer(1, 10_000_000, 'Spans, data points or log records of one request. Default: no limit.'),
    ),
    max_response_bytes: v.exactOptional(
      integer(1, 1_073_741_824, 'Largest answer that is read, also after decompression. Default 4194304.'),
    ),
    retry: v.exactOptional(retry),
    tls: v.exactOptional(tls),
  }),
  v.check(
    (settings) =>
      [settings.endpoint, settings.traces_endpoint, settings.metrics_endpoint, settings.logs_endpoint].some(Boolean),
    'needs an endpoint, e.g. endpoint: https://collector.example:4318',
  ),
  v.description('Sends OTLP over HTTP to a collector or backend.'),
);

/** Settings of a `debug` exporter. */
export const debugSchema: v.GenericSchema<unknown, object> = v.pipe(
  v.strictObject({}),
  v.description('Writes one line of counts per request and delivers to nowhere.'),
);

/** Settings of a `batch` processor. */
export const batchSchema: v.GenericSchema<unknown, BatchSettings> = v.pipe(
  v.strictObject({
    max_bytes: v.exactOptional(integer(1, 1_073_741_824, 'Uncompressed size of a merged request. Default 4194304.')),
    max_items: v.exactOptional(
      integer(1, 10_000_000, 'Spans, data points or log records of a merged request. Default 10000.'),
    ),
  }),
  v.description('Merges telemetry of equal metadata and signal into few requests, and splits what is too large.'),
);

const filterPatterns = (description: string) =>
  v.pipe(
    v.strictObject({
      log_group: v.exactOptional(patterns('Log group names; `*` is any text, `?` one character.')),
      owner: v.exactOptional(patterns('AWS account ids; `*` and `?` as above.')),
    }),
    v.description(description),
  );

/** Settings of a `filter` processor. */
export const filterSchema: v.GenericSchema<unknown, FilterSettings> = v.pipe(
  v.strictObject({
    include: v.exactOptional(filterPatterns('Only telemetry that matches every list given here passes.')),
    exclude: v.exactOptional(filterPatterns('Telemetry that matches any list given here does not pass.')),
  }),
  v.description('Keeps or drops telemetry by the log group and account it came from.'),
);

const attributeValue = v.union([
  v.string(),
  v.number(),
  v.boolean(),
  v.array(v.union([v.string(), v.number(), v.boolean()])),
]);

const action = v.pipe(
  v.strictObject({
    action: v.pipe(
      v.picklist(['insert', 'update', 'upsert', 'delete'], 'must be insert, update, upsert or delete'),
      v.description('`insert` where absent, `update` where present, `upsert` both, `delete`.'),
    ),
    key: v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'), v.description('The attribute.')),
    value: v.exactOptional(
      v.pipe(attributeValue, v.description('The new value: text, number, boolean or a list of these.')),
    ),
    from_metadata: v.exactOptional(
      v.pipe(
        v.picklist(['owner', 'log_group', 'log_stream'], 'must be owner, log_group or log_stream'),
        v.description('Take the value from what CloudWatch says of the source.'),
      ),
    ),
    on: v.exactOptional(
      v.pipe(
        v.picklist(['resource', 'item'], 'must be resource or item'),
        v.description('`resource` (default), or `item`: spans, data points, log records.'),
      ),
    ),
  }),
  v.check(
    ({ action: kind, value, from_metadata }) =>
      (kind === 'delete' ? 0 : 1) === [value, from_metadata].filter((given) => given !== undefined).length,
    'needs exactly one of value and from_metadata, and delete needs none',
  ),
);

/** Settings of an `attributes` processor. */
export const attributesSchema: v.GenericSchema<unknown, AttributesSettings> = v.pipe(
  v.strictObject({
    actions: v.pipe(
      v.array(action, 'must be a list'),
      v.minLength(1, 'must not be empty'),
      v.description('Edits, done in this order.'),
    ),
  }),
  v.description('Edits attributes of resources, spans, data points and log records.'),
);

const otlpStdoutSchema = v.pipe(
  v.strictObject({
    headers: v.exactOptional(
      patterns('Envelope headers to keep and to send on, such as a tenant id. All others are ignored.'),
    ),
  }),
  v.description('How envelopes are read.'),
);

const ids = (description: string) =>
  v.pipe(v.array(v.string('must be text'), 'must be a list'), v.description(description));

const pipelineSchema = v.strictObject({
  processors: v.exactOptional(ids('Ids of processors, in order. Default: one `batch` with its defaults.')),
  exporters: v.pipe(ids('The id of one exporter.'), v.length(1, 'must name exactly one exporter')),
});

/** The configuration file. Components are checked by the schema of their type, the part of their id before `/`. */
export const configSchema: v.GenericSchema<unknown, Config> = v.strictObject({
  exporters: v.pipe(v.record(v.string(), v.unknown()), v.description('Destinations, by id: `type` or `type/name`.')),
  processors: v.exactOptional(v.pipe(v.record(v.string(), v.unknown()), v.description('Steps on telemetry, by id.'))),
  encodings: v.exactOptional(v.strictObject({ otlp_stdout: v.exactOptional(otlpStdoutSchema) })),
  service: v.strictObject({
    pipelines: v.pipe(
      v.strictObject({
        traces: v.exactOptional(pipelineSchema),
        metrics: v.exactOptional(pipelineSchema),
        logs: v.exactOptional(pipelineSchema),
      }),
      v.check((pipelines) => Object.keys(pipelines).length > 0, 'needs at least one of traces, metrics and logs'),
    ),
    reserve_ms: v.exactOptional(integer(0, 900_000, 'Time kept free at the end of an invocation. Default 5000.')),
  }),
});
