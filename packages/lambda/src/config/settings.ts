import type { FlushMode, Keep, TelemetryOptions, TracedOptions } from '../options.ts';
import { environment, listOf, numberOf } from './environment.ts';
import { warnOnce } from './warn-once.ts';

/** What one `traced` was told, decided. */
export interface HandlerSettings {
  readonly keep: ReadonlySet<Keep>;
  readonly slowMs: number;
  readonly deadlineMarginMs: number;
  readonly metrics: boolean;
}

/** What the process was told, decided. */
export interface ProcessSettings {
  /** `OTEL_SDK_DISABLED`. */
  readonly disabled: boolean;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly logs: boolean;
  readonly flush: FlushMode;
  readonly propagators: readonly string[];
  readonly spanLimits: Readonly<Record<string, number>>;
  readonly logLimits: Readonly<Record<string, number>>;
}

const KEEP: readonly Keep[] = ['errors', 'slow', 'cold_starts'];
const MODES: readonly FlushMode[] = ['sync', 'async', 'finalize'];

const known = <T extends string>(name: string, words: readonly string[], of: readonly T[]): readonly T[] =>
  words.flatMap((word) => {
    const found = of.find((one) => one === word.toLowerCase());
    if (found === undefined) warnOnce(`${name}: "${word.slice(0, 40)}" is not one of ${of.join(', ')}; it is ignored`);
    return found === undefined ? [] : [found];
  });

const positive = (name: string, option: number | undefined, variable: string, fallback: number): number => {
  for (const [label, value] of [
    [name, option],
    [variable, environment(variable) === undefined ? undefined : (numberOf(variable) ?? Number.NaN)],
  ] as const) {
    if (value === undefined) continue;
    if (value >= 0 && value <= 900_000) return value;
    warnOnce(`${label} must be milliseconds from 0 to 900000`);
  }
  return fallback;
};

/** Options over variables over defaults. Throws nothing: what cannot be used is told on stderr. */
export const handlerSettings = (options: TracedOptions): HandlerSettings => ({
  keep: new Set(known('keep', options.keep ?? listOf(environment('OTLP_LAMBDA_KEEP') ?? ''), KEEP)),
  slowMs: positive('slowMs', options.slowMs, 'OTLP_LAMBDA_SLOW_MS', 1000),
  deadlineMarginMs: positive('deadlineMarginMs', options.deadlineMarginMs, 'OTLP_LAMBDA_DEADLINE_MARGIN_MS', 100),
  metrics: options.metrics ?? environment('OTLP_LAMBDA_METRICS')?.toLowerCase() === 'true',
});

/** The second variable is the one that earlier instrumentation of this kind read. */
const flushMode = ({ flush }: TelemetryOptions): FlushMode => {
  const word = flush ?? environment('OTLP_LAMBDA_FLUSH', 'LAMBDA_EXTENSION_SPAN_PROCESSOR_MODE') ?? 'sync';
  return known('flush', [word], MODES)[0] ?? 'sync';
};

/** `none` switches a signal off. */
const wanted = (signal: string): boolean => environment(`OTEL_${signal}_EXPORTER`)?.toLowerCase() !== 'none';

/** A value nobody can use is told and counts as not set. Source: OpenTelemetry specification, "Parsing numeric value". */
const limitOf = (name: string): number | undefined => {
  const value = numberOf(name);
  if (Number.isInteger(value)) return value;
  if (environment(name) !== undefined) warnOnce(`${name} must be a whole number from 0; it is ignored`);
  return undefined;
};

const limits = (variables: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([limit, names]) => {
      const value = names.map(limitOf).find((number) => number !== undefined);
      return value === undefined ? [] : [[limit, value]];
    }),
  );

/** Reads the standard variables; SDK 3.x reads none of them itself. Source: OpenTelemetry specification, "Environment Variable Specification". */
export const processSettings = (options: TelemetryOptions): ProcessSettings => ({
  disabled: environment('OTEL_SDK_DISABLED')?.toLowerCase() === 'true',
  traces: wanted('TRACES'),
  metrics: wanted('METRICS'),
  logs: wanted('LOGS'),
  flush: flushMode(options),
  propagators: options.propagators ?? listOf(environment('OTEL_PROPAGATORS') ?? 'tracecontext,baggage,xray'),
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
});
