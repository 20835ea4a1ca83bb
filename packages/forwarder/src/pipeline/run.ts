import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import type { Delivery, Pipeline, Telemetry } from '../types.ts';

/** What happened to the telemetry of one signal. Counts are items. */
export interface SignalRun {
  readonly signal: Signal;
  readonly destination: string;
  readonly decoded: number;
  /** Items that processors took away, and items they added. */
  readonly filtered: number;
  readonly made: number;
  readonly deliveries: readonly Delivery[];
}

/** Telemetry of a signal that has no pipeline. */
export interface Unrouted {
  readonly signal: Signal;
  readonly items: number;
}

/** What `run` did with the telemetry of an event. */
export interface Run {
  readonly signals: readonly SignalRun[];
  readonly unrouted: readonly Unrouted[];
}

const itemsOf = (telemetry: readonly Telemetry[]): number => {
  let items = 0;
  for (const { request } of telemetry) items += request.items;
  return items;
};

/** Sends telemetry through the pipeline of its signal; signals run side by side and do not wait for each other. */
export const run = async (
  telemetry: readonly Telemetry[],
  pipelines: Readonly<Partial<Record<Signal, Pipeline>>>,
  deadline: number,
): Promise<Run> => {
  const unrouted: Unrouted[] = [];
  const started: Promise<SignalRun>[] = [];
  const first = telemetry[0]?.request.signal;
  const uniform = telemetry.every(({ request }) => request.signal === first);
  for (const signal of SIGNALS) {
    // Nearly every event carries one signal.
    const own = !uniform
      ? telemetry.filter(({ request }) => request.signal === signal)
      : signal === first
        ? telemetry
        : [];
    if (own.length === 0) continue;
    const pipeline = pipelines[signal];
    if (pipeline === undefined) unrouted.push({ signal, items: itemsOf(own) });
    else started.push(runSignal(signal, own, pipeline, deadline));
  }
  return { signals: await Promise.all(started), unrouted };
};

const runSignal = async (
  signal: Signal,
  telemetry: readonly Telemetry[],
  { processors, exporter }: Pipeline,
  deadline: number,
): Promise<SignalRun> => {
  const decoded = itemsOf(telemetry);
  let filtered = 0;
  let made = 0;
  let current = telemetry;
  for (const processor of processors) {
    let change: number;
    try {
      const next = processor.process(current);
      change = itemsOf(next) - itemsOf(current);
      current = next;
    } catch (cause) {
      // A broken processor fails closed: unredacted telemetry must not pass, and nothing may be lost. The source keeps it.
      const error = new Error(`processor ${processor.name} failed: this is a bug in it`, { cause });
      const deliveries = current.map((part) => failed(exporter.name, part, error));
      return { signal, destination: exporter.name, decoded, filtered, made, deliveries };
    }
    if (change < 0) filtered -= change;
    else made += change;
  }
  // Telemetry without items is not worth a request (R9).
  const worthSending = current.filter(({ request }) => request.items > 0);
  const exports = worthSending.map(async (part) => {
    try {
      const deliveries = await exporter.export(part, deadline);
      let accounted = 0;
      for (const { telemetry: sent } of deliveries) accounted += sent.request.items;
      if (accounted >= part.request.items) return deliveries;
      const error = new Error(
        `exporter ${exporter.name} accounted for fewer items than it was given: this is a bug in it`,
      );
      return [...deliveries, failed(exporter.name, part, error)];
    } catch (cause) {
      return [
        failed(exporter.name, part, new Error(`exporter ${exporter.name} threw: this is a bug in it`, { cause })),
      ];
    }
  });
  const deliveries = (await Promise.all(exports)).flat();
  return { signal, destination: exporter.name, decoded, filtered, made, deliveries };
};

const failed = (destination: string, telemetry: Telemetry, error: Error): Delivery => ({
  destination,
  telemetry,
  outcome: { status: 'retryable', error },
});
