import {
  createNoopMeter,
  logs,
  type LoggerProvider,
  type MeterProvider,
  metrics,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';

/** What a provider that holds something can do, in every SDK. */
export interface Flushable {
  readonly forceFlush?: () => Promise<unknown>;
}

/** The API's stand-in, which gives tracers of its own until somebody registers a provider. */
interface StandIn {
  readonly getDelegate: () => TracerProvider;
  readonly getDelegateTracer: (name: string) => unknown;
}

/** The tracer provider that somebody registered before; `undefined` when nobody did. */
export const registeredTracerProvider = (): (TracerProvider & Flushable) | undefined => {
  const provider = trace.getTracerProvider();
  if (!('getDelegateTracer' in provider)) return provider;
  const standIn = provider as TracerProvider & StandIn;
  return standIn.getDelegateTracer('') === undefined ? undefined : standIn.getDelegate();
};

/** The same of metrics. */
export const registeredMeterProvider = (): (MeterProvider & Flushable) | undefined => {
  const provider = metrics.getMeterProvider();
  return provider.getMeter('') === createNoopMeter() ? undefined : provider;
};

/** The same of logs. Nobody registers the API's proxy. */
export const registeredLoggerProvider = (): (LoggerProvider & Flushable) | undefined => {
  const provider = logs.getLoggerProvider();
  return '_getDelegate' in provider ? undefined : provider;
};
