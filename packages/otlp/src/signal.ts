/** The three OTLP signals the project carries. The signal is a value, not a type: nothing exists three times. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** Every signal, in the order reports list them. */
export const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs'];

/**
 * The default URL path of a signal on an OTLP/HTTP server.
 * Source: OTLP specification, "OTLP/HTTP Request" (rule U6).
 */
export const SIGNAL_PATHS: Readonly<Record<Signal, string>> = {
  traces: '/v1/traces',
  metrics: '/v1/metrics',
  logs: '/v1/logs',
};

/** The signal whose default path this is, compared exactly; `undefined` for anything else. */
export const signalOfPath = (path: string): Signal | undefined =>
  SIGNALS.find((signal) => SIGNAL_PATHS[signal] === path);
