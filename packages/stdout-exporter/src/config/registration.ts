import { environment } from './environment.ts';
import { disabled, type Limits, listOf, logLimits, numberOf, spanLimits, wanted } from './standard-variables.ts';
import { warnOnce } from './warn-once.ts';

/** Which sampler was asked for, with its argument when it is a ratio from 0 to 1. */
export interface SamplerSetting {
  readonly name: string;
  readonly ratio: number | undefined;
}

/** What `register` takes from the standard variables; `undefined` where one is not set. */
export interface Registration {
  readonly disabled: boolean;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly logs: boolean;
  readonly sampler: SamplerSetting | undefined;
  readonly propagators: readonly string[];
  /** For `service.name`, when no variable of OpenTelemetry names it. */
  readonly functionName: string | undefined;
  /** Folders whose packages are the user's, most specific first. */
  readonly folders: readonly string[];
  readonly spanLimits: Limits;
  readonly logLimits: Limits;
  readonly metricIntervalMs: number;
  readonly metricTimeoutMs: number;
}

const samplerSetting = (): SamplerSetting | undefined => {
  const name = environment('OTEL_TRACES_SAMPLER');
  return name === undefined ? undefined : { name: name.toLowerCase(), ratio: numberOf('OTEL_TRACES_SAMPLER_ARG') };
};

/** Reads the standard variables. */
export const registration = (): Registration => ({
  disabled: disabled(),
  traces: wanted('TRACES'),
  metrics: wanted('METRICS'),
  logs: wanted('LOGS'),
  sampler: samplerSetting(),
  propagators: listOf(environment('OTEL_PROPAGATORS') ?? 'tracecontext,baggage'),
  functionName: environment('AWS_LAMBDA_FUNCTION_NAME'),
  folders: [environment('LAMBDA_TASK_ROOT'), process.cwd(), process.argv[1]].filter((path) => path !== undefined),
  spanLimits: spanLimits(warnOnce),
  logLimits: logLimits(warnOnce),
  metricIntervalMs: numberOf('OTEL_METRIC_EXPORT_INTERVAL') ?? 60_000,
  metricTimeoutMs: numberOf('OTEL_METRIC_EXPORT_TIMEOUT') ?? 30_000,
});
