import { type Context, type Counter, type Histogram, metrics } from '@opentelemetry/api';
import { VERSION } from './version.ts';

/** How an invocation went. */
export interface Measured {
  readonly seconds: number;
  /** As Lambda counts: the handler threw. What it answers is no failure of the function. */
  readonly failed: boolean;
  readonly coldStart: boolean;
  /** `faas.trigger`. */
  readonly trigger: string | undefined;
}

/** Measures invocations. `faas.timeouts` is not among them: who is stopped tells nobody. */
export type Measure = (measured: Measured, context: Context) => void;

/** Those that the conventions recommend. Source: https://opentelemetry.io/docs/specs/semconv/faas/faas-metrics/, read 2026-11-21. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

interface Instruments {
  readonly invocations: Counter;
  readonly errors: Counter;
  readonly coldStarts: Counter;
  readonly duration: Histogram;
  readonly memory: Histogram;
}

const instruments = (): Instruments => {
  const meter = metrics.getMeter('@serverless-otlp/lambda', VERSION);
  return {
    invocations: meter.createCounter('faas.invocations', { unit: '{invocation}' }),
    errors: meter.createCounter('faas.errors', { unit: '{error}' }),
    coldStarts: meter.createCounter('faas.coldstarts', { unit: '{coldstart}' }),
    duration: meter.createHistogram('faas.invoke_duration', {
      unit: 's',
      advice: { explicitBucketBoundaries: BUCKETS },
    }),
    memory: meter.createHistogram('faas.mem_usage', { unit: 'By' }),
  };
};

/** Makes the instruments when the first invocation ends. */
export const invocationMetrics = (): Measure => {
  let made: Instruments | undefined;
  return ({ coldStart, failed, seconds, trigger }, context) => {
    const { coldStarts, duration, errors, invocations, memory } = (made ??= instruments());
    const attributes = trigger === undefined ? {} : { 'faas.trigger': trigger };
    (failed ? errors : invocations).add(1, attributes, context);
    if (coldStart) coldStarts.add(1, attributes, context);
    duration.record(seconds, attributes, context);
    memory.record(process.memoryUsage.rss(), attributes, context);
  };
};
