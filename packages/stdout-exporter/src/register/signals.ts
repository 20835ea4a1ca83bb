import type { Registration } from '../config/registration.ts';
import type { ExportResult } from '../export-result.ts';
import { OTLPStdoutLogExporter } from '../logs.ts';
import { OTLPStdoutMetricExporter } from '../metrics.ts';
import { OTLPStdoutSpanExporter } from '../traces.ts';
import { asyncContextManager } from './context-manager.ts';
import { logBuffer } from './log-buffer.ts';
import { globalOf, propagatorOf, resourceOf } from './open-telemetry.ts';
import { samplerOf } from './sampler.ts';
import { type BufferedSpan, type Sink, spanBuffer } from './span-buffer.ts';
import { constructorOf, type UserPackage } from '../config/user-packages.ts';

/** Where things come from and where mistakes go. */
export interface Surroundings {
  readonly find: (name: string) => UserPackage | undefined;
  readonly settings: Registration;
  readonly warn: (message: string) => void;
}

/** What has to be written before the process ends. */
export interface Registered {
  /** At once. */
  readonly flush?: () => void;
  /** In a while. */
  readonly forceFlush?: () => Promise<void>;
}

const NOT_REGISTERED = 'was registered before; nothing of it is written to standard output';

const failed =
  ({ warn }: Surroundings) =>
  ({ error }: ExportResult): void => {
    if (error !== undefined) warn(error.message);
  };

const apiOf = (sdk: UserPackage): UserPackage => {
  const api = sdk.find('@opentelemetry/api');
  if (api === undefined) throw new Error('@opentelemetry/api is not installed');
  return api;
};

/** The spans' exporter, called so that an instrumentation of `node:fs` does not trace what it does. */
const untraced = (sdk: UserPackage, api: UserPackage): Sink<BufferedSpan> => {
  const exporter = new OTLPStdoutSpanExporter();
  const { suppressTracing } = (sdk.find('@opentelemetry/core')?.exports ?? {}) as {
    readonly suppressTracing?: (context: unknown) => unknown;
  };
  const context = api.exports['context'] as {
    readonly active: () => unknown;
    readonly with: (context: unknown, run: () => void) => void;
  };
  if (suppressTracing === undefined) return exporter;
  return {
    export: (spans, done) => context.with(suppressTracing(context.active()), () => exporter.export(spans, done)),
  };
};

/** What carries a trace from one function to the next, within the process and beyond it. */
const propagate = (sdk: UserPackage, api: UserPackage, { find, settings, warn }: Surroundings): void => {
  const hooks = sdk.find('@opentelemetry/context-async-hooks') ?? find('@opentelemetry/context-async-hooks');
  const Manager = hooks && constructorOf(hooks, 'AsyncLocalStorageContextManager');
  const manager =
    Manager === undefined
      ? asyncContextManager(api.exports['ROOT_CONTEXT'])
      : (new Manager() as { readonly enable: () => unknown });
  globalOf(api, 'context').setGlobalContextManager(manager.enable());
  const propagator = propagatorOf(sdk, find, settings, warn);
  if (propagator !== undefined) globalOf(api, 'propagation').setGlobalPropagator(propagator);
};

/** Sets up tracing with whatever the user has installed of it. */
export const registerTraces = (surroundings: Surroundings): Registered | undefined => {
  const { find, settings, warn } = surroundings;
  const names = ['@opentelemetry/sdk-trace', '@opentelemetry/sdk-trace-node', '@opentelemetry/sdk-trace-base'];
  const sdk = names.map(find).find((found) => found !== undefined);
  const Provider = sdk && constructorOf(sdk, 'TracerProvider', 'BasicTracerProvider');
  if (sdk === undefined || Provider === undefined) return undefined;
  const api = apiOf(sdk);
  const buffer = spanBuffer(untraced(sdk, api), failed(surroundings));
  const provider = new Provider({
    resource: resourceOf(sdk, settings),
    spanProcessors: [buffer],
    sampler: samplerOf(sdk, settings.sampler, warn),
    spanLimits: settings.spanLimits,
  });
  if (!globalOf(api, 'trace').setGlobalTracerProvider(provider)) {
    warn(`another tracer provider ${NOT_REGISTERED}`);
    return undefined;
  }
  propagate(sdk, api, surroundings);
  return { flush: buffer.flush };
};

/** Sets up metrics, if `@opentelemetry/sdk-metrics` is installed. */
export const registerMetrics = ({ find, settings, warn }: Surroundings): Registered | undefined => {
  const sdk = find('@opentelemetry/sdk-metrics');
  const Provider = sdk && constructorOf(sdk, 'MeterProvider');
  const Reader = sdk && constructorOf(sdk, 'PeriodicExportingMetricReader');
  if (sdk === undefined || Provider === undefined || Reader === undefined) return undefined;
  const reader = new Reader({
    exporter: new OTLPStdoutMetricExporter(),
    exportIntervalMillis: settings.metricIntervalMs,
    exportTimeoutMillis: Math.min(settings.metricTimeoutMs, settings.metricIntervalMs),
  });
  const provider = new Provider({ resource: resourceOf(sdk, settings), readers: [reader] }) as {
    readonly forceFlush: () => Promise<void>;
  };
  if (globalOf(apiOf(sdk), 'metrics').setGlobalMeterProvider(provider))
    return { forceFlush: () => provider.forceFlush() };
  warn(`another meter provider ${NOT_REGISTERED}`);
  return undefined;
};

/** Sets up logs, if `@opentelemetry/sdk-logs` is installed. In SDK 2.x their API is a package of its own. */
export const registerLogs = (surroundings: Surroundings): Registered | undefined => {
  const { find, settings, warn } = surroundings;
  const sdk = find('@opentelemetry/sdk-logs');
  const Provider = sdk && constructorOf(sdk, 'LoggerProvider');
  if (sdk === undefined || Provider === undefined) return undefined;
  const buffer = logBuffer(new OTLPStdoutLogExporter(), failed(surroundings));
  const provider = new Provider({
    resource: resourceOf(sdk, settings),
    processors: [buffer],
    logRecordLimits: settings.logLimits,
  });
  const api = sdk.find('@opentelemetry/api-logs') ?? apiOf(sdk);
  const accepted = globalOf(api, 'logs').setGlobalLoggerProvider(provider);
  if (accepted === true || accepted === provider) return { flush: buffer.flush };
  warn(`another logger provider ${NOT_REGISTERED}`);
  return undefined;
};
