import { environment } from './environment.ts';

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
  readonly spanLimits: Readonly<Record<string, number>>;
  readonly logLimits: Readonly<Record<string, number>>;
  readonly metricIntervalMs: number;
  readonly metricTimeoutMs: number;
}

const numberOf = (name: string): number | undefined => {
  const text = environment(name);
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
};

/** `none` switches a signal off; whatever else is said, lines are what this package writes. */
const wanted = (signal: string): boolean => environment(`OTEL_${signal}_EXPORTER`)?.toLowerCase() !== 'none';

const samplerSetting = (): SamplerSetting | undefined => {
  const name = environment('OTEL_TRACES_SAMPLER');
  return name === undefined ? undefined : { name: name.toLowerCase(), ratio: numberOf('OTEL_TRACES_SAMPLER_ARG') };
};

/** The limits that are set, under the names the SDK's constructors use. */
const limits = (variables: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([limit, names]) => {
      const value = names.map(numberOf).find((number) => number !== undefined);
      return value === undefined ? [] : [[limit, value]];
    }),
  );

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');

/**
 * Reads the standard variables. SDK 3.x reads none of them itself, SDK 2.x most: given here they mean the same for both.
 * Source: OpenTelemetry specification, "Environment Variable Specification".
 */
export const registration = (): Registration => ({
  disabled: environment('OTEL_SDK_DISABLED')?.toLowerCase() === 'true',
  traces: wanted('TRACES'),
  metrics: wanted('METRICS'),
  logs: wanted('LOGS'),
  sampler: samplerSetting(),
  propagators: listOf(environment('OTEL_PROPAGATORS') ?? 'tracecontext,baggage'),
  functionName: environment('AWS_LAMBDA_FUNCTION_NAME'),
  folders: [environment('LAMBDA_TASK_ROOT'), process.cwd(), process.argv[1]].filter((path) => path !== undefined),
  spanLimits: limits({
    attributeCountLimit: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
    attributeValueLengthLimit: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
    eventCountLimit: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
    linkCountLimit: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
    attributePerEventCountLimit: ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'],
    attributePerLinkCountLimit: ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'],
  }),
  logLimits: limits({
    attributeCountLimit: ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
    attributeValueLengthLimit: ['OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  }),
  metricIntervalMs: numberOf('OTEL_METRIC_EXPORT_INTERVAL') ?? 60_000,
  metricTimeoutMs: numberOf('OTEL_METRIC_EXPORT_TIMEOUT') ?? 30_000,
});
