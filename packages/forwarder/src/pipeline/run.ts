import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import type { Delivery, Destination, Exporter, Pipeline, Processor, Telemetry } from '../types.ts';
import type { Deadlines } from './deadline.ts';
import { bugIn, failed, isDelivered } from './failed.ts';
import { DEFAULT_GRACE_MS, stragglers } from './stragglers.ts';

/** What happened to the telemetry of one signal at one destination. Counts are items. */
export interface Leg {
  readonly signal: Signal;
  readonly destination: string;
  readonly decoded: number;
  /** Items that processors or the destination's `match` took away, and items that processors added. */
  readonly filtered: number;
  readonly made: number;
  readonly deliveries: readonly Delivery[];
}

/** All tries of a destination in one invocation together, unless told otherwise (D7a). */
const DEFAULT_MAX_ELAPSED_MS = 5_000;

/** Telemetry of a signal that has no pipeline, or one that leads nowhere. */
export interface Unrouted {
  readonly signal: Signal;
  readonly items: number;
}

/** When {@link run} has to be done. */
export interface RunOptions extends Deadlines {
  /** For the last destination, once all others have settled; default 900 ms (D7a). */
  readonly graceMs?: number;
  readonly now?: () => number;
}

/** What `run` did with the telemetry of an event. */
export interface Run {
  readonly legs: readonly Leg[];
  readonly unrouted: readonly Unrouted[];
}

const itemsOf = (telemetry: readonly Telemetry[]): number => {
  let items = 0;
  for (const { request } of telemetry) items += request.items;
  return items;
};

/** The telemetry of one signal after its processors. */
interface Processed {
  readonly signal: Signal;
  readonly decoded: number;
  readonly filtered: number;
  readonly made: number;
  readonly telemetry: readonly Telemetry[];
  /** A processor that threw. */
  readonly error?: Error;
}

/**
 * Sends telemetry through the pipeline of its signal: processors once, then all destinations side by side, which share the bytes
 * and wait for each other in nothing. What a destination did not take is stored for it alone (D2).
 */
export const run = async (
  telemetry: readonly Telemetry[],
  pipelines: Readonly<Partial<Record<Signal, Pipeline>>>,
  options: RunOptions,
): Promise<Run> => {
  const unrouted: Unrouted[] = [];
  const legs: { readonly destination: Destination; readonly processed: Processed }[] = [];
  for (const [signal, own] of bySignal(telemetry)) {
    const pipeline = pipelines[signal];
    if (pipeline === undefined || pipeline.destinations.length === 0) {
      unrouted.push({ signal, items: itemsOf(own) });
      continue;
    }
    const processed = processSignal(signal, own, pipeline.processors);
    for (const destination of pipeline.destinations) legs.push({ destination, processed });
  }
  const watch = stragglers(
    legs.map(({ destination }) => destination.exporter.name),
    options.graceMs ?? DEFAULT_GRACE_MS,
  );
  const exported = legs.map(async ({ destination, processed }): Promise<Leg> => {
    const { name } = destination.exporter;
    const leg = await exportTo(destination, processed, options, watch.signalOf(name));
    watch.settled(name, leg.deliveries.some(isDelivered));
    return leg;
  });
  const all = Promise.allSettled(exported);
  const settled = legs.map(async ({ destination, processed }, index): Promise<Leg> => {
    const leg = (await exported[index]) as Leg;
    const { deadLetters } = destination;
    if (processed.error !== undefined || deadLetters === undefined || leg.deliveries.every(isDelivered)) return leg;
    return (await import('./keep.ts')).keep(leg, deadLetters, options.storeUntil, all);
  });
  return { legs: await Promise.all(settled), unrouted };
};

/** Nearly every event carries one signal. */
const bySignal = (telemetry: readonly Telemetry[]): readonly (readonly [Signal, readonly Telemetry[]])[] => {
  const first = telemetry[0]?.request.signal;
  if (first === undefined) return [];
  if (telemetry.every(({ request }) => request.signal === first)) return [[first, telemetry]];
  return SIGNALS.map(
    (signal) => [signal, telemetry.filter(({ request }) => request.signal === signal)] as const,
  ).filter(([, own]) => own.length > 0);
};

const processSignal = (signal: Signal, given: readonly Telemetry[], processors: readonly Processor[]): Processed => {
  const decoded = itemsOf(given);
  let filtered = 0;
  let made = 0;
  let telemetry = given;
  for (const processor of processors) {
    try {
      const next = processor.process(telemetry);
      const change = itemsOf(next) - itemsOf(telemetry);
      telemetry = next;
      if (change < 0) filtered -= change;
      else made += change;
    } catch (cause) {
      // A broken processor fails closed: unredacted telemetry must not pass, nor be stored to pass later. The source keeps it.
      const error = bugIn(`processor ${processor.name} failed`, cause);
      return { signal, decoded, filtered, made, telemetry, error };
    }
  }
  return { signal, decoded, filtered, made, telemetry };
};

const exportTo = async (
  destination: Destination,
  { signal, decoded, filtered, made, telemetry, error }: Processed,
  { deadline, now = Date.now }: RunOptions,
  abort: AbortSignal | undefined,
): Promise<Leg> => {
  const { exporter, maxElapsedMs = DEFAULT_MAX_ELAPSED_MS } = destination;
  const { name } = exporter;
  const leg = { signal, destination: name, decoded, filtered, made };
  if (error !== undefined)
    return { ...leg, deliveries: telemetry.map((part) => failed(name, part, { status: 'retryable', error })) };
  const until = Math.min(deadline, now() + maxElapsedMs);
  const exports: Promise<readonly Delivery[]>[] = [];
  const broken: Delivery[] = [];
  for (const part of telemetry) {
    // Telemetry without items is not worth a request (R9).
    if (part.request.items === 0) continue;
    const matched = matches(destination, part);
    if (matched === true) exports.push(exportPart(exporter, part, until, abort));
    else if (matched === false) leg.filtered += part.request.items;
    else broken.push(failed(name, part, { status: 'rejected', fault: 'destination', error: matched }));
  }
  const sent = (await Promise.all(exports)).flat();
  return { ...leg, deliveries: broken.length === 0 ? sent : [...broken, ...sent] };
};

/** An error stands for a rule that broke: nothing is sent (D1). */
const matches = ({ exporter, matches: judge }: Destination, { metadata }: Telemetry): boolean | Error => {
  try {
    return judge === undefined || judge(metadata);
  } catch (cause) {
    return bugIn(`the match of ${exporter.name} failed`, cause);
  }
};

const exportPart = async (
  exporter: Exporter,
  part: Telemetry,
  until: number,
  abort: AbortSignal | undefined,
): Promise<readonly Delivery[]> => {
  const retryable = (error: Error): Delivery => failed(exporter.name, part, { status: 'retryable', error });
  try {
    const deliveries = await exporter.export(part, until, abort);
    let accounted = 0;
    for (const { telemetry: sent } of deliveries) accounted += sent.request.items;
    if (accounted >= part.request.items) return deliveries;
    return [...deliveries, retryable(bugIn(`exporter ${exporter.name} accounted for fewer items than it was given`))];
  } catch (cause) {
    return [retryable(bugIn(`exporter ${exporter.name} threw`, cause))];
  }
};
