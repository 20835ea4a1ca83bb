import type { Attributes } from '@opentelemetry/api';
import type { StdoutExporterOptions } from '@serverless-otlp/stdout-exporter/traces';
import type { LambdaContext } from './lambda-context.ts';
import type { RedactOptions } from './redact.ts';
import type { Sampler, SpanProcessor } from './sdk-types.ts';
import type { Trigger } from './trigger.ts';

/**
 * When telemetry is written: `sync` before the response, `async` after it, by an internal extension, `finalize` when the sandbox is
 * shut down or much has gathered.
 */
export type FlushMode = 'sync' | 'async' | 'finalize';

/** An invocation that is written whole although the sampler said no. */
export type Keep = 'errors' | 'slow' | 'cold_starts';

/**
 * What the first `traced` of a process decides for all of them. What is left out is read from the environment, then has its default;
 * a value nobody can use is told on stderr and its default taken.
 */
export interface TelemetryOptions {
  /** Default: `OTEL_SERVICE_NAME`, then `service.name` of `OTEL_RESOURCE_ATTRIBUTES`, then the function's name. */
  readonly serviceName?: string;
  /** Said of everything; wins over what is detected and over `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes?: Attributes;
  /** Default: what `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name, then `parentbased_always_on`. */
  readonly sampler?: Sampler;
  /** Called beside ours, for every span. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** `tracecontext`, `baggage`, `xray`, or `none`. Default: `OTEL_PROPAGATORS`, then the first three. */
  readonly propagators?: readonly string[];
  /** Default `sync`. Variable: `OTLP_LAMBDA_FLUSH`. */
  readonly flush?: FlushMode;
  /**
   * Secrets that are taken out of attributes besides credentials in headers, URLs and queries; `false`: none are. Variable:
   * `OTLP_LAMBDA_REDACT`, names of parameters and headers with commas between, or `false`.
   */
  readonly redact?: RedactOptions | false;
  /** How lines are written. Variables: those of the exporter. */
  readonly exporter?: StdoutExporterOptions;
}

/** What `traced` takes. */
export interface TracedOptions extends TelemetryOptions {
  /** Default: what the trigger says. */
  readonly name?: string;
  /** What else to say of an invocation. What it throws is told on stderr. */
  readonly attributes?: (event: unknown, context: LambdaContext) => Attributes;
  /** Asked before those that are built in. */
  readonly triggers?: readonly Trigger[];
  /** Default: none. Variable: `OTLP_LAMBDA_KEEP`, words with commas between. */
  readonly keep?: readonly Keep[];
  /** From how many milliseconds on an invocation is slow; default 1000. Variable: `OTLP_LAMBDA_SLOW_MS`. */
  readonly slowMs?: number;
  /** How long before the timeout open spans are written, in milliseconds; default 100, 0 for never. Variable: `OTLP_LAMBDA_DEADLINE_MARGIN_MS`. */
  readonly deadlineMarginMs?: number;
  /** Whether `faas.invocations` and the like are measured; default no. Variable: `OTLP_LAMBDA_METRICS`. */
  readonly metrics?: boolean;
}
