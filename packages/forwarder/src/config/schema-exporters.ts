import * as v from 'valibot';
import { isHeader } from './headers.ts';
import { PRESETS, type PresetName } from './presets.ts';
import { authSchema, saysTwice, tlsSchema, unsaid } from './schema-auth.ts';
import { originRuleEntries } from './schema-origin.ts';
import { flag, integer, mapping, oneOf, record, type Schema, url } from './schema-values.ts';
import type { DestinationSettings, OtlpHttpSettings } from './settings.ts';

const retry = v.pipe(
  mapping({
    enabled: v.exactOptional(flag('Whether to try again inside the invocation. Default true.')),
    initial_interval_ms: v.exactOptional(
      integer(1, 60_000, 'Wait before the second try; doubles with each. Default 250.'),
    ),
    max_interval_ms: v.exactOptional(integer(1, 600_000, 'The longest wait. Default 2000.')),
    max_elapsed_ms: v.exactOptional(
      integer(1, 900_000, 'All tries together, waits included. Default 5000, or timeout_ms where that is set higher.'),
    ),
  }),
  v.description('Tries after 429, 502, 503, 504, timeouts and failed connections.'),
);

const breaker = v.pipe(
  mapping({
    enabled: v.exactOptional(flag('Whether a destination that is down is spared. Default true.')),
    failures: v.exactOptional(integer(1, 1_000, 'Failures in a row that open it. Default 5.')),
    interval_ms: v.exactOptional(integer(1, 3_600_000, 'Between two probes while it is open. Default 30000.')),
  }),
  v.description('Sends nothing for a while after a number of failures.'),
);

/** What every destination has besides its own settings. */
const destination = {
  match: v.exactOptional(
    v.pipe(
      mapping(originRuleEntries()),
      v.description('Where the telemetry for this destination comes from. Default: all.'),
    ),
  ),
  dead_letter: v.exactOptional(
    flag('Whether what it does not take waits in `dead_letter`; otherwise it goes back to the source. Default true.'),
  ),
  max_age_hours: v.exactOptional(
    integer(1, 87_600, 'How old undelivered telemetry may be and still be sent. Default 336 (14 days).'),
  ),
} as const;

const headers = v.pipe(
  record(v.string('must be text')),
  v.check(
    (sent) => Object.entries(sent).every(([name, value]) => isHeader(name, value)),
    'holds a name or value that cannot be sent',
  ),
  v.title('text by name'),
  v.description(
    'Sent with every request. Values are secrets: take them from `${secretsmanager:NAME#KEY}`, `${ssm:NAME}` or `${env:NAME}`.',
  ),
);

/** Settings of an `otlp_http` exporter. */
export const otlpHttpSchema: Schema<OtlpHttpSettings> = v.pipe(
  mapping({
    endpoint: v.exactOptional(url('Base URL; `/v1/traces`, `/v1/metrics` and `/v1/logs` are appended.')),
    traces_endpoint: v.exactOptional(url('URL for traces, used as it is.')),
    metrics_endpoint: v.exactOptional(url('URL for metrics, used as it is.')),
    logs_endpoint: v.exactOptional(url('URL for logs, used as it is.')),
    encoding: v.exactOptional(oneOf(['proto', 'json'], 'Encoding on the wire. Default `proto`.')),
    compression: v.exactOptional(oneOf(['gzip', 'none'], 'Of requests. Default `gzip`.')),
    compression_level: v.exactOptional(integer(1, 9, '1 is fastest, 9 smallest. Default 1.')),
    headers: v.exactOptional(headers),
    timeout_ms: v.exactOptional(integer(0, 900_000, "Of one try; 0 is no limit but the invocation's. Default 10000.")),
    concurrency: v.exactOptional(integer(1, 1_000, 'Connections at once per execution environment. Default 10.')),
    preset: v.exactOptional(
      oneOf(
        Object.keys(PRESETS) as readonly PresetName[],
        'Request limits that a backend publishes; the two settings below win.',
      ),
    ),
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
    breaker: v.exactOptional(breaker),
    tls: v.exactOptional(tlsSchema),
    auth: v.exactOptional(authSchema),
    ...destination,
  }),
  v.check(
    (settings) =>
      [settings.endpoint, settings.traces_endpoint, settings.metrics_endpoint, settings.logs_endpoint].some(
        (endpoint) => endpoint !== undefined,
      ),
    'needs an endpoint, e.g. endpoint: https://collector.example:4318',
  ),
  v.check((settings) => !saysTwice(settings), 'auth and a header `authorization` say the same: drop one'),
  v.check(
    (settings) => unsaid(settings) === undefined,
    ({ input }) =>
      unsaid(input) === 'service'
        ? 'the host does not say whose endpoint it is: write auth.sigv4.service, e.g. service: xray'
        : 'the host does not say in which Region it is: write auth.sigv4.region, e.g. region: eu-west-1',
  ),
  v.description('Sends OTLP over HTTP to a collector or backend.'),
);

/** Settings of a `debug` exporter. */
export const debugSchema: Schema<DestinationSettings> = v.pipe(
  mapping(destination),
  v.description('Writes one line of counts per request and delivers to nowhere.'),
);
