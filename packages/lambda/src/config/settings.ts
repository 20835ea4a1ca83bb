import {
  disabled,
  type Limits,
  listOf,
  logLimits,
  numberOf,
  spanLimits,
  wanted,
} from '@serverless-otlp/stdout-exporter/parts';
import type { FlushMode, Keep, TelemetryOptions, TracedOptions } from '../options.ts';
import type { RedactOptions } from '../redact.ts';
import { environment } from './environment.ts';
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
  readonly spanLimits: Limits;
  readonly logLimits: Limits;
  readonly redact: RedactOptions | false;
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

/** The variable switches it off, or names further secrets. */
const redactSetting = ({ redact }: TelemetryOptions): RedactOptions | false => {
  if (redact !== undefined) return redact;
  const words = listOf(environment('OTLP_LAMBDA_REDACT') ?? '');
  return words[0] === 'false' ? false : { names: words };
};

/** Reads the standard variables. */
export const processSettings = (options: TelemetryOptions): ProcessSettings => ({
  disabled: disabled(),
  traces: wanted('TRACES'),
  metrics: wanted('METRICS'),
  logs: wanted('LOGS'),
  flush: flushMode(options),
  propagators: options.propagators ?? listOf(environment('OTEL_PROPAGATORS') ?? 'tracecontext,baggage,xray'),
  spanLimits: spanLimits(warnOnce),
  logLimits: logLimits(warnOnce),
  redact: redactSetting(options),
});
