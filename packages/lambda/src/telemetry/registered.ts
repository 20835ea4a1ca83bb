import {
  createNoopMeter,
  logs,
  type LoggerProvider,
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';

/** What a provider that holds something can do, in every SDK. */
export interface Flushable {
  readonly forceFlush?: () => Promise<unknown>;
}

/** The tracer provider that somebody registered before; `undefined` when nobody did. */
export const registeredTracerProvider = (): (TracerProvider & Flushable) | undefined => {
  const provider: unknown = trace.getTracerProvider();
  if (typeof (provider as { getDelegate?: unknown }).getDelegate !== 'function') return provider as TracerProvider;
  const delegate = (provider as ProxyTracerProvider).getDelegate();
  return delegate === new ProxyTracerProvider().getDelegate() ? undefined : delegate;
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
