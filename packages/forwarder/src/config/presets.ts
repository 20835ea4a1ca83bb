import type { Signal } from '@serverless-otlp/otlp';
import type { RequestLimits } from './settings.ts';

type Preset = Readonly<Record<Signal, RequestLimits>>;

const forAll = (limits: RequestLimits): Preset => ({ traces: limits, metrics: limits, logs: limits });

/** The name of a preset. */
export type PresetName =
  'aws_cloudwatch' | 'axiom' | 'coralogix' | 'datadog' | 'dynatrace' | 'elastic' | 'new_relic' | 'otel_collector';

/**
 * Limits that backends publish, as read in November 2026. A limit of compressed bytes is taken for one of uncompressed bytes, which
 * is always safe; where two pages of a vendor disagree, the smaller counts. Grafana Cloud, Honeycomb and SigNoz publish none for a
 * request. The pages are named in docs/guides/backends.
 */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  // docs.aws.amazon.com, CloudWatch user guide, "OTLP endpoints": 5 MB and 10 000 spans, 1 MB and 1000 points, 1 MB and 10 000 records.
  aws_cloudwatch: {
    traces: { maxBytes: 5_000_000, maxItems: 10_000 },
    metrics: { maxBytes: 1_000_000, maxItems: 1_000 },
    logs: { maxBytes: 1_000_000, maxItems: 10_000 },
  },
  // axiom.co/docs, "Limits": 10 000 events in a batch, of no given size. 1 MB is what one field of one event may be.
  axiom: forAll({ maxItems: 10_000 }),
  // coralogix.com/docs, "Limitations": 10 MB at most, 2 MB recommended.
  coralogix: forAll({ maxBytes: 2_000_000 }),
  // docs.datadoghq.com, "OTLP intake": 15 MiB, 512 KiB compressed and 5.1 MiB; its pages per signal: 3.2 MB of traces, 500 kB of metrics.
  datadog: {
    traces: { maxBytes: 3_200_000 },
    metrics: { maxBytes: 500_000 },
    logs: { maxBytes: 5_000_000 },
  },
  // docs.dynatrace.com, "Access limit": 8, 4 and 2 MB; "Log management limits": 10 MB and 50 000 records.
  dynatrace: {
    traces: { maxBytes: 8_000_000 },
    metrics: { maxBytes: 4_000_000 },
    logs: { maxBytes: 2_000_000, maxItems: 50_000 },
  },
  // elastic.co/docs, "Managed OTLP Endpoint", "OTLP client configuration": batches of at most 4 MB keep within its limits.
  elastic: forAll({ maxBytes: 4_000_000 }),
  // docs.newrelic.com, "New Relic OTLP endpoint": 10^6 bytes, compressed.
  new_relic: forAll({ maxBytes: 1_000_000 }),
  // opentelemetry-collector, config/confighttp: max_request_body_size, 20 MiB unless set; of what arrives and of what it unpacks to.
  otel_collector: forAll({ maxBytes: 20_971_520 }),
};
