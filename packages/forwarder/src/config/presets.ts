import type { Signal } from '@serverless-otlp/otlp';
import type { RequestLimits } from './settings.ts';

type Preset = Readonly<Record<Signal, RequestLimits>>;

const forAll = (limits: RequestLimits): Preset => ({ traces: limits, metrics: limits, logs: limits });

/** The name of a preset. */
export type PresetName = 'aws_cloudwatch' | 'coralogix' | 'datadog' | 'dynatrace' | 'new_relic';

/**
 * Limits that backends publish, as read in November 2026. A limit of compressed bytes is taken for one of uncompressed bytes, which
 * is always safe.
 */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  // docs.aws.amazon.com, CloudWatch user guide, "OTLP endpoints": 5 MB and 10 000 spans, 1 MB and 1000 points, 1 MB and 10 000 records.
  aws_cloudwatch: {
    traces: { maxBytes: 5_000_000, maxItems: 10_000 },
    metrics: { maxBytes: 1_000_000, maxItems: 1_000 },
    logs: { maxBytes: 1_000_000, maxItems: 10_000 },
  },
  // coralogix.com/docs, "Limitations": 10 MB at most, 2 MB recommended.
  coralogix: forAll({ maxBytes: 2_000_000 }),
  // docs.datadoghq.com, OTLP intake: 3.2 MB of traces; nothing is said of the others.
  datadog: forAll({ maxBytes: 3_200_000 }),
  // docs.dynatrace.com, "Ingest OpenTelemetry traces": 8 MB.
  dynatrace: forAll({ maxBytes: 8_000_000 }),
  // docs.newrelic.com, "OpenTelemetry best practices: compression": 10^6 bytes, compressed.
  new_relic: forAll({ maxBytes: 1_000_000 }),
};
