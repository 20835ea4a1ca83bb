import type { Signal } from '@serverless-otlp/otlp';
import type { LineFormat, LineLevel, StdoutExporterOptions } from '../options.ts';
import { environment, environmentOf } from './environment.ts';
import { pairsOf, mayBeWritten } from './header-list.ts';
import { listOf } from './standard-variables.ts';
import { choice, type Told, wholeNumber } from './read-value.ts';

/** Everything an exporter has to know, decided. */
export interface Settings {
  readonly format: LineFormat;
  readonly gzipLevel: number;
  readonly level: LineLevel | undefined;
  /** `undefined`: standard output. */
  readonly pipePath: string | undefined;
  readonly maxLineBytes: number;
  readonly maxWaitMs: number;
  readonly source: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** What a line may measure at most, whatever is set (E3). */
export const MAX_LINE_BYTES = 1_000_000;

/** A pipe's reader made this one, or there is none: it is never created here. */
const DEFAULT_PIPE = '/tmp/otlp-stdout-span-exporter.pipe';

const SIGNAL_HEADERS: Readonly<Record<Signal, string>> = {
  traces: 'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  metrics: 'OTEL_EXPORTER_OTLP_METRICS_HEADERS',
  logs: 'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
};

/** Only what is listed, and nothing that is named like a credential (E6). */
const headersOf = (signal: Signal, names: readonly string[], warn: (message: string) => void): Settings['headers'] => {
  if (names.length === 0) return undefined;
  const said = [environment('OTEL_EXPORTER_OTLP_HEADERS'), environment(SIGNAL_HEADERS[signal])];
  const known = new Map<string, string>();
  for (const text of said) for (const [name, value] of pairsOf(text ?? '')) known.set(name.toLowerCase(), value);
  const headers: Record<string, string> = {};
  for (const name of names) {
    const value = known.get(name.toLowerCase());
    if (!mayBeWritten(name)) warn(`headers: ${name} is named like a credential and is not written into lines`);
    else if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  return Object.keys(headers).length === 0 ? undefined : headers;
};

const FORMATS = ['compatible', 'compact', 'otlp_json'] as const;
const OUTPUTS = ['stdout', 'pipe'] as const;
const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

const sourceOf = ({ source }: StdoutExporterOptions): string =>
  source ?? environment('OTEL_SERVICE_NAME') ?? environment('AWS_LAMBDA_FUNCTION_NAME') ?? 'unknown-service';

/**
 * Options over variables over defaults. Throws nothing: what cannot be used is told to `warn`.
 *
 * @param warn takes one sentence that names the setting, never its value's secret neighbours.
 */
export const settingsOf = (
  signal: Signal,
  options: StdoutExporterOptions,
  warn: (message: string) => void,
): Settings => {
  const told = (option: unknown, name: string, label: string): Told => ({
    option,
    variable: environmentOf(name),
    label,
    warn,
  });
  const output = choice(told(options.output, 'OUTPUT_TYPE', 'output'), OUTPUTS, 'stdout');
  const pipePath = options.pipePath ?? environmentOf('PIPE_PATH')?.text ?? DEFAULT_PIPE;
  return {
    format: choice(told(options.format, 'FORMAT', 'format'), FORMATS, 'compatible'),
    gzipLevel: wholeNumber(told(options.gzipLevel, 'COMPRESSION_LEVEL', 'gzipLevel'), 0, 9, 6),
    level: choice(told(options.level, 'LOG_LEVEL', 'level'), LEVELS, undefined),
    pipePath: output === 'pipe' ? pipePath : undefined,
    maxLineBytes: wholeNumber(
      told(options.maxLineBytes, 'MAX_LINE_BYTES', 'maxLineBytes'),
      1000,
      MAX_LINE_BYTES,
      60_000,
    ),
    maxWaitMs: wholeNumber(told(options.maxWaitMs, 'MAX_WAIT_MS', 'maxWaitMs'), 0, 60_000, 1000),
    source: sourceOf(options),
    headers: headersOf(signal, options.headers ?? listOf(environmentOf('HEADERS')?.text ?? ''), warn),
  };
};
