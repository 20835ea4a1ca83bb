/** `delta` and `lowmemory` say what changed since the last export, where that is possible; `cumulative` says totals. */
export type TemporalityPreference = 'cumulative' | 'delta' | 'lowmemory';

/** `AggregationTemporality` of every SDK line: 0 delta, 1 cumulative. */
export type Temporality = 0 | 1;

/** `AggregationOption` of every SDK line: 0 default, 1 drop, 2 sum, 3 last value, 4 explicit buckets, 5 exponential. */
export type Aggregation =
  | { type: 0 | 1 | 2 | 3 }
  | { type: 4; options?: { recordMinMax?: boolean; boundaries: number[] } }
  | { type: 5; options?: { recordMinMax?: boolean; maxSize?: number } };

const DELTA = 0;
const CUMULATIVE = 1;

/**
 * What an instrument of this type is exported as.
 * Source: OpenTelemetry specification, "Metrics Exporter - OTLP", `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`.
 */
export const temporalityOf = (preference: TemporalityPreference, instrumentType: string): Temporality => {
  switch (instrumentType) {
    case 'COUNTER':
    case 'HISTOGRAM':
      return preference === 'cumulative' ? CUMULATIVE : DELTA;
    case 'OBSERVABLE_COUNTER':
    case 'GAUGE':
    case 'OBSERVABLE_GAUGE':
      return preference === 'delta' ? DELTA : CUMULATIVE;
    default:
      return CUMULATIVE;
  }
};
