import { type MeterProvider, type Observable, ROOT_CONTEXT } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider as Sdk,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import { late } from './late.ts';
import { lateMeterProvider } from './late-meter.ts';

const setUp = () => {
  let loads = 0;
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const sdk = late<Sdk>('metrics', async () => {
    loads++;
    await Promise.resolve();
    return new Sdk({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  });
  const points = async () => {
    await (await sdk.loading())?.forceFlush();
    const [latest] = exporter.getMetrics().slice(-1);
    const metrics = latest?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    return Object.fromEntries(
      metrics.map(({ dataPoints, descriptor }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }) => [typeof value === 'number' ? value : value.count, attributes]),
      ]),
    );
  };
  return { meter: lateMeterProvider(sdk).getMeter('test', '1'), points, loads: () => loads };
};

describe('lateMeterProvider', () => {
  it('loads nothing for instruments that nobody uses', () => {
    const { loads, meter } = setUp();
    meter.createCounter('a');
    meter.createObservableGauge('b');
    expect(loads()).toBe(0);
  });

  it('keeps what was measured while it was loaded, with what was true then', async () => {
    const { loads, meter, points } = setUp();
    const attributes = { kind: 'book' };
    const counter = meter.createCounter('counter');
    counter.add(1, attributes);
    attributes.kind = 'changed';
    counter.add(2, { kind: 'book' }, ROOT_CONTEXT);
    meter.createUpDownCounter('updown').add(-3);
    meter.createHistogram('histogram').record(5);
    meter.createGauge('gauge').record(7);
    expect(await points()).toEqual({
      counter: [[3, { kind: 'book' }]],
      updown: [[-3, {}]],
      histogram: [[1, {}]],
      gauge: [[7, {}]],
    });
    counter.add(4, { kind: 'book' });
    expect((await points())['counter']).toEqual([[7, { kind: 'book' }]]);
    expect(loads()).toBe(1);
  });

  it('asks observables, alone and in batches, until they are taken back', async () => {
    const { meter, points } = setUp();
    const alone = meter.createObservableCounter('alone');
    const answer = (result: { observe: (value: number) => void }) => result.observe(1);
    alone.addCallback(answer);
    const both = [meter.createObservableGauge('x'), meter.createObservableUpDownCounter('y')] as const;
    const batch = (result: { observe: (metric: Observable, value: number) => void }) => {
      for (const [at, metric] of both.entries()) result.observe(metric, at + 10);
    };
    meter.addBatchObservableCallback(batch, [...both]);
    expect(await points()).toEqual({ alone: [[1, {}]], x: [[10, {}]], y: [[11, {}]] });
    alone.removeCallback(answer);
    meter.removeBatchObservableCallback(batch, [...both]);
    meter.createCounter('other').add(1);
    expect(Object.keys(await points())).toContain('other');
  });

  it('forgets what cannot be loaded', async () => {
    const broken = late<MeterProvider>('metrics', () => Promise.reject(new Error('not installed')));
    const counter = lateMeterProvider(broken).getMeter('test').createCounter('a');
    for (let i = 0; i < 20_000; i++) counter.add(1);
    expect(await broken.loading()).toBeUndefined();
    counter.add(1);
  });
});
