import type { Signal } from '@serverless-otlp/otlp';
import { MIN_TRY_MS } from '../min-try.ts';

/** What {@link paceOf} needs. Times are epoch milliseconds. */
export interface PaceOptions {
  /** Requests at once, once the ramp is over. */
  readonly concurrency: number;
  readonly deadline: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly abort?: AbortSignal | undefined;
}

/** Why a destination did not take something. */
export interface Failure {
  readonly reason: string;
  /** How long it asked to be left alone, in milliseconds; 0 when it did not. */
  readonly retryAfterMs: number;
  /** It may pass: no answer, or one that says so. Else it holds for the signal (D10). */
  readonly passing: boolean;
}

/** How fast a lane goes: a probe, a ramp, and back to the probe when something fails (D22a). */
export interface Pace {
  /** Objects to take at once. */
  readonly chunk: number;
  /** Requests to have on their way at once. */
  readonly width: number;
  /** Why the destination is sent nothing more, or nothing more of some signal, in this run. */
  readonly problem: string | undefined;
  /** How long the destination is to be left alone at least, in milliseconds; `undefined` when it takes something. */
  readonly askedMs: number | undefined;
  /** Whether anything more is to be sent now; of this signal. */
  goesOn(signal?: Signal): boolean;
  /** Whether the destination is not done with this signal for this run. */
  wants(signal: Signal): boolean;
  /** Whether the destination has taken anything of this signal in this run; of any. */
  hasTaken(signal?: Signal): boolean;
  took(signal: Signal): void;
  /** It refused all of a request for the telemetry's own sake, and said so: alive, but no reason to go faster. */
  refused(signal: Signal, reason: string): void;
  failed(signal: Signal, failure: Failure): void;
  /** After a chunk: faster; or a pause, and a single object again; or the end. */
  next(): Promise<void>;
  /** For another reason than what the destination answers. */
  stop(reason: string): void;
}

/** The ramp: a single object is the probe, then eight times as many, up to this. */
const MAX_CHUNK = 256;
const RAMP = 8;

/** Of requests that fail in a row, without an answer or of one signal. Beyond it, what is left of a chunk is not tried. */
const MAX_FAILURES = 5;
/** Of requests refused in a row: who refuses so many may refuse everything, and each of them goes to the quarantine. */
const MAX_REFUSALS = 20;

/** How often a destination that has taken something may fail before it is left alone for this run. */
const MAX_PAUSES = 3;
const FIRST_PAUSE_MS = 1_000;

/** A pace that begins with the probe. */
export const paceOf = ({ concurrency, deadline, now, sleep, abort }: PaceOptions): Pace => {
  let chunk = 1;
  let width = 1;
  let pauses = 0;
  let end: string | undefined;
  let stopped: Failure | undefined;
  let pause: Failure | undefined;
  let tookInChunk = false;
  let unanswered = 0;
  const blocked = new Map<Signal, Failure>();
  const taken = new Set<Signal>();
  const failures = new Map<Signal, number>();
  const refusals = new Map<Signal, number>();
  const countUp = (counts: Map<Signal, number>, signal: Signal): number => {
    const count = (counts.get(signal) ?? 0) + 1;
    counts.set(signal, count);
    return count;
  };

  return {
    get chunk() {
      return chunk;
    },
    get width() {
      return width;
    },
    get problem() {
      return end ?? (stopped ?? [...blocked.values()][0])?.reason;
    },
    get askedMs() {
      const causes = stopped === undefined ? (taken.size > 0 ? [] : [...blocked.values()]) : [stopped];
      return causes.length === 0 ? undefined : Math.max(...causes.map(({ retryAfterMs }) => retryAfterMs));
    },
    goesOn: (signal) =>
      end === undefined &&
      stopped === undefined &&
      unanswered < MAX_FAILURES &&
      !(signal !== undefined && blocked.has(signal)) &&
      now() + MIN_TRY_MS < deadline &&
      abort?.aborted !== true,
    wants: (signal) => !blocked.has(signal),
    hasTaken: (signal) => (signal === undefined ? taken.size > 0 : taken.has(signal)),
    took: (signal) => {
      taken.add(signal);
      tookInChunk = true;
      unanswered = 0;
      failures.delete(signal);
      refusals.delete(signal);
    },
    refused: (signal, reason) => {
      unanswered = 0;
      if (countUp(refusals, signal) >= MAX_REFUSALS) blocked.set(signal, { reason, retryAfterMs: 0, passing: false });
    },
    failed: (signal, failure) => {
      if (!failure.passing) {
        unanswered = 0;
        if (countUp(failures, signal) >= MAX_FAILURES || !taken.has(signal)) blocked.set(signal, failure);
        return;
      }
      unanswered++;
      if (pause === undefined || pause.retryAfterMs < failure.retryAfterMs) pause = failure;
    },
    next: async () => {
      const failure = pause;
      const isProbe = chunk === 1;
      const isRamped = tookInChunk;
      pause = undefined;
      tookInChunk = false;
      unanswered = 0;
      if (failure === undefined) {
        if (!isRamped) return;
        chunk = Math.min(MAX_CHUNK, chunk * RAMP);
        width = Math.min(concurrency, width * 2);
        return;
      }
      const wait = Math.max(failure.retryAfterMs, FIRST_PAUSE_MS * 2 ** pauses);
      if (isProbe || ++pauses > MAX_PAUSES || now() + wait >= deadline) {
        stopped = failure;
        return;
      }
      chunk = 1;
      width = 1;
      await sleep(wait);
    },
    stop: (reason) => {
      end ??= reason;
    },
  };
};
