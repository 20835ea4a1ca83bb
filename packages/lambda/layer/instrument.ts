import { processSettings } from '../src/config/settings.ts';
import { runtimeOf } from '../src/runtime.ts';
import { traced } from '../src/traced.ts';
import type { LambdaFunction } from './load-handler.ts';

/** Traces functions once it is ready. */
export interface Instrumentation {
  /** Resolves when the internal extension is registered, if there is to be one, or after a while. Never rejects. */
  readonly ready: Promise<void>;
  readonly instrument: (handler: LambdaFunction) => LambdaFunction;
}

/** An extension that registers at all has done so long before. Lambda gives an initialisation ten seconds. */
const READY_MS = 2000;

const soon = async (ready: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  // It holds the process, which the sockets of the extension do not.
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, READY_MS)));
  await Promise.race([ready, late]);
  clearTimeout(timer);
};

/** By the number of parameters the runtime knows a handler that takes a callback: on Node.js 24 it refuses those. */
const withLength = (wrapped: LambdaFunction, { length }: LambdaFunction): LambdaFunction =>
  Object.defineProperty(wrapped, 'length', { value: length, configurable: true });

/**
 * Sets up telemetry as the variables say. To be called before the function is loaded: what it asks of the API of OpenTelemetry while it is
 * loaded has then a provider behind it, also through a copy of the API of its own.
 */
export const startInstrumentation = (): Instrumentation | undefined => {
  if (processSettings({}).disabled) return undefined;
  const { ready } = runtimeOf({});
  return {
    ready: soon(ready),
    instrument: (handler) => {
      const wrapped = traced(handler);
      return wrapped === handler ? handler : withLength(wrapped, handler);
    },
  };
};
