import { context, logs, metrics, propagation, type TextMapPropagator, trace, type Tracer } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { type Sampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { resourceOf } from '../config/resource.ts';
import { samplerSetting } from '../config/sampler.ts';
import { type ProcessSettings, processSettings } from '../config/settings.ts';
import { warnOnce } from '../config/warn-once.ts';
import { recordingSampler } from '../invocation/recording-sampler.ts';
import { type SpanBuffer, spanBuffer } from '../invocation/span-buffer.ts';
import type { TelemetryOptions } from '../options.ts';
import { propagatorOf } from '../propagation/propagator.ts';
import { type Redact, redactor } from '../redact.ts';
import { VERSION } from '../version.ts';
import { asyncContextManager } from './context-manager.ts';
import { guardedProcessor } from './guarded-processor.ts';
import { type Late, late } from './late.ts';
import { lateLoggerProvider } from './late-logger.ts';
import { lateMeterProvider } from './late-meter.ts';
import {
  type Flushable,
  registeredLoggerProvider,
  registeredMeterProvider,
  registeredTracerProvider,
} from './registered.ts';
import { spanWriter } from './span-writer.ts';

/** What a process has for all of its invocations. */
export interface Telemetry {
  readonly settings: ProcessSettings;
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
  /** Takes secrets out of attributes. */
  readonly redact: Redact;
  /** Holds our spans; `undefined` when the tracer provider is the user's. */
  readonly buffer: SpanBuffer | undefined;
  /** Those that have something to be flushed. Our span buffer is one of them while something it wrote is not out. */
  readonly flushables: () => readonly Flushable[];
}

const NAME = '@serverless-otlp/lambda';

/** Registers a context manager, unless somebody did: then a value set in a context is found there. */
const carryContext = (): void => {
  const probe = Symbol('probe');
  const carried = context.with(context.active().setValue(probe, true), () => context.active().getValue(probe));
  if (carried !== true) context.setGlobalContextManager(asyncContextManager().enable());
};

const setUpTraces = (
  options: TelemetryOptions,
  settings: ProcessSettings,
  resource: Resource,
  redact: Redact,
): SpanBuffer => {
  const buffer = spanBuffer(spanWriter(options.exporter), redact);
  const provider = new TracerProvider({
    resource,
    sampler: recordingSampler((options.sampler as Sampler | undefined) ?? samplerSetting()),
    spanLimits: settings.spanLimits,
    spanProcessors: [...((options.spanProcessors ?? []) as readonly SpanProcessor[]).map(guardedProcessor), buffer],
  });
  trace.setGlobalTracerProvider(provider);
  return buffer;
};

const setUpMetrics = (options: TelemetryOptions, resource: () => Resource): Late<Flushable> => {
  const sdk = late('metrics', async () =>
    (await import('./metrics-sdk.ts')).metricsSdk(resource(), options.exporter ?? {}),
  );
  metrics.setGlobalMeterProvider(lateMeterProvider(sdk));
  return sdk;
};

const setUpLogs = (options: TelemetryOptions, settings: ProcessSettings, resource: () => Resource): Late<Flushable> => {
  const sdk = late('logs', async () =>
    (await import('./logs-sdk.ts')).logsSdk(resource(), options.exporter ?? {}, settings.logLimits),
  );
  logs.setGlobalLoggerProvider(lateLoggerProvider(sdk));
  return sdk;
};

/** What was not used has nothing to flush, and is not loaded for it. */
const isUsed = (sdk: Late<Flushable>): boolean => sdk.loading() !== undefined;
const flushableOf = (sdk: Late<Flushable>): Flushable => ({
  forceFlush: async () => (await sdk.loading())?.forceFlush?.(),
});

/** Sets up what nobody has set up: providers, context, propagation. What is registered already stays, and is flushed only. */
export const setUp = (options: TelemetryOptions): Telemetry => {
  const settings = processSettings(options);
  let known: Resource | undefined;
  const resource = (): Resource => (known ??= resourceOf(options));
  const propagator = propagatorOf(settings.propagators, warnOnce);
  const redact = redactor(settings.redact);
  carryContext();
  const users = {
    traces: registeredTracerProvider(),
    metrics: registeredMeterProvider(),
    logs: registeredLoggerProvider(),
  };
  const ours: Late<Flushable>[] = [];
  if (users.metrics === undefined && settings.metrics) ours.push(setUpMetrics(options, resource));
  if (users.logs === undefined && settings.logs) ours.push(setUpLogs(options, settings, resource));
  const setsUpTraces = users.traces === undefined && settings.traces;
  const buffer = setsUpTraces ? setUpTraces(options, settings, resource(), redact) : undefined;
  if (setsUpTraces && propagation.fields().length === 0) propagation.setGlobalPropagator(propagator);
  const theirs = [users.traces, users.metrics, users.logs, ...(options.spanProcessors ?? [])].filter(
    (one) => one !== undefined,
  );
  return {
    settings,
    tracer: trace.getTracer(NAME, VERSION),
    propagator,
    redact,
    buffer,
    flushables: () => {
      const used = ours.some(isUsed) ? ours.filter(isUsed).map(flushableOf) : [];
      return [...(buffer?.pending() === undefined ? used : [buffer, ...used]), ...theirs];
    },
  };
};
