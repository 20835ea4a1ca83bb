import {
  type Attributes,
  type BatchObservableCallback,
  type Context,
  context as active,
  type Meter,
  type MeterOptions,
  type MeterProvider,
  type MetricOptions,
  type Observable,
  type ObservableCallback,
} from '@opentelemetry/api';
import type { Late } from './late.ts';

type Measure = (value: number, attributes?: Attributes, context?: Context) => void;

/** A measurement is taken with what was true then: its attributes and its trace. */
const measure = (late: Late<MeterProvider>, make: () => Measure): Measure => {
  let real: Measure | undefined;
  return (value, attributes, context = active.active()) => {
    const then = real === undefined && attributes !== undefined ? { ...attributes } : attributes;
    late.use(() => {
      real ??= make();
      real(value, then, context);
    });
  };
};

/** An observable that counts as used when somebody answers for it. */
const observable = (
  late: Late<MeterProvider>,
  make: () => Observable,
  real: WeakMap<Observable, () => Observable>,
): Observable => {
  let made: Observable | undefined;
  const get = (): Observable => (made ??= make());
  const self: Observable = {
    addCallback: (callback: ObservableCallback) => late.use(() => get().addCallback(callback)),
    removeCallback: (callback: ObservableCallback) => late.use(() => get().removeCallback(callback)),
  };
  real.set(self, get);
  return self;
};

const lateMeter = (late: Late<MeterProvider>, name: string, version?: string, options?: MeterOptions): Meter => {
  let provider: MeterProvider | undefined;
  late.whenThere((loaded) => (provider = loaded));
  const meter = (): Meter => {
    if (provider === undefined) throw new Error('the meter is used before it is there');
    return provider.getMeter(name, version, options);
  };
  const real = new WeakMap<Observable, () => Observable>();
  const batches = new WeakMap<BatchObservableCallback, BatchObservableCallback>();
  const batch = (callback: BatchObservableCallback): BatchObservableCallback => {
    const made: BatchObservableCallback = (result) =>
      callback({
        observe: (metric, value, attributes) => result.observe(real.get(metric)?.() ?? metric, value, attributes),
      });
    if (!batches.has(callback)) batches.set(callback, made);
    return batches.get(callback) ?? made;
  };
  const reals = (observables: readonly Observable[]): Observable[] =>
    observables.map((one) => real.get(one)?.() ?? one);
  const added = (make: () => { readonly add: Measure }) => ({
    add: measure(late, () => {
      const made = make();
      return (value, attributes, context) => made.add(value, attributes, context);
    }),
  });
  const recorded = (make: () => { readonly record: Measure }) => ({
    record: measure(late, () => {
      const made = make();
      return (value, attributes, context) => made.record(value, attributes, context);
    }),
  });
  const observed = (make: () => Observable): Observable => observable(late, make, real);
  return {
    createCounter: (instrument: string, of?: MetricOptions) => added(() => meter().createCounter(instrument, of)),
    createUpDownCounter: (instrument: string, of?: MetricOptions) =>
      added(() => meter().createUpDownCounter(instrument, of)),
    createHistogram: (instrument: string, of?: MetricOptions) =>
      recorded(() => meter().createHistogram(instrument, of)),
    createGauge: (instrument: string, of?: MetricOptions) => recorded(() => meter().createGauge(instrument, of)),
    createObservableCounter: (instrument: string, of?: MetricOptions) =>
      observed(() => meter().createObservableCounter(instrument, of)),
    createObservableUpDownCounter: (instrument: string, of?: MetricOptions) =>
      observed(() => meter().createObservableUpDownCounter(instrument, of)),
    createObservableGauge: (instrument: string, of?: MetricOptions) =>
      observed(() => meter().createObservableGauge(instrument, of)),
    addBatchObservableCallback: (callback: BatchObservableCallback, observables: Observable[]) =>
      late.use(() => meter().addBatchObservableCallback(batch(callback), reals(observables))),
    removeBatchObservableCallback: (callback: BatchObservableCallback, observables: Observable[]) =>
      late.use(() => meter().removeBatchObservableCallback(batch(callback), reals(observables))),
  };
};

/** A meter provider whose SDK is loaded when something is first measured. Instruments cost nothing before. */
export const lateMeterProvider = (late: Late<MeterProvider>): MeterProvider => ({
  getMeter: (name, version, options) => lateMeter(late, name, version, options),
});
