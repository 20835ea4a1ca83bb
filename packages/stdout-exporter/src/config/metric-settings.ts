import type { Aggregation, TemporalityPreference } from '../metric-preferences.ts';
import { environment } from './environment.ts';
import { choice, type Told } from './read-value.ts';
import { warnOnce } from './warn-once.ts';

const standard = (name: string, option: unknown, label: string): Told => {
  const text = environment(name);
  return { option, variable: text === undefined ? undefined : { name, text }, label, warn: warnOnce };
};

const TEMPORALITIES = ['cumulative', 'delta', 'lowmemory'] as const;

/** The option, then the standard variable, then `cumulative`. */
export const temporalitySetting = (option: TemporalityPreference | undefined): TemporalityPreference =>
  choice(
    standard('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', option, 'temporalityPreference'),
    TEMPORALITIES,
    'cumulative',
  );

const EXPLICIT = 'explicit_bucket_histogram';
const EXPONENTIAL = 'base2_exponential_bucket_histogram';

/** What the SDK does by itself, unless the standard variable wants exponential histograms. */
export const aggregationSetting = (): ((instrumentType: string) => Aggregation) => {
  const name = 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION';
  const histogram = choice(standard(name, undefined, name), [EXPLICIT, EXPONENTIAL], EXPLICIT);
  return (type) => ({ type: type === 'HISTOGRAM' && histogram === EXPONENTIAL ? 5 : 0 });
};
