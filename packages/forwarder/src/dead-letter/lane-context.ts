import type { Signal } from '@serverless-otlp/otlp';
import type { DeadLetters, Exporter, Metadata, Store } from '../types.ts';
import type { GroupLimits } from './group.ts';
import type { Journal } from './journal.ts';
import type { Pace } from './pace.ts';
import type { RedriveCounts } from './redrive-report.ts';
import type { RedriveSelection } from './selection.ts';

/** A destination as the redrive sees it. */
export interface LaneDestination {
  readonly exporter: Exporter;
  readonly matches?: (metadata: Metadata) => boolean;
  /** Telemetry older than this is not sent any more; default 14 days. */
  readonly maxAgeMs?: number;
  /** What one request may be. */
  readonly limits?: Readonly<Partial<Record<Signal, GroupLimits>>>;
  /** Requests at once, once the ramp is over; default 10. */
  readonly concurrency?: number;
}

/** What all lanes of a run share. Times are epoch milliseconds. */
export interface RunContext {
  readonly store: Store;
  readonly deadLetters: DeadLetters;
  readonly deadline: number;
  readonly storeUntil: number;
  readonly selection: RedriveSelection;
  /** After a probe that failed, nothing is sent for so long; 0 when a person asks, who does not wait for anything. */
  readonly intervalMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Ends the run sooner: nothing more is begun. */
  readonly abort?: AbortSignal | undefined;
  /** Is told the counts whenever they have changed. */
  readonly onProgress: (destination: string, counts: Readonly<RedriveCounts>) => void;
  /** Is told what the store failed with. */
  readonly onError: (error: unknown) => void;
}

/** Older telemetry is refused by most backends. */
export const DEFAULT_MAX_AGE_MS: number = 14 * 24 * 60 * 60 * 1000;

/** What the steps of one lane share. */
export interface Lane {
  readonly destination: LaneDestination;
  readonly context: RunContext;
  readonly counts: RedriveCounts;
  readonly journal: Journal;
  readonly pace: Pace;
  /** Of the oldest letter that waits, in epoch milliseconds. */
  oldestMs: number;
}

/** A letter, or so many, that waits for the next run. */
export const remains = (lane: Lane, timeMs: number, objects = 1): void => {
  if (objects === 0) return;
  lane.counts.remaining += objects;
  lane.oldestMs = Math.min(lane.oldestMs, timeMs);
};

/** What went wrong, in words for a person. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed');
