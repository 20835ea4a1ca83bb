import type { Double, HexId, InstrumentationScope, Int64, KeyValue, Resource, UnixNano } from './attributes.ts';

/** The metrics of one resource. */
export interface ResourceMetrics {
  readonly resource?: Resource;
  readonly scopeMetrics?: readonly ScopeMetrics[];
  readonly schemaUrl?: string;
}

/** The metrics of one instrumentation scope. */
export interface ScopeMetrics {
  readonly scope?: InstrumentationScope;
  readonly metrics?: readonly Metric[];
  readonly schemaUrl?: string;
}

/** One instrument and its data points: at most one of the five kinds is set. */
export interface Metric {
  readonly name?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly gauge?: Gauge;
  readonly sum?: Sum;
  readonly histogram?: Histogram;
  readonly exponentialHistogram?: ExponentialHistogram;
  readonly summary?: Summary;
  readonly metadata?: readonly KeyValue[];
}

/** Sampled values. */
export interface Gauge {
  readonly dataPoints?: readonly NumberDataPoint[];
}

/** Added values. */
export interface Sum {
  readonly dataPoints?: readonly NumberDataPoint[];
  /** 0 unspecified, 1 delta, 2 cumulative */
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
}

/** Distributions over explicit buckets. */
export interface Histogram {
  readonly dataPoints?: readonly HistogramDataPoint[];
  readonly aggregationTemporality?: number;
}

/** Distributions over exponential buckets. */
export interface ExponentialHistogram {
  readonly dataPoints?: readonly ExponentialHistogramDataPoint[];
  readonly aggregationTemporality?: number;
}

/** Quantiles, from legacy systems. */
export interface Summary {
  readonly dataPoints?: readonly SummaryDataPoint[];
}

/** What every data point has. */
export interface DataPoint {
  readonly attributes?: readonly KeyValue[];
  readonly startTimeUnixNano?: UnixNano;
  readonly timeUnixNano?: UnixNano;
  readonly flags?: number;
}

/** One number. */
export interface NumberDataPoint extends DataPoint {
  readonly asDouble?: Double;
  readonly asInt?: Int64;
  readonly exemplars?: readonly Exemplar[];
}

/** One distribution over explicit buckets. */
export interface HistogramDataPoint extends DataPoint {
  readonly count?: Int64;
  readonly sum?: Double;
  readonly bucketCounts?: readonly Int64[];
  readonly explicitBounds?: readonly Double[];
  readonly exemplars?: readonly Exemplar[];
  readonly min?: Double;
  readonly max?: Double;
}

/** One distribution over exponential buckets. */
export interface ExponentialHistogramDataPoint extends DataPoint {
  readonly count?: Int64;
  readonly sum?: Double;
  readonly scale?: number;
  readonly zeroCount?: Int64;
  readonly positive?: Buckets;
  readonly negative?: Buckets;
  readonly exemplars?: readonly Exemplar[];
  readonly min?: Double;
  readonly max?: Double;
  readonly zeroThreshold?: Double;
}

/** Consecutive exponential buckets. */
export interface Buckets {
  readonly offset?: number;
  readonly bucketCounts?: readonly Int64[];
}

/** One set of quantiles. */
export interface SummaryDataPoint extends DataPoint {
  readonly count?: Int64;
  readonly sum?: Double;
  readonly quantileValues?: readonly ValueAtQuantile[];
}

/** The value at one quantile. */
export interface ValueAtQuantile {
  readonly quantile?: Double;
  readonly value?: Double;
}

/** One measurement that went into a data point. */
export interface Exemplar {
  readonly filteredAttributes?: readonly KeyValue[];
  readonly timeUnixNano?: UnixNano;
  readonly asDouble?: Double;
  readonly asInt?: Int64;
  readonly spanId?: HexId;
  readonly traceId?: HexId;
}
