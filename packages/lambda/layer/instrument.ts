import { processSettings } from '../src/config/settings.ts';
import { runtimeOf } from '../src/runtime.ts';
import { traced } from '../src/traced.ts';
import type { LambdaFunction } from './load-handler.ts';

/** Traces functions. */
export interface Instrumentation {
  readonly instrument: (handler: LambdaFunction) => LambdaFunction;
}

/** By the number of parameters the runtime knows a handler that takes a callback: on Node.js 24 it refuses those. */
const withLength = (wrapped: LambdaFunction, { length }: LambdaFunction): LambdaFunction =>
  Object.defineProperty(wrapped, 'length', { value: length, configurable: true });

/**
 * Sets up telemetry as the variables say. To be called before the function is loaded: what it asks of the API of OpenTelemetry while it is
 * loaded has then a provider behind it, also through a copy of the API of its own.
 */
export const startInstrumentation = (): Instrumentation | undefined => {
  if (processSettings({}).disabled) return undefined;
  runtimeOf({});
  return {
    instrument: (handler) => {
      const wrapped = traced(handler);
      return wrapped === handler ? handler : withLength(wrapped, handler);
    },
  };
};
