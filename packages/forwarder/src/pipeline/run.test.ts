import { requestFromJson, type Signal } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import type { Delivery, Exporter, Pipeline, Processor, Telemetry } from '../types.ts';
import { run } from './run.ts';

const bodies: Readonly<Record<Signal, (items: number) => object>> = {
  traces: (items) => ({ resourceSpans: [{ scopeSpans: [{ spans: Array(items).fill({ name: 's' }) }] }] }),
  metrics: (items) => ({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ gauge: { dataPoints: Array(items).fill({ asInt: 1 }) } }] }] }],
  }),
  logs: (items) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: Array(items).fill({ severityNumber: 1 }) }] }] }),
};
const telemetry = (signal: Signal, items: number, id: string = signal): Telemetry => ({
  request: requestFromJson(bodies[signal](items)),
  records: new Set([id]),
  metadata: {},
});

const DEADLINE = 1_000;
const exporterOf = (exporting: Exporter['export']): Exporter => ({ name: 'double', export: exporting });
const delivering = exporterOf((part) =>
  Promise.resolve([{ destination: 'double', telemetry: part, outcome: { status: 'delivered' } }]),
);
const processorOf = (process: Processor['process']): Processor => ({ name: 'step', process });
const pipeline = (exporter: Exporter, ...processors: readonly Processor[]): Pipeline => ({ processors, exporter });

const runTraces = (one: Pipeline, ...parts: readonly Telemetry[]): ReturnType<typeof run> =>
  run(parts, { traces: one }, DEADLINE);
const sumOf = (deliveries: readonly Delivery[]): number =>
  deliveries.reduce((sum, { telemetry: part }) => sum + part.request.items, 0);

describe('run', () => {
  it('sends each signal through its own pipeline and counts the others as unrouted', async () => {
    const parts = [telemetry('logs', 2), telemetry('traces', 3), telemetry('metrics', 4), telemetry('traces', 1)];
    const done = await run(parts, { traces: pipeline(delivering) }, DEADLINE);
    expect(done.signals).toMatchObject([{ signal: 'traces', destination: 'double', decoded: 4, filtered: 0, made: 0 }]);
    expect(done.unrouted).toEqual([
      { signal: 'metrics', items: 4 },
      { signal: 'logs', items: 2 },
    ]);
  });

  it('hands the deadline on', async () => {
    const deadlines: number[] = [];
    const exporter = exporterOf((part, deadline) => {
      deadlines.push(deadline);
      return delivering.export(part, deadline);
    });
    await runTraces(pipeline(exporter), telemetry('traces', 1));
    expect(deadlines).toEqual([DEADLINE]);
  });

  it('does not let one signal wait for another', async () => {
    const order: string[] = [];
    const exporter = exporterOf(async (part, deadline) => {
      order.push(`start ${part.request.signal}`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`end ${part.request.signal}`);
      return delivering.export(part, deadline);
    });
    const both = pipeline(exporter);
    await run([telemetry('traces', 1), telemetry('logs', 1)], { traces: both, logs: both }, DEADLINE);
    expect(order.slice(0, 2)).toEqual(['start traces', 'start logs']);
  });

  it('counts what processors take away and add', async () => {
    const drop = processorOf((parts) => parts.slice(1));
    const double = processorOf((parts) => [...parts, ...parts]);
    const done = await runTraces(
      pipeline(delivering, drop, double),
      telemetry('traces', 5),
      telemetry('traces', 2),
      telemetry('traces', 1),
    );
    expect(done.signals[0]).toMatchObject({ decoded: 8, filtered: 5, made: 3 });
    expect(sumOf(done.signals[0]?.deliveries ?? [])).toBe(6);
  });

  it('R9: sends no request without items', async () => {
    const done = await runTraces(pipeline(delivering), telemetry('traces', 0), telemetry('traces', 1));
    expect(done.signals[0]?.deliveries).toHaveLength(1);
    const nothing = await runTraces(pipeline(delivering), telemetry('traces', 0));
    expect(nothing.signals[0]?.deliveries).toEqual([]);
  });

  it.each<[string, Processor['process']]>([
    [
      'throws',
      () => {
        throw new Error('canary-11');
      },
    ],
    ['returns nothing', () => undefined as never],
    ['returns a promise', (() => Promise.resolve([])) as never],
    ['returns what is no telemetry', () => [{}] as never],
  ])('leaves with the source what came to a processor that %s, unsent', async (_what, process) => {
    let exported = 0;
    const exporter = exporterOf((part, deadline) => {
      exported++;
      return delivering.export(part, deadline);
    });
    const first = processorOf((parts) => parts.slice(1));
    const parts = [telemetry('traces', 9), telemetry('traces', 2, 'a'), telemetry('traces', 3, 'b')];
    const done = await runTraces(pipeline(exporter, first, processorOf(process)), ...parts);
    const [signal] = done.signals;
    expect(signal).toMatchObject({ decoded: 14, filtered: 9, made: 0 });
    expect(signal?.deliveries.map(({ outcome, telemetry: { records } }) => [outcome.status, ...records])).toEqual([
      ['retryable', 'a'],
      ['retryable', 'b'],
    ]);
    expect(exported).toBe(0);
    const outcome = signal?.deliveries[0]?.outcome;
    expect(outcome).toMatchObject({ error: { message: 'processor step failed: this is a bug in it' } });
  });

  it('leaves with the source what an exporter did not account for', async () => {
    const forgetful = exporterOf(() => Promise.resolve([]));
    const done = await runTraces(pipeline(forgetful), telemetry('traces', 2, 'a'));
    expect(done.signals[0]?.deliveries).toMatchObject([{ outcome: { status: 'retryable' } }]);
  });

  it.each<[string, Exporter['export']]>([
    ['rejects', () => Promise.reject(new Error('canary-12'))],
    [
      'throws at once',
      () => {
        throw new Error('canary-12');
      },
    ],
    ['resolves to nothing', () => Promise.resolve(undefined as never)],
    ['returns no promise', (() => undefined) as never],
  ])('leaves with the source what an exporter had that %s, and spares the rest', async (_what, exporting) => {
    const exporter = exporterOf((part, deadline) =>
      part.request.items === 2 ? exporting(part, deadline) : delivering.export(part, deadline),
    );
    const done = await runTraces(pipeline(exporter), telemetry('traces', 2, 'a'), telemetry('traces', 3, 'b'));
    const outcomes = done.signals[0]?.deliveries.map(({ outcome, telemetry: { records } }) => [
      ...records,
      outcome.status,
    ]);
    expect(outcomes).toEqual([
      ['a', 'retryable'],
      ['b', 'delivered'],
    ]);
    const [failed] = done.signals[0]?.deliveries ?? [];
    expect(failed?.outcome).toMatchObject({ error: { message: 'exporter double threw: this is a bug in it' } });
  });
});
