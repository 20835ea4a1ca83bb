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

/** Makes something of the provider, once that is there. */
type Make<T> = (provider: MeterProvider) => T;

/** A measurement is taken with what was true then: its attributes and its trace. */
const measure = (late: Late<MeterProvider>, make: Make<Measure>): Measure => {
  let real: Measure | undefined;
  return (value, attributes, context = active.active()) => {
    const then = real === undefined && attributes !== undefined ? { ...attributes } : attributes;
    late.use((provider) => {
      real ??= make(provider);
      real(value, then, context);
    });
  };
};

/** An observable that counts as used when somebody answers for it. */
const observable = (
  late: Late<MeterProvider>,
  make: Make<Observable>,
  real: WeakMap<Observable, Make<Observable>>,
): Observable => {
  let made: Observable | undefined;
  const get: Make<Observable> = (provider) => (made ??= make(provider));
  const self: Observable = {
    addCallback: (callback: ObservableCallback) => late.use((provider) => get(provider).addCallback(callback)),
    removeCallback: (callback: ObservableCallback) => late.use((provider) => get(provider).removeCallback(callback)),
  };
  real.set(self, get);
  return self;
};

const lateMeter = (late: Late<MeterProvider>, name: string, version?: string, options?: MeterOptions): Meter => {
  const meter: Make<Meter> = (provider) => provider.getMeter(name, version, options);
  const real = new WeakMap<Observable, Make<Observable>>();
  const batches = new WeakMap<BatchObservableCallback, BatchObservableCallback>();
  const batch = (callback: BatchObservableCallback, provider: MeterProvider): BatchObservableCallback => {
    const known = batches.get(callback);
    if (known !== undefined) return known;
    const made: BatchObservableCallback = (result) =>
      callback({
        observe: (metric, value, attributes) =>
          result.observe(real.get(metric)?.(provider) ?? metric, value, attributes),
      });
    batches.set(callback, made);
    return made;
  };
  const reals = (observables: readonly Observable[], provider: MeterProvider): Observable[] =>
    observables.map((one) => real.get(one)?.(provider) ?? one);
  const added = (create: (meter: Meter) => { readonly add: Measure }) => ({
    add: measure(late, (provider) => {
      const made = create(meter(provider));
      return (value, attributes, context) => made.add(value, attributes, context);
    }),
  });
  const recorded = (create: (meter: Meter) => { readonly record: Measure }) => ({
    record: measure(late, (provider) => {
      const made = create(meter(provider));
      return (value, attributes, context) => made.record(value, attributes, context);
    }),
  });
  const observed = (create: (meter: Meter) => Observable): Observable =>
    observable(late, (provider) => create(meter(provider)), real);
  return {
    createCounter: (instrument: string, of?: MetricOptions) => added((meter) => meter.createCounter(instrument, of)),
    createUpDownCounter: (instrument: string, of?: MetricOptions) =>
      added((meter) => meter.createUpDownCounter(instrument, of)),
    createHistogram: (instrument: string, of?: MetricOptions) =>
      recorded((meter) => meter.createHistogram(instrument, of)),
    createGauge: (instrument: string, of?: MetricOptions) => recorded((meter) => meter.createGauge(instrument, of)),
    createObservableCounter: (instrument: string, of?: MetricOptions) =>
      observed((meter) => meter.createObservableCounter(instrument, of)),
    createObservableUpDownCounter: (instrument: string, of?: MetricOptions) =>
      observed((meter) => meter.createObservableUpDownCounter(instrument, of)),
    createObservableGauge: (instrument: string, of?: MetricOptions) =>
      observed((meter) => meter.createObservableGauge(instrument, of)),
    addBatchObservableCallback: (callback: BatchObservableCallback, observables: Observable[]) =>
      late.use((provider) =>
        meter(provider).addBatchObservableCallback(batch(callback, provider), reals(observables, provider)),
      ),
    removeBatchObservableCallback: (callback: BatchObservableCallback, observables: Observable[]) =>
      late.use((provider) =>
        meter(provider).removeBatchObservableCallback(batch(callback, provider), reals(observables, provider)),
      ),
  };
};

/** A meter provider whose SDK is loaded when something is first measured. Instruments cost nothing before. */
export const lateMeterProvider = (late: Late<MeterProvider>): MeterProvider => ({
  getMeter: (name, version, options) => lateMeter(late, name, version, options),
});
